import { describe, expect, test } from 'vitest'
import { openLabWithPeers } from '../_peers.ts'

test.each([
  {
    method: 'GET',
    path: '/api/directory/users',
    status: 200,
    json: { users: [{ userPrincipalName: 'zoe@contoso.com' }] },
  },
  {
    method: 'POST',
    path: '/api/directory/users',
    body: { userPrincipalName: 'new@contoso.com', password: 'x' },
    status: 201,
    json: { userPrincipalName: 'new@contoso.com' },
  },
  {
    method: 'POST',
    path: '/api/directory/users',
    body: { password: 'x' },
    status: 400,
    json: { detail: [{ at: 'body.userPrincipalName' }] },
  },
  {
    method: 'PATCH',
    path: '/api/directory/users/zoe%40contoso.com',
    body: { enabled: false },
    status: 200,
    json: { userPrincipalName: 'zoe@contoso.com', enabled: false },
  },
  {
    method: 'DELETE',
    path: '/api/directory/users/zoe@contoso.com',
    status: 404,
    json: { error: 'There is no such user.' },
  },
  { method: 'PUT', path: '/api/directory/groups/All%20Staff/members/zoe@contoso.com', status: 200, json: {} },
  { method: 'DELETE', path: '/api/directory/groups/All%20Staff/members/zoe@contoso.com', status: 200, json: {} },
  { method: 'POST', path: '/api/synchronize', status: 200, json: { kind: 'delta' } },
  { method: 'POST', path: '/api/synchronize', body: { full: true }, status: 200, json: { kind: 'initial' } },
  { method: 'GET', path: '/api/synchronizations', status: 200, json: { cycles: [{ kind: 'delta' }] } },
  {
    method: 'GET',
    path: '/api/sign-ins?user=a%26b@contoso.com&limit=5',
    status: 200,
    json: { signIns: [{ userPrincipalName: 'a&b@contoso.com', query: { brief: 'true', limit: '5' } }] },
  },
  {
    method: 'POST',
    path: '/api/outcomes',
    body: { where: 'token', outcome: { effect: 'error', aadsts: 1 } },
    status: 400,
    json: {
      error: 'The request is not valid.',
      detail: [
        { at: 'outcomes[0].outcome.aadsts', message: 'no AADSTS code' },
        { at: 'body', message: 'too many' },
      ],
    },
  },
  {
    method: 'POST',
    path: '/api/outcomes',
    body: { where: 'token', outcome: { effect: 'nothing' } },
    status: 400,
    json: { detail: [{ at: 'body.outcome.effect' }] },
  },
  { method: 'GET', path: '/api/nothing', status: 404, json: { detail: 'GET /api/nothing' } },
  { method: 'DELETE', path: '/api/clock', status: 404, json: { detail: 'DELETE /api/clock' } },
  { method: 'GET', path: '/api/mfa/%ff', status: 400, json: { detail: '/api/mfa/%ff' } },
  { method: 'POST', path: '/api/clock', body: '{', status: 400, json: { error: 'The body is not JSON.' } },
  { method: 'POST', path: '/api/clock', status: 400, json: { detail: [{ at: 'body' }] } },
] as const)('$method $path: $status', async ({ method, path, status, json, ...more }) => {
  await using lab = await openLabWithPeers()
  const answer = await lab.call(path, { method, ...more })
  expect(answer.json()).toMatchObject(json)
  expect(answer.status).toBe(status)
})

test('reads JSON that curl -d sends as a form', async () => {
  await using lab = await openLabWithPeers()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await lab.call('/api/clock', { method: 'POST', headers, body: '{"advance":"PT1H"}' })
  expect(answer.status).toBe(200)
})

