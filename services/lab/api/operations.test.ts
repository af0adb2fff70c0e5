import { expect, test } from 'vitest'
import { openLabWithPeers } from '../_peers.ts'
import { type DescribedPaths, operationsOf, typeText } from './operations.ts'

test('every operation is told with its input, its refusals and a line that calls it', async () => {
  await using lab = await openLabWithPeers()
  const document = (await lab.call('/api/openapi.json')).json() as unknown as DescribedPaths
  const operations = operationsOf(document, 'http://127.0.0.1:8080')
  expect(operations.length).toBe(Object.values(document.paths).flatMap(Object.keys).length)
  expect(operations.length).toBeGreaterThan(80)
  for (const { name, refusals, example, summary } of operations) {
    expect(summary, name).not.toBe('')
    expect(refusals.length, name).toBeGreaterThan(0)
    expect(example, name).toMatch(/^curl (?:-X [A-Z]+ )?'http:\/\/127\.0\.0\.1:8080\/api\//)
  }
  expect(operations.find(({ name }) => name === 'changeClock')).toMatchObject({
    fields: expect.arrayContaining([expect.objectContaining({ name: 'advance', where: 'body', required: false })]),
  })
})

test('the page has all of them', async () => {
  await using lab = await openLabWithPeers()
  const page = await lab.call('/api-reference')
  const document = (await lab.call('/api/openapi.json')).json() as unknown as DescribedPaths
  const shown = [...page.text.matchAll(/<details class="operation" id="(\w+)"/g)].map((match) => match[1])
  const named = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((each) => each.operationId),
  )
  expect(shown.toSorted()).toEqual(named.toSorted())
})

test.each([
  { schema: { type: 'string', format: 'uuid' }, text: 'string (uuid)' },
  { schema: { anyOf: [{ type: 'string' }, { type: 'null' }] }, text: 'string | null' },
  { schema: { type: 'array', items: { enum: ['a', 'b'] } }, text: '("a" | "b")[]' },
  { schema: {}, text: 'any' },
])('$text', ({ schema, text }) => {
  expect(typeText(schema)).toBe(text)
})
