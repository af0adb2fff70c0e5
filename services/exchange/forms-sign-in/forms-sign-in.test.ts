import { expect, test } from 'vitest'
import type { Browser, Stage } from '../_stage.ts'
import { Device, openOffice } from '../activesync/_device.ts'

const bob = 'bob@contoso.com'

async function openForms(): Promise<Stage> {
  const stage = await openOffice()
  await setDirectories(stage, { AdfsAuthentication: false, FormsAuthentication: true })
  return stage
}

async function setDirectories({ management }: Stage, switches: Readonly<Record<string, boolean>>) {
  for (const noun of ['EcpVirtualDirectory', 'OwaVirtualDirectory']) {
    const parameters = { Identity: `${noun.slice(0, 3).toLowerCase()} (Default Web Site)`, ...switches }
    const payload = { CmdletInput: { CmdletName: `Set-${noun}`, Parameters: parameters } }
    expect((await management.inject({ method: 'POST', url: '/cmdlets', payload })).statusCode).toBe(200)
  }
}

const form = {
  destination: 'https://mail.contoso.com/owa/',
  flags: '4',
  forcedownlevel: '0',
  username: bob,
  password: 'right',
  passwordText: '',
  isUtf8: '1',
}

async function signIn(stage: Stage, fields: Partial<typeof form> = {}) {
  const browser = stage.browser('mail.contoso.com')
  return { browser, answer: await browser.post('/owa/auth.owa', { ...form, ...fields }) }
}

const home = async (browser: Browser) => (await browser.get('/owa/')).body

test('a browser without a session gets the form, whose fields programs know', async () => {
  await using stage = await openForms()
  const browser = stage.browser('mail.contoso.com')
  const { statusCode, headers } = await browser.get('/owa/')
  const logon = '/owa/auth/logon.aspx?url=https%3a%2f%2fmail.contoso.com%2fowa%2f&reason=0'
  expect([statusCode, headers.location]).toEqual([302, logon])
  const { body } = await browser.get(logon)
  expect(body).toContain('<form class="compose" action="/owa/auth.owa" method="POST" name="logonForm"')
  for (const name of Object.keys(form)) expect(body).toContain(`name="${name}"`)
  expect(body).toContain('name="destination" value="https://mail.contoso.com/owa/"')
  expect((await browser.get('/ecp/')).headers.location).toBe(logon.replace('owa%2f', 'ecp%2f'))
})

test('the right password opens both directories with five cookies that belong together', async () => {
  await using stage = await openForms()
  const { browser, answer } = await signIn(stage)
  expect([answer.statusCode, answer.headers.location]).toEqual([302, '/owa/'])
  const names = ['cadata', 'cadataTTL', 'cadataKey', 'cadataIV', 'cadataSig']
  expect(browser.cookieNames.filter((name) => name.startsWith('cadata'))).toEqual(names)
  expect(await home(browser)).toContain('<span class="upn">bob@contoso.com</span>')
  expect((await browser.get('/ecp/')).statusCode).toBe(200)
  const other = (await signIn(stage, { username: 'dave@contoso.com' })).browser
  browser.setCookie('cadata', other.cookie('cadata') ?? '')
  expect((await browser.get('/owa/')).statusCode).toBe(302)
})

test('the first page sets the cookies that the product sets, and signing out takes those of the session', async () => {
  await using stage = await openForms()
  const { browser } = await signIn(stage)
  const first = await browser.get('/owa/')
  const set = [first.headers['set-cookie'] ?? []].flat()
  const value = (name: string) => set.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
  expect(value('UC')).toMatch(/^[0-9a-f]{32}; Path=\/owa; HttpOnly; Secure/)
  expect(value('X-OWA-JS-PSD')).toMatch(/^1; /)
  expect(value('AppcacheVer')).toMatch(/^15\.2\.\d+\.\d+:en-usbase; /)
  expect(value('ClientId')).toMatch(/^[0-9A-F]{32}; Max-Age=31536000; /)
  const [, coded = ''] =
    /^S-1-5-21-[\d-]+=([\w+/=]+); Path=\/owa; HttpOnly; Secure/.exec(value('X-BackEndCookie')) ?? []
  const plain = Buffer.from(Buffer.from(coded, 'base64').map((byte) => ~byte & 0xff)).toString()
  expect(plain).toMatch(/^Database~[0-9a-f-]{36}~~2026-04-01T12:00:00$/)
  expect((await browser.get('/owa/')).headers['set-cookie']).toBeUndefined()
  await browser.get('/owa/logoff.owa')
  expect(browser.cookieNames).not.toContain('X-BackEndCookie')
  expect(browser.cookieNames).toContain('ClientId')
})

