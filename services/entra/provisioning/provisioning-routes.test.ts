import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { compactDecrypt } from 'jose'
import { expect, test } from 'vitest'
import { createMachineToken } from '#shared/http/machine-identity.ts'
import { openSurface } from '../people/_surface.ts'
import { everybody, userOf } from '../people/_tenant.ts'
import { addProvisioningRoutes } from './provisioning-routes.ts'

const host = 'adminwebservice.microsoftonline.com'

async function openProvisioning(times?: Parameters<typeof openSurface>[0]) {
  const surface = await openSurface(times)
  addProvisioningRoutes(surface.app, {
    ...surface,
    domains: { all: () => [] },
    observed: (work) => work(),
    writeBack: async () => ({ issuers: [], devices: [] }),
    host,
    caPem: surface.authority.caPem,
  })
  const base = `/provisioning/${surface.scenario.tenant.id}`
  return {
    ...surface,
    base,
    ask: (path: string, body: unknown, as: string | undefined = 'directory') =>
      surface.post(host, `${base}/${path}`, { ...(as ? { as } : {}), body }),
  }
}

const nothing = { full: false, users: [], groups: [], devices: [], deletedAnchors: [] }

test('takes over an export and says what changed', async () => {
  await using provisioning = await openProvisioning()
  const body = await everybody(provisioning.scenario)
  expect(await provisioning.ask('synchronize', body)).toEqual({
    status: 200,
    json: { added: 20, updated: 0, deleted: 0, unchanged: 0 },
  })
  expect(await provisioning.ask('synchronize', nothing)).toMatchObject({ status: 200, json: { unchanged: 0 } })
  expect(provisioning.journal.since(0)[0]).toMatchObject({
    decisions: ['synchronizedFully'],
    detail: { added: 20 },
  })
})

test.each(['adfs', 'wap', undefined])('refuses %s, which is not Entra Connect', async (as) => {
  await using provisioning = await openProvisioning()
  const answer = await provisioning.post(host, `${provisioning.base}/synchronize`, { ...(as && { as }), body: nothing })
  expect(answer.status).toBe(401)
})

test('refuses another tenant', async () => {
  await using provisioning = await openProvisioning()
  const url = '/provisioning/00000000-0000-4000-8000-000000000000/synchronize'
  expect(await provisioning.post(host, url, { as: 'directory', body: nothing })).toMatchObject({
    status: 404,
    json: { error: 'unknownTenant' },
  })
})

test.each([
  { what: 'no list of users', body: { ...nothing, users: undefined }, detail: 'users' },
  { what: 'an unknown member', body: { ...nothing, surprise: 1 }, detail: 'surprise' },
])('refuses an export with $what and names it', async ({ body, detail }) => {
  await using provisioning = await openProvisioning()
  const answer = await provisioning.ask('synchronize', body)
  expect(answer).toMatchObject({ status: 400, json: { error: 'malformed' } })
  expect(answer.json.detail).toContain(detail)
})

test('refuses a password hash of another format and takes nothing of the export', async () => {
  await using provisioning = await openProvisioning()
  const body = await everybody(provisioning.scenario)
  const users = body.users.map((user, at) => (at === 3 ? { ...user, passwordHash: 'plain' } : user))
  expect(await provisioning.ask('synchronize', { ...body, users })).toMatchObject({ status: 400 })
  expect(await provisioning.people.list()).toHaveLength(1)
})

test('hands a password to the agent and takes its answer, over the wire', async () => {
  await using provisioning = await openProvisioning()
  await provisioning.synchronizeEverybody()
  const { x5c, privateKey } = await provisioning.authority.machineIdentity('directory')
  const polled = provisioning.ask('passthrough/poll', { agentCertificate: x5c[0] })
  const check = provisioning.passwords.check('trent@wingtiptoys.com', 'Trent-Pass15')
  const { status, json } = await polled
  expect(status).toBe(200)
  expect(json.userPrincipalName).toBe('trent@wingtiptoys.com')
  const { plaintext } = await compactDecrypt(json.encryptedPassword, privateKey)
  expect(new TextDecoder().decode(plaintext)).toBe('Trent-Pass15')
  expect(await provisioning.ask(`passthrough/${json.requestId}`, { status: 'STATUS_SUCCESS' })).toMatchObject({
    status: 204,
  })
  expect(await check).toMatchObject({ outcome: 'correct', by: 'passThrough' })
  expect(await provisioning.ask(`passthrough/${json.requestId}`, { status: 'STATUS_SUCCESS' })).toMatchObject({
    status: 404,
  })
})

