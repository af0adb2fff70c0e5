import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

const peggy = { upn: 'peggy@fabrikam.com', password: 'Peggy-Pass14' }
const client = 'd3590ed6-52b3-4102-aeff-aad2292ab01c'
const tooLate = Buffer.from('From: alice@contoso.com\r\nSubject: Too late\r\n\r\nx').toString('base64')
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})

afterAll(() => open.disposeAsync())

async function token(grant: Readonly<Record<string, string>>) {
  const url = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const scope = 'https://graph.microsoft.com/User.Read offline_access'
  const body = new URLSearchParams({ client_id: client, scope, ...grant }).toString()
  const answer = await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
  return { status: answer.status, ...(JSON.parse(answer.text) as { refresh_token: string; error_codes?: number[] }) }
}

const signIn = (password = peggy.password) => token({ grant_type: 'password', username: peggy.upn, password })
const renewed = (refresh_token: string) => token({ grant_type: 'refresh_token', refresh_token })

async function subjects(): Promise<readonly string[]> {
  const { json } = await lab.call('GET', `/api/exchange/exchange-online/mailboxes/${peggy.upn}/messages`)
  return (json as { messages: { subject: string }[] }).messages.map(({ subject }) => subject)
}

test('a snapshot brings back accounts, tokens, mail and the clock, as often as wanted', async () => {
  const before = await signIn()
  const mail = await subjects()
  const taken = await lab.call('PUT', '/api/snapshots/signed-in')
  expect(taken.status).toBe(200)
  for (const _round of [1, 2]) {
    const later = await lab.clock({ advance: 'P1D' })
    const changed = { password: 'Another-Pass-99' }
    expect((await lab.call('PATCH', `/api/directory/users/${peggy.upn}`, changed)).status).toBe(200)
    await lab.call('POST', '/api/synchronize')
    await lab.call('POST', `/api/exchange/exchange-online/mailboxes/${peggy.upn}/messages`, { mime: tooLate })
    expect(await subjects()).toContain('Too late')
    const after = await signIn(changed.password)
    expect([(await signIn()).status, after.status, (await renewed(before.refresh_token)).status]).toEqual([
      400, 200, 400,
    ])

    const restored = await lab.call('POST', '/api/snapshots/signed-in/restore')
    expect([restored.status, restored.json]).toEqual([200, taken.json])
    expect(await lab.journal({ user: peggy.upn })).toEqual([])
    expect((await lab.clock({ freeze: false })).getTime()).toBeLessThan(later.getTime() - 3_600_000)
    expect(await subjects()).toEqual(mail)
    expect([(await signIn()).status, (await signIn(changed.password)).status]).toEqual([200, 400])
    expect((await renewed(before.refresh_token)).status).toBe(200)
    expect((await renewed(after.refresh_token)).status).toBe(400)
  }
})

test('a reset leads to the scenario whatever was restored, and snapshots outlive it', async () => {
  const { refresh_token: early } = await signIn()
  await lab.call('PUT', '/api/snapshots/a.b')
  await lab.reset()
  expect((await renewed(early)).status).toBe(400)
  expect((await lab.call('POST', '/api/snapshots/a.b/restore')).status).toBe(200)
  expect((await renewed(early)).status).toBe(200)
  await lab.reset()
  expect((await renewed(early)).status).toBe(400)
})

test('what is not there cannot be restored; what is dropped is gone; names stay plain', async () => {
  expect((await lab.call('POST', '/api/snapshots/never/restore')).status).toBe(404)
  expect((await lab.call('PUT', '/api/snapshots/x')).status).toBe(200)
  const names = (await lab.call('GET', '/api/snapshots')).json as { snapshots: { name: string }[] }
  expect(names.snapshots.map(({ name }) => name)).toContain('x')
  expect((await lab.call('DELETE', '/api/snapshots/x')).status).toBe(200)
  expect((await lab.call('POST', '/api/snapshots/x/restore')).status).toBe(404)
  expect((await lab.call('PUT', '/api/snapshots/..%2Fx')).status).toBe(400)
})
