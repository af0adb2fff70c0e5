import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHttpVisitor } from '#test/actors/http-visitor.ts'
import { problemsOf } from '#test/actors/look.ts'
import { peggy } from '#test/actors/people.ts'
import { devices, registeredPhone } from '#test/actors/registered-phone.ts'
import { requestThrough } from '#test/actors/request-through.ts'
import { worldOf } from '#test/actors/world.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

async function get<T>(path: string): Promise<T> {
  return (await bench.lab.call('GET', path)).json as T
}

/** The page after name and password at Outlook on the web. */
async function signIn(passwd = peggy.password): Promise<string> {
  await using visitor = await openHttpVisitor(worldOf(bench.stack), 'internet')
  const page = await visitor.open('https://outlook.office.com/owa/')
  return (await visitor.submit(page, { loginfmt: peggy.upn, passwd })).html
}

async function decisionsOfLab(): Promise<readonly string[]> {
  const events = await bench.lab.journal({ deployment: 'lab' })
  return events.flatMap(({ decisions }) => decisions)
}

const looks = [
  { colorScheme: 'light', size: { width: 1280, height: 800 } },
  { colorScheme: 'dark', size: { width: 360, height: 800 } },
] as const

describe('the tenant', () => {
  test.each(['/tenant', `/people/${peggy.upn}`])('%s is accessible, and no wider than the screen', async (path) => {
    await bench.lab.call('POST', '/api/outcomes', { where: 'token', outcome: { effect: 'consent' } })
    await bench.lab.call('POST', `/api/access-passes/${peggy.upn}`, {})
    await registeredPhone(bench.stack, devices.alicesPhone)
    await bench.lab.call('POST', '/api/synchronize', {})
    const page = await bench.visit(path, { bypassCSP: true })
    expect(await problemsOf(page, looks)).toEqual([])
  })

  test('a device becomes compliant and back, and is disabled, without scripts', async () => {
    const { devices } = await get<{ devices: { deviceId: string; displayName: string; isCompliant: boolean }[] }>(
      '/api/devices',
    )
    const device = devices.find(({ isCompliant }) => isCompliant)
    const page = await bench.visit('/tenant', { javaScriptEnabled: false })
    const row = page.getByRole('row').filter({ hasText: device?.displayName ?? '' })
    await row.getByRole('button', { name: 'Mark not compliant' }).click()
    await expectVisible(page.getByRole('status').getByText('The device was changed.'))
    await row.getByRole('button', { name: 'Disable' }).click()
    await expectVisible(row.getByRole('button', { name: 'Mark compliant' }))
    const changed = (await get<{ devices: object[] }>('/api/devices')).devices
    expect(changed).toContainEqual(
      expect.objectContaining({ deviceId: device?.deviceId, isCompliant: false, accountEnabled: false }),
    )
    expect(await decisionsOfLab()).toContain('changeDevice')
  })

  test('a device that was written back is disabled and deleted in Active Directory, without scripts', async () => {
    await registeredPhone(bench.stack, devices.alicesPhone)
    const page = await bench.visit('/tenant', { javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Write devices back now' }).click()
    const objects = page.getByRole('region', { name: 'Devices in Active Directory' })
    await objects.getByRole('button', { name: 'Disable' }).click()
    await expectVisible(page.getByRole('status').getByText('The device was changed.'))
    expect(await get('/api/directory/devices')).toMatchObject({
      devices: [{ deviceId: devices.alicesPhone, enabled: false, owner: { userPrincipalName: 'alice@contoso.com' } }],
    })
    const enable = { enabled: true }
    expect(await bench.lab.call('PATCH', `/api/directory/devices/${devices.alicesPhone}`, enable)).toMatchObject({
      status: 200,
      json: enable,
    })
    await objects.getByRole('button', { name: 'Delete' }).click()
    await expectVisible(objects.getByText('No device was written back.'))
    expect((await bench.lab.call('DELETE', `/api/directory/devices/${devices.alicesPhone}`)).status).toBe(404)
  })

  test('a domain is converted, and the next sign-in goes there', async () => {
    const page = await bench.visit('/tenant', { javaScriptEnabled: false })
    await page.getByLabel('Identity model of fabrikam.com').selectOption('federated')
    await page.getByRole('button', { name: 'Convert fabrikam.com' }).click()
    await expectVisible(page.getByRole('status').getByText('The domain was converted.'))
    await using visitor = await openHttpVisitor(worldOf(bench.stack), 'internet')
    const named = await visitor.submit(await visitor.open('https://outlook.office.com/owa/'), { loginfmt: peggy.upn })
    expect(new URL(named.url).hostname).toBe('adfs.contoso.com')
  })

  test('an outcome is forced for the next sign-in, and no longer', async () => {
    const page = await bench.visit('/tenant', { javaScriptEnabled: false })
    await page.getByLabel('Of person').fill(peggy.upn)
    await page.getByLabel('AADSTS').fill('50053')
    await page.getByRole('button', { name: 'Force it' }).click()
    await expectVisible(page.getByRole('table', { name: 'Forced outcomes' }).getByText('AADSTS50053'))
    expect(await signIn()).toContain('AADSTS50053')
    expect(await signIn()).not.toContain('AADSTS50053')
    await page.getByLabel('AADSTS').fill('1')
    await page.getByRole('button', { name: 'Force it' }).click()
    await expectVisible(page.getByRole('alert').getByText('no AADSTS code of the catalogue'))
  })

  test('the signing key rolls over', async () => {
    const before = await get<{ signing: string; published: string[] }>('/api/keys')
    const page = await bench.visit('/tenant', { javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Roll over' }).click()
    await expectVisible(page.getByRole('status').getByText('The signing key rolled over.'))
    const after = await get<{ signing: string; published: string[] }>('/api/keys')
    expect(after.signing).not.toBe(before.signing)
    expect(after.published).toContain(before.signing)
  })
})

describe('a person', () => {
  test('risk is set and read', async () => {
    const page = await bench.visit(`/people/${peggy.upn}`, { javaScriptEnabled: false })
    await page.getByLabel('Of the person').selectOption('high')
    await page.getByLabel('Of sign-ins').selectOption('medium')
    await page.getByLabel('For so many sign-ins only').fill('2')
    await page.getByRole('button', { name: 'Set' }).click()
    await expectVisible(page.getByRole('status').getByText('The risk was set.'))
    const risk = { userPrincipalName: peggy.upn, user: 'high', signIn: 'medium', insider: null, nextSignIns: 2 }
    expect(await get(`/api/risk/${peggy.upn}`)).toEqual(risk)
    const [event] = (await bench.lab.journal({ deployment: 'lab' })).filter(({ decisions }) =>
      decisions.includes('setRisk'),
    )
    expect(event?.user).toBe(peggy.upn)
  })

  test('somebody is put into a named location, and Conditional Access sees it, until taken back', async () => {
    const body = new URLSearchParams({
      ...{ grant_type: 'password', client_id: '27922004-5251-4030-b22d-91ecd9a37ea4', username: peggy.upn },
      ...{ password: peggy.password, scope: 'https://outlook.office365.com/.default' },
    })
    const reported = async () => {
      const url = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token'
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      await requestThrough(bench.stack, 'internet', url, { method: 'POST', headers, body: body.toString() })
      const { signIns } = (await get(`/api/sign-ins?user=${peggy.upn}&limit=1`)) as { signIns: { id: string }[] }
      return JSON.stringify(await get(`/api/sign-ins/${signIns[0]?.id}`))
    }
    expect(await reported()).toContain('203.0.113.10')
    const page = await bench.visit(`/people/${peggy.upn}`, { javaScriptEnabled: false })
    await page.getByLabel('The person stands at').fill('10.20.0.10')
    await page.getByRole('button', { name: 'Put there' }).click()
    expect(await get(`/api/whereabouts/${peggy.upn}`)).toEqual({ userPrincipalName: peggy.upn, address: '10.20.0.10' })
    const inside = await reported()
    expect(inside).toContain('Corporate network')
    expect(inside).toContain('10.20.0.10')
    await page.getByLabel('The person stands at').fill('nowhere')
    await page.getByRole('button', { name: 'Put there' }).click()
    await expectVisible(page.getByRole('alert'))
    await bench.lab.call('PUT', `/api/whereabouts/${peggy.upn}`, { address: null })
    expect(await reported()).toContain('203.0.113.10')
  })

  test('a Temporary Access Pass is told once, signs in, is not in the journal, and is taken away', async () => {
    const page = await bench.visit(`/people/${peggy.upn}`, { javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Create one' }).click()
    const pass = await page.getByRole('status').locator('code').innerText()
    expect(page.url()).not.toContain(pass)
    await page.goto(page.url())
    expect(await page.content()).not.toContain(pass)
    await using visitor = await openHttpVisitor(worldOf(bench.stack), 'internet')
    const asked = await visitor.submit(await visitor.open('https://outlook.office.com/owa/'), { loginfmt: peggy.upn })
    const inside = await visitor.submit(asked, { accesspass: pass })
    expect(inside.html).toContain('KmsiInterrupt')
    expect(JSON.stringify(await bench.lab.journal())).not.toContain(pass)
    await page.getByRole('button', { name: 'Take it away' }).click()
    await expectVisible(page.getByText('There is none.'))
    expect((await bench.lab.call('GET', `/api/access-passes/${peggy.upn}`)).status).toBe(404)
  })

  test('sign-ins are revoked, events happen, methods are removed', async () => {
    const page = await bench.visit(`/people/${peggy.upn}`, { javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Revoke all sign-ins' }).click()
    await page.getByLabel('Critical event').selectOption('networkMoved')
    await page.getByRole('button', { name: 'Let it happen' }).click()
    const { events } = await get<{ events: { kind: string }[] }>('/api/critical-events')
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['networkMoved', 'sessionsRevoked']))
    const methods = page.getByRole('region', { name: 'Registered methods' })
    const before = await methods.getByRole('listitem').count()
    await methods.getByRole('button').first().click()
    expect(await methods.getByRole('listitem').count()).toBe(before - 1)
    expect(await decisionsOfLab()).toEqual(
      expect.arrayContaining(['revokeSessions', 'recordCriticalEvent', 'removeMethod']),
    )
  })

  test('somebody unknown is not found', async () => {
    const page = await bench.visit('/people/nobody@contoso.com')
    await expectVisible(page.getByRole('heading', { name: 'The tenant has no such account.' }))
  })
})

test.each<{ method: string; path: string; body?: object; status: number }>([
  { method: 'PUT', path: `/api/risk/${peggy.upn}`, body: { user: 'severe' }, status: 400 },
  { method: 'PUT', path: '/api/risk/nobody@contoso.com', body: {}, status: 404 },
  { method: 'POST', path: `/api/access-passes/${peggy.upn}`, body: { lifetimeInMinutes: 10 }, status: 201 },
  { method: 'POST', path: `/api/access-passes/${peggy.upn}`, body: { lifetimeInMinutes: 1 }, status: 400 },
  { method: 'DELETE', path: `/api/access-passes/${peggy.upn}`, status: 200 },
  { method: 'PATCH', path: '/api/devices/no-device', body: { isCompliant: true }, status: 404 },
  { method: 'PATCH', path: '/api/domains/elsewhere.example', body: { authentication: 'federated' }, status: 404 },
  { method: 'PATCH', path: '/api/domains/fabrikam.com', body: { authentication: 'passThrough' }, status: 200 },
  {
    method: 'POST',
    path: '/api/outcomes',
    body: { where: 'signIn', outcome: { effect: 'error', aadsts: 1 } },
    status: 400,
  },
  { method: 'DELETE', path: '/api/outcomes', status: 200 },
  { method: 'POST', path: '/api/keys/rollover', body: { afterMinutes: 5 }, status: 200 },
  { method: 'PUT', path: '/api/countries', body: { '203.0.113.0/24': 'DE' }, status: 200 },
  { method: 'PUT', path: '/api/countries', body: { somewhere: 'DE' }, status: 400 },
  { method: 'GET', path: '/api/agreements', status: 200 },
  { method: 'GET', path: '/api/app-protection', status: 200 },
  { method: 'GET', path: '/api/device-registration-policy', status: 200 },
  { method: 'POST', path: `/api/users/${peggy.upn}/revoke-sessions`, status: 200 },
  { method: 'POST', path: `/api/users/${peggy.upn}/critical-events`, body: { kind: 'earthquake' }, status: 400 },
])('$method $path $body: $status', async ({ method, path, body, status }) => {
  expect((await bench.lab.call(method, path, body)).status).toBe(status)
})
