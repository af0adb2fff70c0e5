import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../../_authority.ts'
import { appToken, graphClient, userToken } from '../_graph.ts'

const path = '/v1.0/identityProtection/riskyUsers'
let authority: TestAuthority
let call: ReturnType<typeof graphClient>
let peggyId: string

beforeAll(async () => {
  authority = await openAuthority()
  call = graphClient(authority, await appToken(authority))
  peggyId = (await call('GET', `/v1.0/users/${peggy.upn}`)).body.id
})

afterAll(() => authority[Symbol.asyncDispose]())

test('nobody is at risk until somebody says so; confirmed, then dismissed', async () => {
  expect((await call('GET', path)).body.value).toEqual([])
  expect((await call('GET', `${path}/${peggyId}`)).status).toBe(404)
  expect((await call('POST', `${path}/confirmCompromised`, { userIds: [peggyId] })).status).toBe(204)
  const risky = await call('GET', `${path}?$filter=riskState eq 'confirmedCompromised'`)
  expect(risky.body.value).toMatchObject([
    { id: peggyId, riskLevel: 'high', riskDetail: 'adminConfirmedUserCompromised', userPrincipalName: peggy.upn },
  ])
  const { events } = await authority.manage<{ events: object[] }>('/critical-events')
  expect(events).toMatchObject([{ objectId: peggyId, kind: 'riskDetected' }])
  expect(await authority.manage(`/risk/${peggy.upn}`)).toMatchObject({ user: 'high' })
  expect((await call('POST', `${path}/dismiss`, { userIds: [peggyId] })).status).toBe(204)
  expect((await call('GET', `${path}/${peggyId}`)).body).toMatchObject({ riskLevel: 'none', riskState: 'dismissed' })
})

test.each([
  { body: { userIds: [] }, status: 400 },
  { body: { userIds: ['peggy'] }, status: 400 },
  { body: {}, status: 400 },
  { body: { userIds: ['00000000-0000-4000-8000-000000000000'] }, status: 404 },
])('$body → $status', async ({ body, status }) => {
  expect((await call('POST', `${path}/dismiss`, body)).status).toBe(status)
})

test('a person needs the permission and a role', async () => {
  const plain = graphClient(authority, await userToken(authority, peggy, 'https://graph.microsoft.com/User.Read'))
  expect((await plain('GET', path)).status).toBe(403)
  const scope = 'https://graph.microsoft.com/IdentityRiskyUser.Read.All'
  expect((await graphClient(authority, await userToken(authority, peggy, scope))('GET', path)).status).toBe(403)
})
