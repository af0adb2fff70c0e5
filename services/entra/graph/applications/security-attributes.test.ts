import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, owaRequest, pageId, peggy, type TestAuthority } from '../../_authority.ts'
import { appToken, graphClient, userToken } from '../_graph.ts'

const exchange = "/v1.0/servicePrincipals(appId='00000002-0000-0ff1-ce00-000000000000')"
const definitions = '/v1.0/directory/customSecurityAttributeDefinitions'
let authority: TestAuthority
let call: ReturnType<typeof graphClient>

beforeAll(async () => {
  authority = await openAuthority()
  call = graphClient(authority, await appToken(authority))
  expect(
    (await call('POST', '/v1.0/directory/attributeSets', { id: 'Engineering', description: 'Of ours' })).status,
  ).toBe(201)
  for (const [name, type, isCollection] of [
    ['Project', 'String', true],
    ['Level', 'String', false],
    ['Cost', 'Integer', false],
  ]) {
    const { status } = await call('POST', definitions, { ...definition, name, type, isCollection })
    expect(status).toBe(201)
  }
})

afterAll(() => authority[Symbol.asyncDispose]())

const definition = {
  attributeSet: 'Engineering',
  description: null,
  status: 'Available',
  isSearchable: true,
  usePreDefinedValuesOnly: false,
}

const assign = (values: object) =>
  call('PATCH', exchange, {
    customSecurityAttributes: {
      Engineering: { '@odata.type': '#Microsoft.DirectoryServices.CustomSecurityAttributeValue', ...values },
    },
  })

async function signInPage(): Promise<string> {
  await using visitor = await authority.visitor()
  const page = await visitor.submit(await visitor.open(owaRequest()), { loginfmt: peggy.upn, passwd: peggy.password })
  return pageId(page)
}

test('attributes are assigned, shown when asked for, and taken away', async () => {
  const project = { 'Project@odata.type': '#Collection(String)', Project: ['Baker', 'Cascade'] }
  expect((await assign({ ...project, Cost: 7 })).status).toBe(204)
  const shown = async () =>
    (await call('GET', `${exchange}?$select=customSecurityAttributes`)).body.customSecurityAttributes
  expect(await shown()).toEqual({
    Engineering: {
      '@odata.type': '#microsoft.graph.customSecurityAttributeValue',
      'Project@odata.type': '#Collection(String)',
      Project: ['Baker', 'Cascade'],
      Cost: 7,
    },
  })
  expect((await call('GET', exchange)).body).not.toHaveProperty('customSecurityAttributes')
  expect((await assign({ Cost: null })).status).toBe(204)
  expect((await shown()).Engineering).not.toHaveProperty('Cost')
  expect((await assign({ Project: [] })).status).toBe(204)
  expect(await shown()).toEqual({})
})

test('a policy with a filter for applications counts from the moment that an attribute is assigned', async () => {
  const rule = 'CustomSecurityAttribute.Engineering_Level -eq "Secret"'
  const { status, body } = await call('POST', '/v1.0/identity/conditionalAccess/policies', {
    displayName: 'Secret applications',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { applicationFilter: { mode: 'include', rule } },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  })
  expect(status, JSON.stringify(body)).toBe(201)
  expect(await signInPage()).toBe('ConvergedTFA')
  await assign({ Level: 'Secret' })
  expect(await signInPage()).toBe('ConvergedError')
  await assign({ Level: 'Public' })
  expect(await signInPage()).toBe('ConvergedTFA')
  await call('DELETE', `/v1.0/identity/conditionalAccess/policies/${body.id}`)
})

test.each([
  {
    what: 'an attribute nobody defined',
    values: { Colour: 'red' },
    message: "Property 'Engineering_Colour' does not exist",
  },
  { what: 'a collection for one value', values: { Level: ['a'] }, message: 'Invalid value' },
  { what: 'one value for a collection', values: { Project: 'a' }, message: 'Invalid value' },
  { what: 'a text for a number', values: { Cost: 'a' }, message: 'Invalid value' },
])('$what is refused', async ({ values, message }) => {
  const { status, body } = await assign(values)
  expect([status, body.error.message]).toEqual([400, expect.stringContaining(message)])
})

test('a definition is deprecated, never deleted, and made once', async () => {
  const again = await call('POST', definitions, { ...definition, name: 'level', type: 'String', isCollection: false })
  expect([again.status, again.body.error.message]).toEqual([
    400,
    expect.stringContaining('property name already exists'),
  ])
  await call('POST', definitions, { ...definition, name: 'Old', type: 'String', isCollection: false })
  expect((await call('PATCH', `${definitions}/Engineering_Old`, { status: 'Deprecated' })).status).toBe(204)
  expect((await call('GET', `${definitions}/Engineering_Old`)).body.status).toBe('Deprecated')
  expect((await assign({ Old: 'x' })).status).toBe(400)
  expect((await call('DELETE', `${definitions}/Engineering_Old`)).status).toBe(405)
  const missing = await call('POST', definitions, {
    ...definition,
    attributeSet: 'Sales',
    name: 'X',
    type: 'String',
    isCollection: false,
  })
  expect(missing.status).toBe(404)
})

test('who may change applications may not assign attributes, nor see them', async () => {
  const scope = 'https://graph.microsoft.com/Application.ReadWrite.All'
  const breakglass = { upn: 'breakglass@contoso.onmicrosoft.com', password: 'Break-Glass-16' }
  await assign({ Level: 'Hidden' })
  const other = graphClient(authority, await userToken(authority, breakglass, scope))
  expect((await other('PATCH', exchange, { customSecurityAttributes: { Engineering: { Level: 'x' } } })).status).toBe(
    403,
  )
  expect((await other('PATCH', exchange, { notes: 'Mail' })).status).toBe(204)
  const seen = await other('GET', `${exchange}?$select=customSecurityAttributes`)
  expect(seen.body.customSecurityAttributes).toBeNull()
})
