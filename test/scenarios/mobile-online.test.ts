import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { folderSync } from '#shared/activesync/folder-sync.ts'
import { syncPage } from '#shared/activesync/sync.ts'
import { child, textOf } from '#shared/wbxml/elements.ts'
import { graphOf } from '../actors/graph.ts'
import { openHttpVisitor, type Visit } from '../actors/http-visitor.ts'
import { labOf } from '../actors/lab.ts'
import { OutlookMobile, signInOnPhone, type Tokens } from '../actors/outlook-mobile.ts'
import { alice } from '../actors/people.ts'
import { devices, registeredPhone, webViewOn } from '../actors/registered-phone.ts'
import { worldOf } from '../actors/world.ts'
import { type Walk, walkOf } from './_steps.ts'

/* MOBILE-ONLINE, walked once: Alice's managed iPhone, a policy that asks for the device, the app and a second factor. */

const outlook = '27922004-5251-4030-b22d-91ecd9a37ea4'
const exchangeOnline = '00000002-0000-0ff1-ce00-000000000000'
const open = new AsyncDisposableStack()
let walk: Walk
let detected: Awaited<ReturnType<OutlookMobile['detect']>>
let visits: readonly Visit[]
let tokens: Tokens
let subjects: readonly (string | undefined)[]

beforeAll(async () => {
  const stack = open.use(await startStack())
  const lab = labOf(worldOf(stack))
  const policy = await graphOf(stack)('POST', '/identity/conditionalAccess/policies', {
    displayName: 'Outlook mobile: device, app and MFA',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: [exchangeOnline] },
      clientAppTypes: ['mobileAppsAndDesktopClients'],
      platforms: { includePlatforms: ['iOS', 'android'] },
    },
    grantControls: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice', 'compliantApplication'] },
  })
  expect(policy.status).toBe(201)
  await lab.call('PUT', `/api/app-protection/${alice.upn}/${outlook}`, { state: 'compliant' })
  const iphone = await registeredPhone(stack, devices.alicesPhone)

  const app = new OutlookMobile(stack, alice.upn)
  detected = await app.detect()
  const browser = open.use(await openHttpVisitor(worldOf(stack), 'internet', webViewOn(stack, iphone)))
  const approve = async (number: number | undefined) => expect(await lab.approvePush(alice.upn, number)).toBe(200)
  const code = await signInOnPhone(browser, app.authorizationUrl(), { ...alice, approve })
  visits = browser.visits
  tokens = await app.redeem(code)
  const session = app.activeSync(`Bearer ${tokens.access_token}`)
  const { kept } = await folderSync(session, '0')
  const inbox = kept.find(({ type }) => type === '2')?.serverId ?? ''
  const first = await syncPage(session, { collectionId: inbox, key: '0' })
  const page = await syncPage(session, { collectionId: inbox, key: first?.key ?? '' })
  subjects = (page?.added ?? []).map((each) => textOf(child(each, 'AirSync:ApplicationData'), 'Email:Subject'))
  walk = await walkOf(lab)
})
afterAll(() => open.disposeAsync())

const pathsOf = (list: readonly Visit[]) =>
  list.map(({ method, url, status }) => `${method} ${url.split('?')[0]} ${status}`)

test('MOBILE-ONLINE-1 the app asks AutoDetect by the address alone', () => {
  expect(walk.lines('MOBILE-ONLINE-1')).toEqual(['autodetect: GET prod-autodetect.outlookmobile.com/detect 200'])
  expect(walk.at('MOBILE-ONLINE-1')[0]).toMatchObject({ zone: 'internet', user: alice.upn, decisions: ['detected'] })
})

test('MOBILE-ONLINE-2 AutoDetect asks Exchange Online anonymously, and learns the ActiveSync URL', () => {
  expect(walk.lines('MOBILE-ONLINE-2')).toEqual([
    'exchange-online: GET outlook.office365.com/autodiscover/autodiscover.json 200',
  ])
  const [event] = walk.at('MOBILE-ONLINE-2')
  expect(event).toMatchObject({
    actor: 'autodetect',
    query: { Email: alice.upn, Protocol: 'ActiveSync', RedirectCount: '1' },
  })
  expect(event?.parent).toBe(walk.at('MOBILE-ONLINE-1')[0]?.id)
})

