import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BuildService, DeploymentContext } from '#shared/stack/deployment.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
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
  readonly notBefore?: number
}

type Presented = Record<string, unknown>

async function judge(claims: Presented, callerAddress?: string, as = 'exchange-online') {
  const answer = await members[as]?.http.send(`https://adminwebservice.microsoftonline.com/evaluation/${tenantId}`, {
    method: 'POST',
    authenticate: true,
    json: { claims, ...(callerAddress !== undefined && { callerAddress }) },
  })
  return { status: answer?.status, json: (await answer?.json()) as Judgement }
}

async function signIn() {
  const { body } = await requests.redeem(await requests.desktopCode())
  const { oid, iat, ipaddr } = decodeJwt<Presented>(body.access_token ?? '')
  return { claims: { oid, iat, ipaddr, xms_cc: ['cp1'] } as Presented, refreshToken: body.refresh_token ?? '' }
}

async function renewed(refreshToken: string): Promise<Presented> {
  const parameters = { grant_type: 'refresh_token', client_id: desktopRequest.client_id, refresh_token: refreshToken }
  const { body } = await requests.token(parameters)
  return { ...decodeJwt<Presented>(body.access_token ?? ''), xms_cc: ['cp1'] }
}

test('sessions revoked: an older token is challenged, one of afterwards is taken, even within the same second', async () => {
  const { claims, refreshToken } = await signIn()
  expect((await judge(claims)).json).toEqual({ outcome: 'accept', reason: 'nothingHappened' })
  const { status } = await manage('POST', `/users/${peggy.upn}/critical-events`, { kind: 'sessionsRevoked' })
  expect(status).toBe(200)
  const notBefore = authority.stack.clock.seconds() + 1
  expect((await judge(claims)).json).toEqual({ outcome: 'challenge', reason: 'issuedBeforeEvent', notBefore })
  const { xms_cc: _, ...incapable } = claims
  expect((await judge(incapable)).json).toEqual({ outcome: 'accept', reason: 'clientCannotBeTold' })
  const { oid, iat, ipaddr, xms_cc } = await renewed(refreshToken)
  expect((await judge({ oid, iat, ipaddr, xms_cc })).json.outcome).toBe('accept')
})

test('an account that Entra Connect disables or deletes loses its tokens at that cycle', async () => {
  const { claims } = await signIn()
  await onPremises('PATCH', `/users/${peggy.upn}`, { enabled: false })
  expect((await judge(claims)).json.outcome, 'not yet synchronized').toBe('accept')
  await onPremises('POST', '/synchronize', {})
  expect((await judge(claims)).json).toMatchObject({ outcome: 'challenge', reason: 'accountDisabled' })
  expect((await manage('GET', '/critical-events')).json.events).toEqual([
    { objectId: claims.oid, kind: 'accountDisabled', at: '2026-03-02T09:00:00.000Z' },
    expect.objectContaining({ kind: 'sessionsRevoked' }),
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
})

test('only resources may ask, and only with a question that can be answered', async () => {
  const claims = { oid: 'x', iat: 1 }
  expect((await judge(claims, undefined, 'wap')).status).toBe(401)
  expect((await judge({ oid: 'x' })).status).toBe(400)
})

test('an event of nobody, and an event of no kind, are refused', async () => {
  const record = (upn: string, kind: string) => manage('POST', `/users/${upn}/critical-events`, { kind })
  expect((await record('nobody@fabrikam.com', 'sessionsRevoked')).status).toBe(404)
  expect((await record('trent@wingtiptoys.com', 'moonPhase')).status).toBe(400)
})