test('accounts: the scenario’s people with passwords, how they stand now, and who came since', async () => {
  await using lab = await openLabWithPeers()
  const { accounts } = (await lab.call('/api/accounts')).json()
  const named = (upn: string) => accounts.find((each: { userPrincipalName: string }) => each.userPrincipalName === upn)
  expect(named('alice@contoso.com')).toMatchObject({
    password: 'Alice-Pass1',
    identity: 'federated',
    mailbox: 'online',
    mfa: ['push', 'totp', 'sms'],
    notes: ['deleted'],
  })
  expect(named('peggy@fabrikam.com')).toMatchObject({ identity: 'passwordHashSync' })
  expect(named('breakglass@contoso.onmicrosoft.com')).toMatchObject({ identity: 'cloudOnly', notes: [] })
  expect(named('zoe@contoso.com')).toMatchObject({ password: null, notes: ['created in the lab'] })
})

test('deployments: what is ready, what is not, and why', async () => {
  await using lab = await openLabWithPeers()
  lab.entra.status = 'starting'
  lab.adfs.isDown = true
  const { deployments } = (await lab.call('/api/deployments')).json()
  expect(deployments.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`)).toEqual([
    'directory ready',
    'entra starting',
    'adfs connection refused',
    'lab ready',
  ])
})

test('faults: set for one deployment, seen in all, checked before they are sent', async () => {
  await using lab = await openLabWithPeers()
  const faults = [{ match: { path: '/adfs/ls' }, count: 1, status: 503 }]
  expect((await lab.call('/api/faults/adfs', { method: 'PUT', body: { faults } })).json()).toMatchObject({ faults })
  expect(lab.adfs.faults.strike({ method: 'GET', host: '', path: '/adfs/ls/' })?.fault).toEqual(faults[0])
  expect(lab.adfs.faults.list()).toMatchObject([{ hits: 1, left: 0 }])
  expect((await lab.call('/api/faults')).json().deployments).toMatchObject({
    adfs: [{ hits: 1 }],
    directory: [],
    entra: [],
    lab: [],
  })
  expect((await lab.call('/api/faults/adfs', { method: 'PUT', body: { faults: [{ match: {} }] } })).status).toBe(400)
  expect((await lab.call('/api/faults/unknown')).status).toBe(404)
})

test('urls: each says who answers in which zone', async () => {
  await using lab = await openLabWithPeers()
  const { urls, gateways } = (await lab.call('/api/urls')).json()
  expect(urls.length).toBeGreaterThan(5)
  expect(gateways.map(({ zone }: { zone: string }) => zone)).toEqual(['internet', 'corp'])
})

describe('pages of other origins', () => {
  test.each([
    { what: 'a foreign Origin', headers: { origin: 'https://evil.example' }, status: 403 },
    {
      what: 'a cross-site form',
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      status: 403,
    },
    { what: 'a rebound name', headers: { host: 'evil.example' }, status: 421 },
    { what: 'a rebound name behind the gateway', headers: { 'x-forwarded-host': 'evil.example' }, status: 421 },
  ] as { what: string; headers: Record<string, string>; status: number }[])(
    '$what is refused',
    async ({ headers, status }) => {
      await using lab = await openLabWithPeers()
      const answer = await lab.call('/api/reset', { method: 'POST', headers })
      expect(answer.status).toBe(status)
      expect(answer.json().error).toMatch(/\w+/)
      expect(lab.entra.resets).toBe(0)
    },
  )

  test('the lab’s own page is served', async () => {
    await using lab = await openLabWithPeers()
    const headers = { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }
    expect((await lab.call('/api/reset', { method: 'POST', headers })).status).toBe(200)
  })
})

test('reads exports of whole tenants, and refuses what is larger than anything', async () => {
  await using lab = await openLabWithPeers()
  const post = (body: string) => lab.call('/api/clock', { method: 'POST', body })
  const tenant = await post(JSON.stringify({ advance: 'PT1H', padding: 'x'.repeat(3_000_000) }))
  expect([tenant.status, tenant.text.includes('padding')]).toEqual([400, true])
  const endless = await post(' '.repeat(64 * 1024 * 1024 + 1))
  expect([endless.status, endless.json()]).toEqual([413, { error: expect.stringContaining('too large') }])
})