test('MOBILE-ONLINE-3 AutoDetect calls ActiveSync of Exchange Online without a token', () => {
  expect(walk.lines('MOBILE-ONLINE-3')).toEqual([
    'exchange-online: OPTIONS outlook.office365.com/Microsoft-Server-ActiveSync 401',
  ])
  expect(walk.at('MOBILE-ONLINE-3')[0]).toMatchObject({ actor: 'autodetect' })
  expect(walk.at('MOBILE-ONLINE-3')[0]?.user).toBeUndefined()
})

test('MOBILE-ONLINE-4 the challenge names the authorization endpoint of Entra ID', () => {
  expect(walk.at('MOBILE-ONLINE-4')).toEqual(walk.at('MOBILE-ONLINE-3'))
  expect(walk.at('MOBILE-ONLINE-4')[0]?.reasons).toEqual(['the bearer token is empty'])
})

test('MOBILE-ONLINE-5 AutoDetect returns that endpoint, and no server on-premises', () => {
  expect(walk.at('MOBILE-ONLINE-5')).toEqual(walk.at('MOBILE-ONLINE-1'))
  expect(detected.services).toEqual([
    {
      service: 'office365',
      protocol: 'rest',
      hostname: 'outlook.office.com',
      aad: 'https://login.microsoftonline.com/common/oauth2/authorize',
    },
  ])
})

test('MOBILE-ONLINE-6 the app goes to Entra ID with its id, PKCE and the address', () => {
  const first = new URL(visits[0]?.url ?? '')
  expect(`${first.origin}${first.pathname}`).toBe('https://login.microsoftonline.com/common/oauth2/v2.0/authorize')
  expect(Object.fromEntries(first.searchParams)).toMatchObject({
    client_id: outlook,
    response_type: 'code',
    redirect_uri: 'x-msauth-outlook-prod://com.microsoft.Office.Outlook',
    login_hint: alice.upn,
    code_challenge_method: 'S256',
  })
  expect(walk.lines('MOBILE-ONLINE-6')).toEqual([
    'entra: GET login.microsoftonline.com/common/oauth2/v2.0/authorize 302',
  ])
})

test('MOBILE-ONLINE-7 the domain is federated: the request goes to Web Application Proxy', () => {
  const redirect = new URL(String(visits[0]?.headers.location))
  expect(`${redirect.origin}${redirect.pathname}`).toBe('https://adfs.contoso.com/adfs/ls/')
  expect(Object.fromEntries(redirect.searchParams)).toMatchObject({
    wa: 'wsignin1.0',
    wtrealm: 'urn:federation:MicrosoftOnline',
    username: alice.upn,
    wctx: expect.stringMatching(/^LoginOptions=3&estsredirect=2&estsrequest=/),
  })
  expect(redirect.searchParams.has('client_id')).toBe(false)
  expect(walk.lines('MOBILE-ONLINE-7')).toEqual(
    expect.arrayContaining([
      'entra: GET login.microsoftonline.com/common/oauth2/v2.0/authorize 302',
      'wap: GET adfs.contoso.com/adfs/ls/ 200',
    ]),
  )
})

test('MOBILE-ONLINE-8 WAP proxies to AD FS, whose sign-in page appears', () => {
  expect(walk.lines('MOBILE-ONLINE-8')).toEqual(
    expect.arrayContaining(['wap: GET adfs.contoso.com/adfs/ls/ 200', 'adfs: GET adfs.contoso.com/adfs/ls/ 200']),
  )
  const atAdfs = walk.at('MOBILE-ONLINE-8').find(({ deployment }) => deployment === 'adfs')
  expect(atAdfs).toMatchObject({ actor: 'wap', decisions: ['formsPage'] })
  expect(visits[1]).toMatchObject({ status: 200, html: expect.stringContaining('id="userNameInput"') })
})

