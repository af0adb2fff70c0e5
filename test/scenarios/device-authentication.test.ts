import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { managementHeader } from '#shared/stack/management.ts'
import { curl } from '../actors/curl.ts'
import { challengeAt, type Device, newDevice } from '../actors/device.ts'
import { formsOf, type HttpVisitor, openHttpVisitor, type Visit, type VisitorOptions } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob } from '../actors/people.ts'
import { devices, registeredPhone, webViewOn } from '../actors/registered-phone.ts'
import { userAgents } from '../actors/web-view.ts'
import { type World, worldOf } from '../actors/world.ts'

const native = 'e1000000-0000-4000-8000-000000000001'
const trustId = 'e0000000-0000-4000-8000-00000000d000'
const application = 'https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=urn:devices'
const run = promisify(execFile)
const day = 24 * 3600
const unauthenticated = 'Permit everyone and require MFA from unauthenticated devices'
const open = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'devices-'))
open.defer(() => rmSync(folder, { recursive: true }))
let stack: Stack
let world: World
let lab: Lab
let phone: Device

beforeAll(async () => {
  stack = open.use(await startStack())
  world = worldOf(stack)
  lab = labOf(world)
})

afterAll(() => open.disposeAsync())

beforeEach(async () => {
  await lab.reset()
  await manage('adfs', 'POST', '/relying-parties', {
    name: 'Devices',
    objectIdentifier: trustId,
    identifiers: ['urn:devices'],
    wsFedEndpoint: 'https://mail.contoso.com/devices/',
    accessControlPolicy: { name: unauthenticated },
    issuanceTransformRules: `c:[Type =~ "devicecontext/claims/|claims/upn$|2014/03/psso"] => issue(claim = c);`,
  })
  await manage('adfs', 'PATCH', '/properties', { deviceAuthentication: { enabled: true } })
  phone = await registeredPhone(stack, devices.alicesPhone)
  await lab.call('POST', '/api/synchronize', {})
})

async function manage(deployment: string, method: string, path: string, json?: object): Promise<unknown> {
  const at = stack.deployments.find(({ plan }) => plan.name === deployment)?.management
  const headers = { [managementHeader]: '1', ...(json && { 'content-type': 'application/json' }) }
  const body = json === undefined ? null : JSON.stringify(json)
  const answer = await fetch(`http://${at?.host}:${at?.port}${path}`, { method, headers, body })
  expect(answer.ok, `${method} ${path} of ${deployment}: ${answer.status}`).toBe(true)
  return answer.json()
}

const visitor = (options: VisitorOptions, zone: 'internet' | 'corp' = 'internet') =>
  openHttpVisitor(world, zone, options)

async function signIn(browser: HttpVisitor, who: { upn: string; password: string } = alice): Promise<Visit> {
  const page = await browser.open(application)
  return browser.submit(page, { UserName: who.upn, Password: who.password })
}

/** Claims of the device namespaces in the token, by the last part of their type. */
function deviceClaims({ html }: Visit): Record<string, string> {
  const token = html.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'")
  const pattern =
    /AttributeName="(\w+)" AttributeNamespace="[^"]*devicecontext\/claims"[^>]*>\s*<saml:AttributeValue[^>]*>([^<]*)</g
  return Object.fromEntries([...token.matchAll(pattern)].map(([, name = '', value = '']) => [name, value]))
}

const isToken = (visit: Visit) => formsOf(visit).some(({ action }) => action.startsWith('https://mail.contoso.com'))

async function journalOf(decision: string): Promise<readonly string[]> {
  const events = await lab.journal({ deployment: 'adfs' })
  return events.filter(({ decisions }) => decisions.includes(decision)).flatMap(({ reasons }) => reasons)
}

test('WEB-ONPREM-3 a registered phone proves itself through the proxy by PKeyAuth: claims, no second factor, psso', async () => {
  await using browser = await visitor(webViewOn(stack, phone))
  const answer = await signIn(browser)
  expect(isToken(answer)).toBe(true)
  expect(deviceClaims(answer)).toMatchObject({
    isregistereduser: 'true',
    isknown: 'true',
    identifier: devices.alicesPhone,
    registrationid: devices.alicesPhone,
    displayname: "Alice's iPhone",
    ostype: 'iOS',
    osversion: '18.5',
    ismanaged: 'true',
    iscompliant: 'true',
    trusttype: 'Workplace',
  })
  expect(answer.html).toContain('psso')
  expect((await journalOf('deviceAuthenticated')).join()).toContain('PKeyAuth: "Alice\'s iPhone", Workplace')
  expect((await journalOf('accessPermitted')).join()).toContain('from authenticated devices')
})

