import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BuildService, DeploymentContext } from '#shared/stack/deployment.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { exchangeOnlineId } from '../applications/first-party.ts'
import { managementOf } from '../outcomes/_management.ts'
import { desktopRequest, tenantId, tokenRequests } from '../token/_token-requests.ts'

let authority: TestAuthority
let manage: ReturnType<typeof managementOf>
let onPremises: ReturnType<typeof managementOf>
let requests: ReturnType<typeof tokenRequests>
const members: Record<string, DeploymentContext> = {}

/** A resource of another deployment that only asks. */
const resource: BuildService = async (context) => {
  members[context.name] = context
  return { app: context.createApplication(), reset: async () => {} }
}

beforeAll(async () => {
  const only = ['directory', 'entra', 'exchange-online', 'wap', 'gateway-internet']
  authority = await openAuthority({ only, services: { exchange: resource, wap: resource } })
  await authority.stack.clock.set({ offset: 0, frozenAt: Date.parse('2026-03-02T09:00:00Z') })
  manage = managementOf(authority, 'entra')
  onPremises = managementOf(authority, 'directory')
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

interface Judgement {
  readonly outcome: string
  readonly reason: string
  readonly claims?: unknown
}

type Presented = Record<string, unknown>

async function judge(claims: Presented, callerAddress?: string, as = 'exchange-online') {
  const answer = await members[as]?.http.send(`https://adminwebservice.microsoftonline.com/evaluation/${tenantId}`, {
    method: 'POST',
    authenticate: true,
    json: { claims, resourceId: exchangeOnlineId, ...(callerAddress !== undefined && { callerAddress }) },
  })
  return { status: answer?.status, json: (await answer?.json()) as Judgement }
}

const capable = { claims: JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } }) }

async function signIn(claims: Readonly<Record<string, string>> = capable) {
  const { body } = await requests.redeem(await requests.desktopCode(), claims)
  return { claims: decodeJwt<Presented>(body.access_token ?? ''), refreshToken: body.refresh_token ?? '' }
}

const renew = (refreshToken: string) =>
  requests.token({
    grant_type: 'refresh_token',
    client_id: desktopRequest.client_id,
    refresh_token: refreshToken,
    ...capable,
  })

test('sessions revoked: an older token is challenged, one of a new sign-in is taken, within the same second', async () => {
  const { claims, refreshToken } = await signIn()
  expect((await judge(claims)).json).toEqual({ outcome: 'accept', reason: 'nothingHappened' })
  const { claims: incapable } = await signIn({})
  const { status } = await manage('POST', `/users/${peggy.upn}/critical-events`, { kind: 'sessionsRevoked' })
  expect(status).toBe(200)
  const nbf = { essential: true, value: String(authority.stack.clock.seconds()) }
  expect((await judge(claims)).json).toMatchObject({
    outcome: 'challenge',
    reason: 'issuedBeforeEvent',
    claims: { access_token: { nbf } },
  })
  expect((await judge(incapable)).json).toEqual({ outcome: 'accept', reason: 'clientCannotBeTold' })
  expect((await renew(refreshToken)).body).toMatchObject({ error_codes: [50173], suberror: 'bad_token' })
  const { claims: again } = await signIn({
    claims: JSON.stringify({ access_token: { nbf, xms_cc: { values: ['CP1'] } } }),
  })
  expect(again.nbf, 'as demanded, and not ahead of the clock').toBe(authority.stack.clock.seconds())
  expect((await judge(again)).json.outcome).toBe('accept')
})

test('an event that ends no sign-in: the refresh token buys a token that is taken', async () => {
  const { claims, refreshToken } = await signIn()
  const wanted = { user: 'high', signIn: 'none' }
  expect((await manage('PUT', `/risk/${peggy.upn}`, wanted)).status).toBe(200)
  expect((await judge(claims)).json).toMatchObject({ outcome: 'challenge', reason: 'issuedBeforeEvent' })
  const { body } = await renew(refreshToken)
  expect((await judge(decodeJwt(body.access_token ?? ''))).json.outcome).toBe('accept')
  await manage('PUT', `/risk/${peggy.upn}`, wanted)
  expect((await judge(decodeJwt(body.access_token ?? ''))).json.outcome, 'it was high before').toBe('accept')
})

test('one revoked session: its access token is challenged, that of another session is not', async () => {
  const [one, other] = [await signIn(), await signIn()]
  expect((await manage('POST', `/sessions/${one.claims.sid}/revoke`)).status).toBe(204)
  expect((await judge(one.claims)).json).toMatchObject({ outcome: 'challenge', reason: 'sessionRevoked' })
  expect((await judge(other.claims)).json.outcome).toBe('accept')
})

test('an account that Entra Connect disables or deletes loses its tokens at that cycle', async () => {
  const { claims, refreshToken } = await signIn()
  await onPremises('PATCH', `/users/${peggy.upn}`, { enabled: false })
  expect((await judge(claims)).json.outcome, 'not yet synchronized').toBe('accept')
  await onPremises('POST', '/synchronize', {})
  expect((await judge(claims)).json).toMatchObject({ outcome: 'challenge', reason: 'accountDisabled' })
  expect((await renew(refreshToken)).body).toMatchObject({ error_codes: [50057] })
  const { events } = (await manage('GET', '/critical-events')).json as { events: { kind: string }[] }
  expect(events.slice(0, 2)).toEqual([
    { objectId: claims.oid, kind: 'accountDisabled', at: '2026-03-02T09:00:00.000Z' },
    expect.objectContaining({ kind: 'riskDetected' }),
  ])
  await onPremises('PATCH', `/users/${peggy.upn}`, { enabled: true })
  await onPremises('POST', '/synchronize', {})
  expect((await judge(claims)).json, 'enabled again').toMatchObject({
    outcome: 'challenge',
    reason: 'issuedBeforeEvent',
  })
  await onPremises('DELETE', `/users/${peggy.upn}`)
  await onPremises('POST', '/synchronize', {})
  expect((await judge(claims)).json).toMatchObject({ outcome: 'challenge', reason: 'accountDeleted' })
  expect((await renew(refreshToken)).body).toMatchObject({ error_codes: [50034] })
})

test('only resources may ask, and only with a question that can be answered', async () => {
  const claims = { oid: 'x', iat: 1 }
  expect((await judge({ ...claims }, undefined, 'wap')).status).toBe(401)
  expect((await judge({ oid: 'x' })).status).toBe(400)
})

test('an event of nobody, and an event of no kind, are refused', async () => {
  const record = (upn: string, kind: string) => manage('POST', `/users/${upn}/critical-events`, { kind })
  expect((await record('nobody@fabrikam.com', 'sessionsRevoked')).status).toBe(404)
  expect((await record('trent@wingtiptoys.com', 'moonPhase')).status).toBe(400)
})