test('MOBILE-ONLINE-9 the credentials go to AD FS through the proxy, and nowhere else', () => {
  expect(walk.lines('MOBILE-ONLINE-9')).toEqual(
    expect.arrayContaining(['wap: POST adfs.contoso.com/adfs/ls/ 302', 'adfs: POST adfs.contoso.com/adfs/ls/ 302']),
  )
  const accepted = walk.at('MOBILE-ONLINE-9').find(({ decisions }) => decisions.includes('credentialsAccepted'))
  expect(accepted).toMatchObject({ deployment: 'adfs', user: alice.upn })
  expect(JSON.stringify(walk.events)).not.toContain(alice.password)
})

test('MOBILE-ONLINE-10 the browser is back at Entra ID with the assertion', () => {
  expect(walk.lines('MOBILE-ONLINE-10')).toEqual([
    expect.stringMatching(/^entra: POST login\.microsoftonline\.com\/login\.srf /),
  ])
  expect(walk.at('MOBILE-ONLINE-10')[0]).toMatchObject({
    user: alice.upn,
    decisions: expect.arrayContaining(['assertionAccepted']),
  })
})

test('MOBILE-ONLINE-11 Conditional Access judges the app, its device and its platform', () => {
  const judged = walk.at('MOBILE-ONLINE-11')
  expect(judged.every(({ deployment }) => deployment === 'entra')).toBe(true)
  expect(judged.flatMap(({ decisions }) => decisions)).toEqual(
    expect.arrayContaining(['conditionalAccess: challenge', 'conditionalAccess: allow']),
  )
  expect(judged.at(-1)?.detail.conditionalAccess).toContain('Outlook mobile: device, app and MFA: success')
})

test('MOBILE-ONLINE-12 the policy restricts on device, app protection and MFA, combined', () => {
  const asked = pathsOf(visits).join('\n')
  expect(asked, 'the device is asked for its certificate').toContain(
    'GET https://login.microsoftonline.com/common/DeviceAuthPKeyAuth 200',
  )
  expect(walk.at('MOBILE-ONLINE-12').flatMap(({ decisions }) => decisions)).toContain('secondFactorAsked')
})

test('MOBILE-ONLINE-13 the device proves itself, and the person types the number into the phone', () => {
  expect(walk.at('MOBILE-ONLINE-13').flatMap(({ decisions }) => decisions)).toContain('secondFactorPassed')
  const { deviceid, amr } = decodeJwt(tokens.access_token) as { deviceid?: string; amr?: string[] }
  expect(deviceid).toBe(devices.alicesPhone)
  expect(amr).toContain('mfa')
})

test('MOBILE-ONLINE-14 Entra ID returns an access and a refresh token for Exchange Online', () => {
  expect(walk.lines('MOBILE-ONLINE-14')).toContain('entra: POST login.microsoftonline.com/common/oauth2/v2.0/token 200')
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    aud: 'https://outlook.office365.com',
    appid: outlook,
    upn: alice.upn,
    scp: expect.stringContaining('EAS.AccessAsUser.All'),
  })
  expect(tokens.refresh_token.length).toBeGreaterThan(100)
  expect(JSON.stringify(walk.events)).not.toContain(tokens.access_token.slice(-40))
})

test('MOBILE-ONLINE-15 with the access token the app reads the mailbox in Exchange Online', () => {
  const lines = walk.lines('MOBILE-ONLINE-15')
  expect(lines.length).toBeGreaterThanOrEqual(4)
  expect(new Set(lines)).toContain('exchange-online: POST outlook.office365.com/Microsoft-Server-ActiveSync 200')
  expect(walk.at('MOBILE-ONLINE-15').at(-1)?.detail).toMatchObject({
    client: outlook,
    audience: 'https://outlook.office365.com',
  })
  expect(subjects).toContain('Expenses for March')
})

test('no hop of it is shown as one of Outlook on the web, or of a mailbox on-premises', () => {
  const others = walk.events.flatMap(({ steps }) => steps).filter((step) => !step.startsWith('MOBILE-ONLINE-'))
  expect(others).toEqual([])
})
