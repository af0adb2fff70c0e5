import { expect, test } from 'vitest'
import { openLab, Peer } from '../_lab.ts'

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Content }>>
}

type Content = Readonly<Record<'application/json', { readonly schema: Record<string, unknown> }>>
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

async function openDocument() {
  await using lab = await openLab([new Peer('entra')])
  const answer = await lab.call('/api/openapi.json')
  const document = answer.json() as { openapi: string; paths: Paths; components: object }
  return { document, routes: lab.routes }
}

function operationsOf(paths: Paths): readonly (readonly [string, Operation])[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  )
}

test('the document has every registered route of the API, and no other', async () => {
  const { document, routes } = await openDocument()
  const registered = routes
    .filter((route) => route.includes(' /api/') && !route.startsWith('HEAD ') && !route.endsWith('/*'))
    .map((route) => route.replaceAll(/:(\w+)/g, '{$1}'))
  expect(registered.length).toBeGreaterThan(20)
  expect(
    operationsOf(document.paths)
      .map(([name]) => name)
      .sort(),
  ).toEqual(registered.sort())
})

test('it is OpenAPI 3.1 with a unique name, a summary and schemas for every operation', async () => {
  const { document } = await openDocument()
  expect(document.openapi).toMatch(/^3\.1\./)
  const operations = operationsOf(document.paths)
  expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(operations.length)
  for (const [name, { summary, responses, parameters }] of operations) {
    expect(summary, name).toMatch(/^[A-Z].*[^.]$/)
    for (const [status, { description, content }] of Object.entries(responses)) {
      expect(description, `${name} ${status}`).toMatch(/\w/)
      expect(content['application/json'].schema, `${name} ${status}`).toBeTypeOf('object')
    }
    expect(Object.keys(responses), name).toEqual(expect.arrayContaining(['400', '403', '421']))
    const inPath = parameters.filter((parameter) => parameter.in === 'path')
    const named = [...name.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    expect(inPath.map((parameter) => parameter.name)).toEqual(named)
    expect(inPath.every((parameter) => parameter.required)).toBe(true)
  }
})

test.each([
  { path: '/api/clock', method: 'post', required: true, property: 'advance' },
  { path: '/api/mfa/{upn}/approve', method: 'post', required: false, property: 'number' },
  { path: '/api/directory/users', method: 'post', required: true, property: 'userPrincipalName' },
  { path: '/api/faults/{deployment}', method: 'put', required: true, property: 'faults' },
])('$method $path describes its body', async ({ path, method, required, property }) => {
  const { document } = await openDocument()
  const body = document.paths[path]?.[method]?.requestBody
  expect(body?.required).toBe(required)
  expect(body?.content['application/json'].schema).toHaveProperty(`properties.${property}`)
})

test('references lead somewhere', async () => {
  const { document } = await openDocument()
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '')
  expect(references.length).toBeGreaterThan(0)
  for (const reference of new Set(references)) expect(document).toHaveProperty(reference.replaceAll('/', '.'))
})
