import { expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { requestThrough } from '#test/actors/request-through.ts'

test('GET /detect answers 501 and names the gap', async () => {
  await using stack = await startStack({ only: ['autodetect', 'gateway-internet'] })
  const answer = await requestThrough(
    stack,
    'internet',
    'https://prod-autodetect.outlookmobile.com/detect?services=office365',
  )
  expect(answer.status).toBe(501)
  expect(answer.text).toContain('Fauxchange does not implement AutoDetect')
})

test('another path answers 404', async () => {
  await using stack = await startStack({ only: ['autodetect', 'gateway-internet'] })
  const answer = await requestThrough(stack, 'internet', 'https://prod-autodetect.outlookmobile.com/elsewhere')
  expect(answer.status).toBe(404)
})
