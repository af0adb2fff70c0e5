import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { apps, login, tenantId, tokenRequests } from './_token-requests.ts'

const open = new AsyncDisposableStack()
let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = open.use(await openAuthority())
  requests = tokenRequests(authority)
})

afterAll(() => open.disposeAsync())

const endpoint = `${login}/${tenantId}/oauth2/v2.0/token`
const deviceEndpoint = `${login}/${tenantId}/oauth2/v2.0/devicecode`
const graphDefault = 'https://graph.microsoft.com/.default'
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const tasks = { client_id: apps.tasks, client_secret: apps.tasksSecret }

/** A good request of every grant as far as its parameters go; what they stand for may not exist. */
const grants: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  authorization_code: { client_id: apps.desktop, code: 'c', redirect_uri: 'http://localhost' },
  refresh_token: { client_id: apps.desktop, refresh_token: 'r' },
  client_credentials: { ...tasks, scope: graphDefault },
  password: { client_id: apps.desktop, username: peggy.upn, password: 'wrong', scope: 'User.Read' },
  device_code: { client_id: apps.desktop, device_code: 'd' },
  [jwtBearer]: { ...tasks, assertion: 'a', requested_token_use: 'on_behalf_of', scope: graphDefault },
  'urn:ietf:params:oauth:grant-type:saml1_1-bearer': { client_id: apps.desktop, assertion: 'a', scope: 'User.Read' },
  'urn:ietf:params:oauth:grant-type:saml2-bearer': { client_id: apps.desktop, assertion: 'a', scope: 'User.Read' },
}

const parametersOfGrants = Object.entries(grants).flatMap(([grant, parameters]) =>
  Object.keys({ grant_type: grant, ...parameters }).map((name) => ({ grant, name })),
)

/** Missing parameters that are told by their own code: who is asked for a credential, or for a resource. */
const ownCodes: Readonly<Record<string, number>> = {
  'client_credentials client_secret': 7000218,
  [`${jwtBearer} client_secret`]: 7000218,
}

interface Refusal {
  readonly error: string
  readonly correlation_id: string
  readonly suberror?: string
}

async function send(body: string | URLSearchParams | Buffer, url = endpoint, headers: Record<string, string> = {}) {
  const answer = await authority.fetch(url, { method: 'POST', body: body as never, headers })
  const json = (await answer.json()) as Refusal
  return { status: answer.status, type: answer.headers.get('content-type'), body: json }
}

/** Every refusal has the whole shape, so that clients of every kind can read it. */
function expectShape(body: unknown, code: number) {
  expect(body).toEqual({
    error: expect.stringMatching(/^[a-z_]+$/),
    error_description: expect.stringMatching(
      new RegExp(
        `^AADSTS${code}: .+ Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: [0-9-]{10} [0-9:]{8}Z$`,
        's',
      ),
    ),
    error_codes: [code],
    timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}Z$/),
    trace_id: expect.any(String),
    correlation_id: expect.any(String),
    error_uri: `${login}/error?code=${code}`,
    ...((body as { suberror?: string }).suberror !== undefined && { suberror: expect.any(String) }),
  })
}

test.each(parametersOfGrants)('$grant without $name says what is missing', async ({ grant, name }) => {
  const parameters = new URLSearchParams({ grant_type: grant, ...grants[grant] })
  parameters.delete(name)
  const { status, body } = await send(parameters)
  const code = ownCodes[`${grant} ${name}`] ?? 900144
  expectShape(body, code)
  expect(status).toBe(code === 7000218 ? 401 : 400)
  const { reasons } = await authority.lastEvent(new URL(endpoint).pathname)
  expect(reasons.join()).toMatch(code === 7000218 ? /must authenticate/ : `${name} is missing`)
})

test.each(parametersOfGrants)('$grant with $name twice is refused (AADSTS9000411)', async ({ grant, name }) => {
  const parameters = new URLSearchParams({ grant_type: grant, ...grants[grant] })
  parameters.append(name, 'again')
  const { status, body } = await send(parameters)
  expectShape(body, 9000411)
  expect([status, body.error]).toEqual([400, 'invalid_request'])
  expect((await authority.lastEvent(new URL(endpoint).pathname)).reasons).toEqual([`${name} was sent more than once`])
})

test.each(parametersOfGrants)('$grant with an endless $name is refused (AADSTS90015)', async ({ grant, name }) => {
  const parameters = new URLSearchParams({ grant_type: grant, ...grants[grant], [name]: 'x'.repeat(300_000) })
  const { status, body } = await send(parameters)
  expectShape(body, 90015)
  expect(status).toBe(400)
})

test.each(['client_id', 'scope', 'claims'])('a device request with %s twice or endless is refused', async (name) => {
  const twice = new URLSearchParams([
    ['client_id', apps.desktop],
    ['scope', 'User.Read'],
    ['claims', '{}'],
    [name, 'again'],
  ])
  expectShape((await send(twice, deviceEndpoint)).body, 9000411)
  const endless = new URLSearchParams({ client_id: apps.desktop, scope: 'User.Read', [name]: 'x'.repeat(20_000) })
  expectShape((await send(endless, deviceEndpoint)).body, 90015)
})

const form = 'application/x-www-form-urlencoded'