test('a computer inside shows its certificate in TLS; curl', async () => {
  const { privateKeyPem, certificatePem } = phone.pem()
  const file = join(folder, 'device.pem')
  writeFileSync(file, `${privateKeyPem}${certificatePem}`)
  const form = ['--data-urlencode', `UserName=${alice.upn}`, '--data-urlencode', `Password=${alice.password}`]
  const signInThere = async (jar: string, certificate: readonly string[]) => {
    await curl(stack, 'corp', [...certificate, '-c', jar, ...form, '-d', 'AuthMethod=FormsAuthentication', application])
    return curl(stack, 'corp', [...certificate, '-b', jar, application])
  }
  const { text } = await signInThere(join(folder, 'jar'), ['--cert', file])
  expect(deviceClaims({ html: text } as Visit)).toMatchObject({
    isregistereduser: 'true',
    displayname: "Alice's iPhone",
  })
  expect((await journalOf('deviceAuthenticated')).join()).toContain('ClientTLS')
  const without = await signInThere(join(folder, 'another'), [])
  expect(without.text).toContain('id="authMethod"')
})

test('once devices are known, TLS names their issuer to clients; openssl', async () => {
  await using browser = await visitor(webViewOn(stack, phone))
  await signIn(browser)
  const { host } = new URL(stack.proxy('corp'))
  const target = ['-connect', 'adfs.contoso.com:443', '-servername', 'adfs.contoso.com']
  const { stdout } = await run('sh', ['-c', 'openssl s_client "$@" </dev/null', 'sh', '-proxy', host, ...target])
  const [, names = ''] = /Acceptable client certificate CA names\n(.*?)\n(?:Requested|Client)/s.exec(stdout) ?? []
  expect(names).toMatch(/CN ?= ?MS-Organization-Access/)
  expect(names).toContain('adfs')
})

test.each<{ what: string; options: () => Promise<VisitorOptions>; claims: object; why?: string }>([
  { what: 'a browser that does not announce it', options: async () => ({}), claims: {} },
  {
    what: 'a phone without a certificate',
    options: async () => webViewOn(stack, await newDevice()),
    claims: {},
    why: 'deviceHasNoCertificate',
  },
  {
    what: "another person's phone",
    options: async () => {
      const erins = await registeredPhone(stack, devices.erinsPhone)
      await lab.call('POST', '/api/synchronize', {})
      return webViewOn(stack, erins)
    },
    claims: { isregistereduser: 'false' },
    why: 'deviceOfAnotherUser',
  },
  {
    what: 'a phone that was not written back yet',
    options: async () => webViewOn(stack, await registeredPhone(stack, devices.erinsPhone)),
    claims: {},
    why: 'deviceUnknown',
  },
])('$what needs the second factor', async ({ options, why }) => {
  await using browser = await visitor(await options())
  expect((await signIn(browser)).html).toContain('id="authMethod"')
  if (why) expect((await journalOf(why)).join()).not.toBe('')
})

test.each<{ what: string; changes: (challenge: { now: number }) => Promise<object>; why: string }>([
  { what: 'signed by another key', changes: async () => ({ forger: await newDevice() }), why: 'signed by the key' },
  { what: 'for another nonce', changes: async () => ({ nonce: 'made-up' }), why: 'never given out' },
  { what: 'in another context', changes: async () => ({ context: 'other' }), why: 'another Context' },
  {
    what: 'addressed to Entra ID',
    changes: async () => ({ audience: 'https://login.microsoftonline.com/' }),
    why: 'aud is',
  },
  { what: 'from ten minutes ago', changes: async ({ now }) => ({ issuedAt: now - 600 }), why: 'iat is' },
  { what: 'with another algorithm', changes: async () => ({ algorithm: 'none' }), why: 'no RS256 token' },
])('an answer $what is refused', async ({ changes, why }) => {
  const now = stack.clock.seconds()
  const changed = await changes({ now })
  await using browser = await visitor({
    userAgent: userAgents.outlookIos,
    proveDevice: (challenge) => phone.answer(challenge, now, changed),
  })
  const page = await browser.open(application)
  expect(page.html).toContain('id="errorArea"')
  expect(page.html).toContain('Your device is not authorized')
  expect((await journalOf('MSIS7066')).join()).toContain(why)
})

test('a certificate that the device made itself is from no known issuer', async () => {
  const forged = await newDevice()
  await forged.certifyItself(devices.alicesPhone)
  await using browser = await visitor(webViewOn(stack, forged))
  expect((await browser.open(application)).html).toContain('Your device is not authorized')
  expect((await journalOf('MSIS7066')).join()).toContain('none of the issuers')
})

test('a nonce counts once, and for five minutes', async () => {
  const answers: string[] = []
  await using browser = await visitor({ userAgent: userAgents.outlookIos })
  for (const late of [false, true]) {
    const { headers } = await browser.open(application)
    const challenge = challengeAt(String(headers.location))
    if (!challenge) throw new Error('no challenge')
    if (late) await stack.clock.advance(301_000)
    answers.push(phone.answer(challenge, stack.clock.seconds()))
    const once = await replay(challenge.submitUrl, answers.at(-1) ?? '')
    expect(once.text).toContain(late ? 'id="errorArea"' : 'id="loginForm"')
  }
  const again = await replay(application, answers[0] ?? '')
  expect(again.text).toContain('id="errorArea"')
})

function replay(url: string, authorization: string) {
  return curl(stack, 'internet', ['-A', userAgents.outlookIos, '-H', `Authorization: ${authorization}`, url])
}