test.each([
  { status: 'STATUS_WRONG_PASSWORD', aadsts: 50126 },
  { status: 'STATUS_NO_SUCH_USER', aadsts: 50034 },
  { status: 'STATUS_ACCOUNT_DISABLED', aadsts: 50057 },
  { status: 'STATUS_ACCOUNT_LOCKED_OUT', aadsts: 50053 },
  { status: 'STATUS_PASSWORD_EXPIRED', aadsts: 50144 },
  { status: 'STATUS_ACCOUNT_EXPIRED', aadsts: 50057 },
])('an agent that answers $status ends the sign-in with AADSTS$aadsts', async ({ status, aadsts }) => {
  await using provisioning = await openProvisioning()
  await provisioning.synchronizeEverybody()
  const { x5c } = await provisioning.authority.machineIdentity('directory')
  const polled = provisioning.ask('passthrough/poll', { agentCertificate: x5c[0] })
  const check = provisioning.passwords.check('trent@wingtiptoys.com', 'Trent-Pass15')
  await provisioning.ask(`passthrough/${(await polled).json.requestId}`, { status })
  expect(await check).toMatchObject({ outcome: 'refused', aadsts })
})

test('encrypts for the agent’s own machine only', async () => {
  await using provisioning = await openProvisioning()
  const other = await provisioning.authority.machineIdentity('adfs')
  expect(await provisioning.ask('passthrough/poll', { agentCertificate: other.x5c[0] })).toMatchObject({
    status: 403,
    json: { error: 'foreignAgent' },
  })
  expect(await provisioning.ask('passthrough/poll', { agentCertificate: 'AAAA' })).toMatchObject({ status: 400 })
})

test('lets a poll go without work after a while', async () => {
  await using provisioning = await openProvisioning({ answer: 10_000, poll: 20 })
  const { x5c } = await provisioning.authority.machineIdentity('directory')
  expect(await provisioning.ask('passthrough/poll', { agentCertificate: x5c[0] })).toMatchObject({ status: 204 })
})

test('a poll whose connection breaks swallows no sign-in', async () => {
  await using provisioning = await openProvisioning()
  await provisioning.synchronizeEverybody()
  const { x5c } = await provisioning.authority.machineIdentity('directory')
  const agentCertificate = x5c[0] ?? ''
  await breakPoll(provisioning, agentCertificate)
  const check = provisioning.passwords.check('trent@wingtiptoys.com', 'Trent-Pass15')
  const { json } = await provisioning.ask('passthrough/poll', { agentCertificate })
  await provisioning.ask(`passthrough/${json.requestId}`, { status: 'STATUS_SUCCESS' })
  expect(await check).toMatchObject({ outcome: 'correct' })
})

/** Polls over a real socket, hangs up while the poll is held, and waits until the service has noticed. */
async function breakPoll(provisioning: Awaited<ReturnType<typeof openProvisioning>>, agentCertificate: string) {
  const { app, authority, base, clock, passThrough } = provisioning
  const held = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const poll = passThrough.poll.bind(passThrough)
  passThrough.poll = async (key, hungUp) => {
    held.resolve()
    return poll(key, hungUp).finally(ended.resolve)
  }
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const token = await createMachineToken(await authority.machineIdentity('directory'), host, clock)
  const headers = { host, authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const path = `${base}/passthrough/poll`
  const outgoing = request({ host: '127.0.0.1', port, method: 'POST', path, headers }).on('error', () => undefined)
  outgoing.end(JSON.stringify({ agentCertificate }))
  await held.promise
  outgoing.destroy()
  await ended.promise
  passThrough.poll = poll
}

test('answers under its own host name only', async () => {
  await using provisioning = await openProvisioning()
  const url = `${provisioning.base}/synchronize`
  const answer = await provisioning.app.inject({
    method: 'POST',
    url,
    headers: { host: 'graph.microsoft.com' },
    payload: nothing,
  })
  expect(answer.statusCode).toBe(404)
})

test('keeps compliance with mobile device management, whatever the export says', async () => {
  await using provisioning = await openProvisioning()
  await provisioning.synchronizeEverybody()
  const { createDevices } = await import('../people/devices.ts')
  const devices = createDevices(provisioning.store)
  const computer = await devices.byDeviceId('D0000000-0000-4000-8000-000000000004')
  expect(computer).toMatchObject({
    displayName: 'BOB-PC',
    trustType: 'ServerAd',
    isCompliant: true,
    isManaged: true,
    ownerId: userOf(provisioning.scenario, 'bob@contoso.com').entraObjectId,
  })
  expect((await devices.list()).map((each) => each.displayName)).toContain("Erin's Pixel")
})
