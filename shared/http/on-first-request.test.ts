import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { onFirstRequest } from './on-first-request.ts'
import { withoutSchemas } from './without-schemas.ts'

test('loads the handlers when the first request comes, and once', async () => {
  let loads = 0
  const handler = onFirstRequest(async () => {
    loads += 1
    return { first: async () => 'one', second: async (_request, reply) => reply.code(201).send('two') }
  })
  await using app = Fastify(withoutSchemas)
  app.get('/first', handler('first'))
  app.get('/second', handler('second'))
  await app.ready()
  expect(loads).toBe(0)
  const answers = await Promise.all(['/first', '/second', '/first'].map((url) => app.inject(url)))
  expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual([
    [200, 'one'],
    [201, 'two'],
    [200, 'one'],
  ])
  expect(loads).toBe(1)
})

test('a route with a schema is refused, rather than left unchecked', async () => {
  await using app = Fastify(withoutSchemas)
  app.get('/', { schema: { querystring: { type: 'object' } } }, async () => 'unchecked')
  await expect(app.ready()).rejects.toThrow('Routes have no schemas here')
})
