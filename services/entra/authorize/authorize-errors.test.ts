import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, type TestAuthority } from '../_authority.ts'
import { firstPartyClients } from '../applications/first-party-clients.ts'
import { apps, login, tenantId } from '../token/_token-requests.ts'

const open = new AsyncDisposableStack()
let authority: TestAuthority

beforeAll(async () => {
  authority = open.use(await openAuthority())
})

afterAll(() => open.disposeAsync())

const callback = 'http://localhost:3000/auth/callback'
const request: Readonly<Record<string, string>> = {
  client_id: apps.web,
  redirect_uri: callback,
  response_type: 'code id_token',
  response_mode: 'fragment',
  scope: 'openid User.Read',
  state: 'the state',
  nonce: 'n',
  prompt: 'login',
  login_hint: 'peggy@fabrikam.com',
  domain_hint: 'fabrikam.com',
  max_age: '60',
  code_challenge: 'c'.repeat(43),
  code_challenge_method: 'S256',
  claims: '{}',
  sid: 's',
  id_token_hint: 'x.y.z',
}

interface Outcome {
  /** Where the browser is sent; null for a page. */
  readonly location: URL | null
  readonly answer: URLSearchParams
  readonly page: string
}

async function ask(parameters: URLSearchParams, path = `/${tenantId}/oauth2/v2.0/authorize`): Promise<Outcome> {
  // Posted, since some are longer than an address may be.
  const answer = await authority.fetch(login + path, { method: 'POST', body: parameters, redirect: 'manual' })
  const location = answer.headers.get('location')
  const url = location === null ? null : new URL(location)
  return { location: url, answer: new URLSearchParams(url?.hash.slice(1)), page: url ? '' : await answer.text() }
}