const registered = '"http://schemas.microsoft.com/2012/01/devicecontext/claims/isregistereduser"'
const permit = 'issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "true");'
const secondFactor =
  'issue(Type = "http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod", Value = "http://schemas.microsoft.com/claims/multipleauthn");'

test.each([
  {
    rules: 'authorization rules that ask for a registered device',
    trust: { issuanceAuthorizationRules: `exists([Type == ${registered}, Value == "true"]) => ${permit}` },
    otherwise: 'id="errorArea"',
  },
  {
    rules: 'additional authentication rules for devices that are not',
    trust: { additionalAuthenticationRules: `NOT exists([Type == ${registered}, Value == "true"]) => ${secondFactor}` },
    otherwise: 'id="authMethod"',
  },
])('the claims of the device reach $rules', async ({ trust, otherwise }) => {
  const accessControlPolicy = { name: 'Permit everyone' }
  await manage('adfs', 'PATCH', `/relying-parties/${trustId}`, { accessControlPolicy, ...trust })
  await using browser = await visitor(webViewOn(stack, phone))
  expect(isToken(await signIn(browser))).toBe(true)
  await using plain = await visitor({})
  expect((await signIn(plain)).html).toContain(otherwise)
})

test('OAuth: a refresh token of a registered device lasts for weeks, and ends with the device', async () => {
  await using browser = await visitor(webViewOn(stack, phone))
  const client = { client_id: native, redirect_uri: 'urn:ietf:wg:oauth:2.0:oob' }
  const query = new URLSearchParams({ ...client, response_type: 'code', scope: 'openid' })
  const page = await browser.open(`https://adfs.contoso.com/adfs/oauth2/authorize/?${query}`)
  const { url } = await browser.submit(page, { UserName: alice.upn, Password: alice.password })
  const code = new URL(url).searchParams.get('code') ?? ''
  const token = async (parameters: Record<string, string>) => {
    const fields = Object.entries({ ...client, ...parameters }).flatMap(([name, value]) => ['-d', `${name}=${value}`])
    return curl(stack, 'internet', [...fields, 'https://adfs.contoso.com/adfs/oauth2/token'])
  }
  const { text } = await token({ grant_type: 'authorization_code', code })
  const refresh = { grant_type: 'refresh_token', refresh_token: /"refresh_token":"([^"]+)"/.exec(text)?.[1] ?? '' }
  await stack.clock.advance(13 * day * 1000)
  expect((await token(refresh)).statuses).toEqual([200])
  await manage('directory', 'PATCH', `/devices/${devices.alicesPhone}`, { enabled: false })
  expect((await token(refresh)).text).toContain('invalid_grant')
})

test('a registered device stays signed in while it is used, ninety days at most', async () => {
  await using browser = await visitor(webViewOn(stack, phone))
  await signIn(browser)
  for (let week = 0; week < 12; week += 1) {
    await stack.clock.advance(7 * day * 1000)
    expect(isToken(await browser.open(application)), `week ${week}`).toBe(true)
  }
  await stack.clock.advance(7 * day * 1000)
  expect((await browser.open(application)).html).toContain('id="loginForm"')
})

test('unused for fourteen days it asks again; another browser after eight hours', async () => {
  await using browser = await visitor(webViewOn(stack, phone))
  await using plain = await visitor({}, 'corp')
  await Promise.all([signIn(browser), signIn(plain, bob)])
  await stack.clock.advance(9 * 3600 * 1000)
  expect(isToken(await browser.open(application))).toBe(true)
  expect((await plain.open(application)).html).toContain('id="loginForm"')
  await stack.clock.advance(14.1 * day * 1000)
  expect((await browser.open(application)).html).toContain('id="loginForm"')
})

test.each([
  { what: 'disabled', act: () => manage('directory', 'PATCH', `/devices/${devices.alicesPhone}`, { enabled: false }) },
  { what: 'deleted', act: () => manage('directory', 'DELETE', `/devices/${devices.alicesPhone}`) },
  {
    what: 'disabled at Entra ID and synchronized',
    act: async () => {
      await manage('entra', 'PATCH', `/devices/${devices.alicesPhone}`, { accountEnabled: false })
      await lab.call('POST', '/api/synchronize', {})
    },
  },
  {
    what: 'without persistent single sign-on',
    act: () => manage('adfs', 'PATCH', '/properties', { persistentSso: { enabled: false } }),
  },
  {
    what: 'cut off',
    act: async () => {
      await stack.clock.advance(60_000)
      const cutoffTime = stack.clock.now().toISOString()
      await manage('adfs', 'PATCH', '/properties', { persistentSso: { cutoffTime } })
    },
  },
])('the kept sign-in of a device ends at once when it is $what', async ({ act }) => {
  await using browser = await visitor(webViewOn(stack, phone))
  expect(isToken(await signIn(browser))).toBe(true)
  await act()
  const page = await browser.open(application)
  expect(isToken(page)).toBe(false)
  expect((await journalOf('sessionEnded')).join()).not.toBe('')
})