test('with AD FS off, what AD FS issued is no sign-in', async () => {
  await using stage = await openForms()
  const browser = stage.browser('mail.contoso.com')
  const answer = await browser.post('/owa/', {
    wa: 'wsignin1.0',
    wresult: '<t/>',
    wctx: 'rm=0&id=passive&ru=%2fowa%2f',
  })
  expect(answer.statusCode).toBe(440)
  expect(stage.events().at(-1)?.reasons.join()).toContain('AD FS authentication is off')
})

test('a wrong password leads back to the form, and nobody is signed in', async () => {
  await using stage = await openForms()
  const { browser, answer } = await signIn(stage, { password: 'wrong' })
  const url = '/owa/auth/logon.aspx?replaceCurrent=1&reason=2&url=https%3a%2f%2fmail.contoso.com%2fowa%2f'
  expect([answer.statusCode, answer.headers.location]).toEqual([302, url])
  expect((await browser.get(url)).body).toContain('role="alert"')
  expect(browser.cookieNames).toEqual([])
  expect(JSON.stringify(stage.events())).not.toContain('"wrong"')
})

test.each([
  'https://evil.example/owa/',
  '//evil.example/',
  '/\\evil.example',
  'https://mail.contoso.com.evil.example/owa/',
])('the destination %s is not followed', async (destination) => {
  await using stage = await openForms()
  expect((await signIn(stage, { destination })).answer.headers.location).toBe('/owa/')
})

test('an idle session leads to the form with reason 3, and signing out ends it', async () => {
  await using stage = await openForms()
  const { browser } = await signIn(stage)
  await stage.clock.advance(24 * 3_600_000)
  expect((await browser.get('/owa/')).headers.location).toContain(
    '/owa/auth/logon.aspx?url=https%3a%2f%2fmail.contoso.com',
  )
  const again = (await signIn(stage)).browser
  expect((await again.get('/owa/logoff.owa')).headers.location).toBe('/owa/auth/signout.aspx')
  expect(again.cookieNames.filter((name) => name.startsWith('cadata'))).toEqual([])
})

test.each([
  { what: 'a public computer', flags: '0', minutes: 15 },
  { what: 'a private computer', flags: '4', minutes: 480 },
])('$what: a session ends after $minutes minutes without activity, which news are not', async ({ flags, minutes }) => {
  await using stage = await openForms()
  const { browser } = await signIn(stage, { flags })
  const isOpen = async (url = '/owa/') => (await browser.get(url)).statusCode === 200
  await stage.clock.advance((minutes - 1) * 60_000)
  expect(await isOpen()).toBe(true)
  await stage.clock.advance((minutes - 1) * 60_000)
  expect(await isOpen('/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0&number=-1')).toBe(true)
  await stage.clock.advance(60_000)
  expect((await browser.get('/owa/')).headers.location).toMatch(/logon\.aspx\?.*reason=3$/)
})

test('with AD FS on, there is no form, and its sessions are none', async () => {
  await using stage = await openForms()
  const { browser } = await signIn(stage)
  await setDirectories(stage, { AdfsAuthentication: true, FormsAuthentication: false })
  expect((await browser.get('/owa/')).headers.location).toContain('https://adfs.contoso.com/adfs/ls/')
  expect((await browser.get('/owa/auth/logon.aspx')).headers.location).toBe('/owa/')
  expect((await signIn(stage)).answer.statusCode).toBe(404)
})

test('a person sees the own phones, wipes, blocks and unblocks them', async () => {
  await using stage = await openForms()
  await new Device(stage, bob).connect()
  const { browser } = await signIn(stage)
  const page = () => browser.get('/owa/?path=/options/mobiledevices').then(({ body }) => body)
  expect(await page()).toContain('<h2>Test</h2>')
  const act = (action: string, deviceId = 'DEVICE1') => {
    const canary = { 'X-OWA-CANARY': browser.cookie('X-OWA-CANARY') ?? '' }
    return browser.post('/owa/options.owa', { ...canary, action, deviceId })
  }
  await act('wipe')
  expect(await page()).toContain('The device is wiped when it connects again')
  await act('cancelWipe')
  await act('blockDevice')
  const kept = await stage.management.inject({
    method: 'POST',
    url: '/cmdlets',
    payload: { CmdletInput: { CmdletName: 'Get-CASMailbox', Parameters: { Identity: bob } } },
  })
  expect(kept.json().value[0]).toMatchObject({ ActiveSyncBlockedDeviceIDs: ['DEVICE1'] })
  expect(await page()).toMatch(/<dd>Blocked<.*value="unblockDevice"/s)
  await act('unblockDevice')
  expect(await page()).toMatch(/<dd>Allowed<.*value="blockDevice"/s)
  await act('removeDevice')
  expect(await page()).toContain('No phone or tablet synchronizes this mailbox.')
  expect((await act('wipe', 'OTHER')).statusCode).toBe(404)
})