const changed = (changes: Readonly<Record<string, string | undefined>>) =>
  new URLSearchParams(
    Object.entries({ ...request, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )

/** Nobody is sent anywhere before these can be relied on. */
const addressing = new Set(['client_id', 'redirect_uri', 'response_mode', 'state'])
const names = Object.keys(request).map((name) => ({ name, told: addressing.has(name) ? 'the person' : 'the client' }))

function expectTold({ location, answer, page }: Outcome, code: number, told: string): void {
  if (told === 'the person') {
    expect(location).toBeNull()
    expect(page).toContain(`"iErrorCode":${code}`)
    return
  }
  expect(`${location?.origin}${location?.pathname}`).toBe(callback)
  expect(Object.fromEntries(answer)).toMatchObject({
    error: expect.stringMatching(/^[a-z_]+$/),
    error_description: expect.stringContaining(`AADSTS${code}: `),
    error_uri: `${login}/error?code=${code}`,
    state: 'the state',
    trace_id: expect.any(String),
    correlation_id: expect.any(String),
    timestamp: expect.any(String),
  })
  expect(answer.has('code')).toBe(false)
}

test.each(names)('$name twice is told to $told (AADSTS9000411)', async ({ name, told }) => {
  const parameters = changed({})
  parameters.append(name, 'again')
  expectTold(await ask(parameters), 9000411, told)
})

test.each(names)('an endless $name is told to $told', async ({ name, told }) => {
  expectTold(await ask(changed({ [name]: 'x'.repeat(20_000) })), told === 'the person' ? 9000411 : 90015, told)
})

test.each([
  { what: 'no client_id', change: { client_id: undefined }, code: 900144, told: 'the person' },
  { what: 'an unknown client_id', change: { client_id: 'nobody' }, code: 700016, told: 'the person' },
  {
    what: 'a foreign redirect_uri',
    change: { redirect_uri: 'https://evil.example/' },
    code: 50011,
    told: 'the person',
  },
  {
    what: 'a redirect_uri in another case',
    change: { redirect_uri: callback.toUpperCase() },
    code: 50011,
    told: 'the person',
  },
  { what: 'a slash more', change: { redirect_uri: `${callback}/` }, code: 50011, told: 'the person' },
  { what: 'a path that climbs', change: { redirect_uri: `${callback}/../callback` }, code: 50011, told: 'the person' },
  {
    what: 'a user name before the host',
    change: { redirect_uri: 'http://localhost:3000@evil.example/auth/callback' },
    code: 50011,
    told: 'the person',
  },
  { what: 'a script for an address', change: { redirect_uri: 'javascript:alert(1)' }, code: 50011, told: 'the person' },
  {
    what: 'a line break in the address',
    change: { redirect_uri: `${callback}\r\nset-cookie: a=b` },
    code: 50011,
    told: 'the person',
  },
  { what: 'no response_type', change: { response_type: undefined }, code: 900144, told: 'the client' },
  { what: 'an unknown response_type', change: { response_type: 'code nonsense' }, code: 70005, told: 'the client' },
  {
    what: 'response_type token, which is off',
    change: { response_type: 'id_token token' },
    code: 700051,
    told: 'the client',
  },
  { what: 'an id_token in the query', change: { response_mode: 'query' }, code: 70007, told: 'the client' },
  { what: 'an unknown response_mode', change: { response_mode: 'pigeon' }, code: 70007, told: 'the client' },
  { what: 'no scope', change: { scope: undefined }, code: 900144, told: 'the client' },
  {
    what: 'scopes of two resources',
    change: { scope: 'User.Read https://outlook.office.com/Mail.Read' },
    code: 700022,
    told: 'the client',
  },
  {
    what: 'a scope that does not exist',
    change: { scope: `api://${apps.tasks}/Nothing` },
    code: 650053,
    told: 'the client',
  },
  {
    what: 'a resource that does not exist',
    change: { scope: 'https://nobody.example/x' },
    code: 500011,
    told: 'the client',
  },
  { what: 'the resource of v1', change: { resource: 'https://graph.microsoft.com' }, code: 901002, told: 'the client' },
  { what: 'no nonce', change: { nonce: undefined }, code: 90014, told: 'the client' },
  { what: 'an unknown prompt', change: { prompt: 'consent select_account' }, code: 90023, told: 'the person' },
  { what: 'a hint with the picker', change: { prompt: 'select_account' }, code: 90005, told: 'the client' },
  { what: 'a max_age that is no number', change: { max_age: 'soon' }, code: 9002313, told: 'the client' },
  { what: 'a negative max_age', change: { max_age: '-1' }, code: 9002313, told: 'the client' },
  { what: 'a short code_challenge', change: { code_challenge: 'short' }, code: 50147, told: 'the client' },
  {
    what: 'an unknown code_challenge_method',
    change: { code_challenge_method: 'S512' },
    code: 501491,
    told: 'the client',
  },
  { what: 'claims that are no JSON', change: { claims: '{' }, code: 9002313, told: 'the client' },
  { what: 'claims that are a list', change: { claims: '[]' }, code: 9002313, told: 'the client' },
  {
    what: 'a session that is not there',
    change: { login_hint: undefined, id_token_hint: undefined },
    code: 160021,
    told: 'the client',
  },
  { what: 'a forged id_token_hint', change: { login_hint: undefined }, code: 50027, told: 'the client' },
])('$what is told to $told (AADSTS$code)', async ({ change, code, told }) => {
  expectTold(await ask(changed(change)), code, told)
  const { reasons } = await authority.lastEvent(`/${tenantId}/oauth2/v2.0/authorize`)
  expect(reasons.join('')).not.toBe('')
})

test.each([
  { path: '/nowhere.example/oauth2/v2.0/authorize', code: 90002, because: 'there is no such tenant' },
  {
    path: '/9188040d-6c67-4c5b-b112-36a304b66dad/oauth2/v2.0/authorize',
    code: 90002,
    because: 'it is that of personal accounts',
  },
  { path: '/common/oauth2/v2.0/authorize', code: 50194, because: 'the application is of one tenant' },
  { path: '/organizations/oauth2/authorize', code: 50194, because: 'the application is of one tenant' },
])('$path is told to the person (AADSTS$code): $because', async ({ path, code }) => {
  expectTold(await ask(changed({}), path), code, 'the person')
})

test('what somebody else wrote is shown as text', async () => {
  const { page } = await ask(changed({ client_id: '<img src=x onerror=alert(1)>' }))
  expect(page).not.toContain('<img')
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
})

test.each(['PUT', 'DELETE', 'PATCH'])('%s is no way to ask', async (method) => {
  const answer = await authority.fetch(`${login}/${tenantId}/oauth2/v2.0/authorize`, { method })
  expect(answer.status).toBe(404)
})

test.each([
  {
    what: 'a body too large',
    body: `state=${'x'.repeat(1_100_000)}`,
    type: 'application/x-www-form-urlencoded',
    code: 90015,
  },
  { what: 'a body of another type', body: '<x/>', type: 'text/xml', code: 9002313 },
])('$what is told on the page (AADSTS$code)', async ({ body, type, code }) => {
  const answer = await authority.fetch(`${login}/${tenantId}/oauth2/v2.0/authorize`, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  })
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(await answer.text()).toContain(`"iErrorCode":${code}`)
})

test('the applications of Microsoft sign in at each of their addresses', async () => {
  const { nonce, state } = request
  const asked = {
    response_type: 'code',
    response_mode: 'fragment',
    scope: 'openid',
    nonce: nonce ?? '',
    state: state ?? '',
  }
  const proof = { code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' }
  const answerAt = async (client_id: string, redirect_uri: string) => {
    const { location, page } = await ask(new URLSearchParams({ ...asked, ...proof, client_id, redirect_uri }))
    expect(location, redirect_uri).toBeNull()
    return /"iErrorCode":(\d+)/.exec(page)?.[1] ?? /"pgid":"(\w+)"/.exec(page)?.[1]
  }
  for (const [clientId, { redirects }] of Object.entries(firstPartyClients)) {
    for (const address of [...(redirects.publicClient ?? []), ...(redirects.spa ?? [])]) {
      expect(await answerAt(clientId, address), address).toBe('ConvergedSignIn')
    }
  }
})