test.each([
  { what: 'no body', body: '', type: form, code: 900144, status: 400 },
  { what: 'a body of another type', body: '<grant/>', type: 'text/xml', code: 9002313, status: 400 },
  {
    what: 'JSON',
    body: JSON.stringify({ grant_type: 'password' }),
    type: 'application/json',
    code: 900144,
    status: 400,
  },
  { what: 'broken JSON', body: '{', type: 'application/json', code: 9002313, status: 400 },
  {
    what: 'JSON that would be an object prototype',
    body: '{"__proto__":{}}',
    type: 'application/json',
    code: 9002313,
    status: 400,
  },
  {
    what: 'a form of a megabyte and more',
    body: `grant_type=${'x'.repeat(1_100_000)}`,
    type: form,
    code: 90015,
    status: 413,
  },
  { what: 'broken percent signs', body: 'grant_type=%zz&client_id=%', type: form, code: 70003, status: 400 },
  {
    what: 'names of every object',
    body: 'grant_type=constructor&client_id=toString',
    type: form,
    code: 70003,
    status: 400,
  },
  { what: 'bytes', body: '\u0000\u0001\u00ff', type: form, code: 900144, status: 400 },
])('$what is answered in JSON with AADSTS$code', async ({ body, type, code, status }) => {
  for (const url of [endpoint, deviceEndpoint]) {
    const answer = await send(body, url, { 'content-type': type })
    expect([answer.status, answer.type]).toEqual([
      url === endpoint || status === 413 ? status : 400,
      'application/json; charset=utf-8',
    ])
    if (url === endpoint || status === 413) expectShape(answer.body, code)
    else expect(answer.body).toMatchObject({ error_codes: [expect.any(Number)], trace_id: expect.any(String) })
  }
})

test.each([
  {
    what: 'an unknown tenant',
    path: '/nowhere.example/oauth2/v2.0/token',
    more: {},
    code: 90002,
    error: 'invalid_request',
  },
  {
    what: 'a tenant that is no name',
    path: '/%2e%2e%2f/oauth2/v2.0/token',
    more: {},
    code: 90002,
    error: 'invalid_request',
  },
  {
    what: 'an unknown application',
    path: undefined,
    more: { client_id: apps.webSecret },
    code: 700016,
    error: 'unauthorized_client',
  },
  {
    what: 'an unknown user',
    path: undefined,
    more: { username: 'nobody@fabrikam.com' },
    code: 50034,
    error: 'invalid_grant',
  },
  {
    what: 'a user of no domain',
    path: undefined,
    more: { username: 'nobody@evil.example' },
    code: 50034,
    error: 'invalid_grant',
  },
  { what: 'no @ in the name', path: undefined, more: { username: 'nobody' }, code: 50034, error: 'invalid_grant' },
  {
    what: 'an unknown resource',
    path: undefined,
    more: { scope: 'https://nobody.example/x' },
    code: 500011,
    error: 'invalid_resource',
  },
  {
    what: 'scopes of two resources',
    path: undefined,
    more: { scope: 'User.Read https://outlook.office.com/Mail.Read' },
    code: 700022,
    error: 'invalid_scope',
  },
  {
    what: 'claims that are no object',
    path: undefined,
    more: { claims: '[]' },
    code: 9002313,
    error: 'invalid_request',
  },
  {
    what: 'the resource of v1',
    path: undefined,
    more: { resource: 'https://graph.microsoft.com' },
    code: 901002,
    error: 'invalid_request',
  },
])('$what is refused with AADSTS$code', async ({ path, more, code, error }) => {
  const parameters = { grant_type: 'password', ...grants.password, ...(more as Record<string, string>) }
  const { status, body } = await requests.token(parameters, path === undefined ? {} : { path })
  expect([status, body.error, body.error_codes]).toEqual([400, error, [code]])
})

test('the correlation id of the client comes back, in the answer and in the body', async () => {
  const id = '5b1c3a52-3f1c-4a63-9d43-53b1e7b4f6a1'
  const headers = { 'client-request-id': id, 'return-client-request-id': 'true' }
  const answer = await authority.fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'x' }),
    headers,
  })
  expect([answer.headers.get('client-request-id'), ((await answer.json()) as Refusal).correlation_id]).toEqual([id, id])
})

test.each([
  { origin: 'http://localhost:5173', client: apps.spa, allowed: true, because: 'it is the origin of a spa redirect' },
  { origin: 'http://localhost:5174', client: apps.spa, allowed: false, because: 'another port' },
  { origin: 'https://localhost:5173', client: apps.spa, allowed: false, because: 'another scheme' },
  { origin: 'https://evil.example', client: apps.spa, allowed: false, because: 'a foreign site' },
  { origin: 'http://localhost', client: apps.desktop, allowed: false, because: 'the redirect is no spa' },
  { origin: 'http://localhost:3000', client: apps.web, allowed: false, because: 'the redirect is of a web server' },
  { origin: 'null', client: apps.spa, allowed: false, because: 'an opaque origin' },
])('CORS for $origin: $allowed, $because', async ({ origin, client, allowed }) => {
  const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: client, refresh_token: 'x' })
  const { headers } = await authority.fetch(endpoint, { method: 'POST', body, headers: { origin } })
  expect(headers.get('access-control-allow-origin')).toBe(allowed ? origin : null)
})
