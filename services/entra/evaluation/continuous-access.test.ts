import { InteractionRequiredAuthError } from '@azure/msal-node'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, graphClient } from '../graph/_graph.ts'
import { exchangeScope, graphScope, TravellingProgram } from './_program.ts'

const branchOffice = '198.51.100.7'
const elsewhere = '203.0.113.99'
const hour = 3_600_000

let authority: TestAuthority
let administrator: ReturnType<typeof graphClient>
let peggyId: string

beforeAll(async () => {
  authority = await openAuthority({ only: ['directory', 'entra', 'exchange-online', 'gateway-internet'] })
  await authority.stack.clock.freeze()
  administrator = graphClient(authority, await appToken(authority))
  peggyId = (await administrator('GET', `/v1.0/users/${peggy.upn}`)).body.id
})

const made: string[] = []
afterEach(async () => {
  for (const path of made.splice(0)) expect((await administrator('DELETE', path)).status).toBe(204)
})

afterAll(() => authority[Symbol.asyncDispose]())

const policies = '/v1.0/identity/conditionalAccess/policies'

async function addPolicy(conditions: object, controls: object): Promise<void> {
  const { status, body } = await administrator('POST', policies, {
    displayName: 'About locations',
    state: 'enabled',
    conditions: {
      users: { includeUsers: [peggyId] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
      ...conditions,
    },
    ...controls,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  made.push(`${policies}/${body.id}`)
}

/** Only the branch office is allowed. */
async function blockElsewhere(controls: object = {}): Promise<void> {
  const locations = (await administrator('GET', '/v1.0/identity/conditionalAccess/namedLocations')).body.value
  const { id } = locations.find(({ displayName }: { displayName: string }) => displayName === 'Branch office')
  const conditions = { locations: { includeLocations: ['All'], excludeLocations: [id] } }
  await addPolicy(conditions, { grantControls: { operator: 'OR', builtInControls: ['block'] }, ...controls })
}

const resources = [
  {
    name: 'Microsoft Graph',
    scope: graphScope,
    good: 200,
    call: (program: TravellingProgram, token: string) => program.call('https://graph.microsoft.com/v1.0/me', token),
  },
  {
    name: 'Exchange Online',
    scope: exchangeScope,
    // Whatever Exchange Web Services say of an empty request: a token that is not good does not get there.
    good: expect.toSatisfy((status: number) => status !== 401),
    call: (program: TravellingProgram, token: string) =>
      program.call('https://outlook.office365.com/EWS/Exchange.asmx', token, 'POST'),
  },
] as const

const [graph] = resources

test.each(resources)(
  '$name: revoked sessions → 401 with claims → MSAL wants the person → a new sign-in is taken',
  async (resource) => {
    await using program = new TravellingProgram(authority)
    const { scope, good, call } = resource
    const first = await program.signIn(scope)
    expect(decodeJwt(first.accessToken).xms_cc).toEqual(['CP1'])
    const lifetime = (first.expiresOn?.getTime() ?? 0) - Date.now()
    expect(lifetime).toBeGreaterThan(19.9 * hour)
    expect(lifetime).toBeLessThan(28.1 * hour)
    expect(await call(program, first.accessToken)).toMatchObject({ status: good, claims: undefined })
    expect((await administrator('POST', `/v1.0/users/${peggyId}/revokeSignInSessions`)).status).toBe(200)
    const refused = await call(program, first.accessToken)
    expect(refused.status).toBe(401)
    expect(refused.challenge).toContain('error="insufficient_claims"')
    const nbf = { essential: true, value: String(authority.stack.clock.seconds()) }
    expect(JSON.parse(refused.claims ?? '')).toEqual({ access_token: { nbf } })
    const silent = await program.silently(scope, refused.claims).catch((error) => error)
    expect(silent).toBeInstanceOf(InteractionRequiredAuthError)
    expect(silent).toMatchObject({ errorCode: 'invalid_grant', subError: 'bad_token' })
    const second = await program.signIn(scope, refused.claims)
    expect(await call(program, second.accessToken)).toMatchObject({ status: good })
    expect(await call(program, (await program.silently(scope)).accessToken), 'and stays good').toMatchObject({
      status: good,
    })
  },
)

test.each(resources)(
  '$name: high user risk → 401 with claims → MSAL gets the next token silently',
  async ({ scope, good, call }) => {
    await using program = new TravellingProgram(authority)
    const { accessToken } = await program.signIn(scope)
    await authority.manage(`/risk/${peggy.upn}`, { user: 'high' }, 'PUT')
    const { status, claims } = await call(program, accessToken)
    expect(status).toBe(401)
    const next = await program.silently(scope, claims)
    expect(next.fromCache).toBe(false)
    expect(await call(program, next.accessToken)).toMatchObject({ status: good })
    await authority.manage(`/risk/${peggy.upn}`, { user: 'none' }, 'PUT')
  },
)

test('a client without cp1 keeps its token to its end, at most ninety minutes', async () => {
  await using program = new TravellingProgram(authority, [])
  const { accessToken, expiresOn } = await program.signIn(graphScope)
  expect((expiresOn?.getTime() ?? 0) - Date.now()).toBeLessThan(1.6 * hour)
  await administrator('POST', `/v1.0/users/${peggyId}/revokeSignInSessions`)
  expect(await graph.call(program, accessToken)).toMatchObject({ status: 200 })
})

test.each(resources)(
  '$name: moved to where a policy blocks → 401 with the address it saw → 53003',
  async ({ scope, good, call }) => {
    await blockElsewhere()
    await using program = new TravellingProgram(authority)
    program.address = branchOffice
    const { accessToken } = await signInAt(program, scope)
    expect(await call(program, accessToken)).toMatchObject({ status: good })
    program.address = elsewhere
    const { status, claims } = await call(program, accessToken)
    expect(status).toBe(401)
    expect(JSON.parse(claims ?? '').access_token.xms_rp_ipaddr).toEqual({ value: elsewhere })
    const silent = await program.silently(scope, claims).catch((error) => error)
    expect(silent).toBeInstanceOf(InteractionRequiredAuthError)
    expect(silent).toMatchObject({ subError: 'message_only', errorMessage: expect.stringContaining('AADSTS53003') })
    program.address = branchOffice
    expect(await call(program, accessToken), 'back where it was').toMatchObject({ status: good })
  },
)

/** The browser stands elsewhere, where the sign-in must not be blocked. */
async function signInAt(program: TravellingProgram, scope: string) {
  const [path = ''] = made
  await administrator('PATCH', path, { state: 'disabled' })
  const signedIn = await program.signIn(scope)
  await administrator('PATCH', path, { state: 'enabled' })
  return signedIn
}

test('Entra ID and the resource see different addresses: a token for an hour, without looking at locations', async () => {
  await blockElsewhere()
  await using program = new TravellingProgram(authority)
  program.address = branchOffice
  const { accessToken } = await signInAt(program, graphScope)
  program.resourceAddress = elsewhere
  const { status, claims } = await graph.call(program, accessToken)
  expect(status).toBe(401)
  const next = await program.silently(graphScope, claims)
  expect((next.expiresOn?.getTime() ?? 0) - Date.now()).toBeLessThan(1.01 * hour)
  expect(await graph.call(program, next.accessToken)).toMatchObject({ status: 200 })
  await administrator('POST', `/v1.0/users/${peggyId}/revokeSignInSessions`)
  expect(await graph.call(program, next.accessToken), 'events still count').toMatchObject({ status: 401 })
})

test('strictly enforced locations: what the resource sees must be allowed, too', async () => {
  await blockElsewhere({ sessionControls: { continuousAccessEvaluation: { mode: 'strictLocation' } } })
  await using program = new TravellingProgram(authority)
  program.address = branchOffice
  const { accessToken } = await signInAt(program, graphScope)
  program.resourceAddress = elsewhere
  const { claims } = await graph.call(program, accessToken)
  const silent = await program.silently(graphScope, claims).catch((error) => error)
  expect(silent).toMatchObject({ subError: 'message_only', errorMessage: expect.stringContaining('AADSTS53003') })
})

test('a policy that turns continuous access evaluation off: short tokens, and no challenge', async () => {
  await addPolicy({}, { grantControls: null, sessionControls: { continuousAccessEvaluation: { mode: 'disabled' } } })
  await using program = new TravellingProgram(authority)
  const { accessToken, expiresOn } = await program.signIn(graphScope)
  expect(decodeJwt(accessToken).xms_cc).toBeUndefined()
  expect((expiresOn?.getTime() ?? 0) - Date.now()).toBeLessThan(1.6 * hour)
  await administrator('POST', `/v1.0/users/${peggyId}/revokeSignInSessions`)
  expect(await graph.call(program, accessToken)).toMatchObject({ status: 200 })
})
