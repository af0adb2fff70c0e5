import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { graphOf } from '../actors/graph.ts'
import { openHttpVisitor, type Visit } from '../actors/http-visitor.ts'
import { labOf } from '../actors/lab.ts'
import { OutlookMobile, signInOnPhone, type Tokens } from '../actors/outlook-mobile.ts'
import { bob } from '../actors/people.ts'
import type { Answer } from '../actors/request-through.ts'
import { userAgents } from '../actors/web-view.ts'
import { worldOf } from '../actors/world.ts'
import { type Walk, walkOf } from './_steps.ts'

/* MOBILE-ONPREM, walked once: Bob's phone, a policy that asks for a second factor, and a mailbox that nobody cached yet. */

const outlook = '27922004-5251-4030-b22d-91ecd9a37ea4'
const exchangeOnline = '00000002-0000-0ff1-ce00-000000000000'
const easUrl = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
const open = new AsyncDisposableStack()
let walk: Walk
let detected: Awaited<ReturnType<OutlookMobile['detect']>>
let visits: readonly Visit[]
let tokens: Tokens
let provisioned: Answer
let messages: Answer

beforeAll(async () => {
  const stack = open.use(await startStack())
  const lab = labOf(worldOf(stack))
  const policy = await graphOf(stack)('POST', '/identity/conditionalAccess/policies', {
    displayName: 'Outlook mobile: MFA',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['Office365'] },
      clientAppTypes: ['mobileAppsAndDesktopClients'],
      platforms: { includePlatforms: ['iOS', 'android'] },
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  })
  expect(policy.status).toBe(201)
  const app = new OutlookMobile(stack, bob.upn)
  detected = await app.detect()
  const phone = { userAgent: userAgents.safariIos }
  const browser = open.use(await openHttpVisitor(worldOf(stack), 'internet', phone))
  const code = await signInOnPhone(browser, app.authorizationUrl(), { ...bob, code: () => lab.totpCode(bob.upn) })
  visits = browser.visits
  tokens = await app.redeem(code)
  provisioned = await app.provision(tokens.access_token, detected.services[0]?.onprem ?? '')
  messages = await app.cloud('GET', `${provisioned.headers.location}/messages`, tokens.access_token)
  walk = await walkOf(lab)
})
afterAll(() => open.disposeAsync())

const eas = 'mail.contoso.com/Microsoft-Server-ActiveSync'

test('MOBILE-ONPREM-1 the app asks AutoDetect by the address alone', () => {
  expect(walk.lines('MOBILE-ONPREM-1')).toEqual(['autodetect: GET prod-autodetect.outlookmobile.com/detect 200'])
  expect(walk.at('MOBILE-ONPREM-1')[0]).toMatchObject({ zone: 'internet', user: bob.upn, decisions: ['detected'] })
})

test('MOBILE-ONPREM-2 AutoDetect asks Exchange Online anonymously', () => {
  expect(walk.lines('MOBILE-ONPREM-2')).toEqual([
    'exchange-online: GET outlook.office365.com/autodiscover/autodiscover.json 302',
  ])
  expect(walk.at('MOBILE-ONPREM-2')[0]).toMatchObject({
    actor: 'autodetect',
    query: { Email: bob.upn, Protocol: 'ActiveSync', RedirectCount: '1' },
  })
})

test('MOBILE-ONPREM-3 the mailbox is on-premises: 302 to the AutoDiscover there, counted', () => {
  const [event] = walk.at('MOBILE-ONPREM-3')
  expect(event?.location).toBe('https://autodiscover.contoso.com/autodiscover/autodiscover.json')
  expect(event?.id).toBe(walk.at('MOBILE-ONPREM-2')[0]?.id)
  const followed = walk.events.filter(({ host }) => host === 'autodiscover.contoso.com')
  expect(followed.map(({ query }) => query.RedirectCount)).toEqual(followed.map(() => '2'))
})

test('MOBILE-ONPREM-4 AutoDiscover on-premises answers through the proxy, without pre-authentication', () => {
  expect(walk.lines('MOBILE-ONPREM-4')).toEqual([
    'exchange-onprem: GET autodiscover.contoso.com/autodiscover/autodiscover.json 200',
  ])
  expect(walk.at('MOBILE-ONPREM-4')[0]).toMatchObject({ actor: 'wap' })
  expect(detected.services[0]).toMatchObject({ onprem: easUrl })
})

test('MOBILE-ONPREM-5 ActiveSync on-premises answers 401 with an authorization URL at Entra ID', () => {
  expect(walk.lines('MOBILE-ONPREM-5')).toEqual([`exchange-onprem: OPTIONS ${eas} 401`])
  expect(walk.at('MOBILE-ONPREM-5')[0]?.user).toBeUndefined()
})

test('MOBILE-ONPREM-6 AutoDetect returns the endpoint of Entra ID and the ActiveSync URL', () => {
  expect(walk.at('MOBILE-ONPREM-6')).toEqual(walk.at('MOBILE-ONPREM-1'))
  expect(detected.services).toEqual([
    {
      service: 'office365',
      protocol: 'rest',
      hostname: 'outlook.office.com',
      aad: 'https://login.windows.net/common/oauth2/authorize',
      onprem: easUrl,
    },
  ])
})

test('MOBILE-ONPREM-7 the app goes to Entra ID and gives the address; it asks for Exchange Online', () => {
  const first = new URL(visits[0]?.url ?? '')
  expect(Object.fromEntries(first.searchParams)).toMatchObject({
    client_id: outlook,
    login_hint: bob.upn,
    scope: expect.stringContaining('https://outlook.office365.com/.default'),
  })
  expect(walk.lines('MOBILE-ONPREM-7')).toEqual([
    'entra: GET login.microsoftonline.com/common/oauth2/v2.0/authorize 302',
  ])
})

test('MOBILE-ONPREM-8 federated: redirected to WAP', () => {
  const redirect = new URL(String(visits[0]?.headers.location))
  expect(`${redirect.origin}${redirect.pathname}`).toBe('https://adfs.contoso.com/adfs/ls/')
  expect(redirect.searchParams.get('wtrealm')).toBe('urn:federation:MicrosoftOnline')
  expect(walk.lines('MOBILE-ONPREM-8')).toEqual(
    expect.arrayContaining([
      'entra: GET login.microsoftonline.com/common/oauth2/v2.0/authorize 302',
      'wap: GET adfs.contoso.com/adfs/ls/ 200',
    ]),
  )
})

test('MOBILE-ONPREM-9 WAP proxies to AD FS; the sign-in page', () => {
  const atAdfs = walk.at('MOBILE-ONPREM-9').find(({ deployment }) => deployment === 'adfs')
  expect(atAdfs).toMatchObject({ actor: 'wap', method: 'GET', status: 200, decisions: ['formsPage'] })
  expect(visits[1]).toMatchObject({ status: 200, html: expect.stringContaining('id="userNameInput"') })
})

test('MOBILE-ONPREM-10 the credentials go to AD FS', () => {
  const accepted = walk.at('MOBILE-ONPREM-10').find(({ decisions }) => decisions.includes('credentialsAccepted'))
  expect(accepted).toMatchObject({ deployment: 'adfs', method: 'POST', path: '/adfs/ls/', user: bob.upn })
  expect(JSON.stringify(walk.events)).not.toContain(bob.password)
})

test('MOBILE-ONPREM-11 redirected back to Entra ID', () => {
  expect(walk.lines('MOBILE-ONPREM-11')).toEqual(['entra: POST login.microsoftonline.com/login.srf 200'])
  expect(walk.at('MOBILE-ONPREM-11')[0]?.decisions).toContain('assertionAccepted')
})

test('MOBILE-ONPREM-12 Conditional Access applies', () => {
  const judged = walk.at('MOBILE-ONPREM-12')
  expect(judged[0]?.detail.conditionalAccess).toContain('Outlook mobile: MFA: failure')
  expect(judged.at(-1)?.detail.conditionalAccess).toContain('Outlook mobile: MFA: success')
})

test('MOBILE-ONPREM-13 it asks for a second factor', () => {
  expect(walk.at('MOBILE-ONPREM-13').flatMap(({ decisions }) => decisions)).toContain('secondFactorAsked')
})

test('MOBILE-ONPREM-14 the person meets the requirement', () => {
  const passed = walk.at('MOBILE-ONPREM-14').find(({ decisions }) => decisions.includes('secondFactorPassed'))
  expect(passed).toMatchObject({ path: '/common/SAS/ProcessAuth', user: bob.upn })
})

test('MOBILE-ONPREM-15 Entra ID returns tokens whose audience is Exchange Online', () => {
  expect(walk.lines('MOBILE-ONPREM-15')).toContain('entra: POST login.microsoftonline.com/common/oauth2/v2.0/token 200')
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    aud: 'https://outlook.office365.com',
    appid: outlook,
    upn: bob.upn,
    amr: expect.arrayContaining(['mfa']),
  })
})

test('MOBILE-ONPREM-16 the app hands the token and the ActiveSync endpoint to Exchange Online', () => {
  expect(walk.lines('MOBILE-ONPREM-16')).toEqual([
    'exchange-online: POST outlook.office365.com/shadow/v2.0/authentication 202',
  ])
  expect(provisioned.headers.location).toMatch(/^\/shadow\/v2\.0\/mailboxes\/[0-9a-f-]{36}$/)
})

test('MOBILE-ONPREM-17 a second token pair by an on-behalf-of call: client Exchange Online, audience on-premises', () => {
  const atEntra = walk.at('MOBILE-ONPREM-17').find(({ deployment }) => deployment === 'entra')
  expect(atEntra).toMatchObject({
    actor: 'exchange-online',
    method: 'POST',
    status: 200,
    user: bob.upn,
    decisions: ['actsOnBehalfOf'],
    detail: { client: 'Office 365 Exchange Online' },
  })
  expect(atEntra?.parent).toBe(walk.at('MOBILE-ONPREM-16')[0]?.id)
})

test('MOBILE-ONPREM-18 the cached mailbox is created', () => {
  expect(walk.at('MOBILE-ONPREM-18')).toEqual(walk.at('MOBILE-ONPREM-16'))
  expect(walk.at('MOBILE-ONPREM-18')[0]?.decisions).toContain('mailboxCreated')
})

test('MOBILE-ONPREM-19 Exchange Online synchronizes over ActiveSync on-premises, as OutlookService with the second token', () => {
  const visitsOfCloud = walk.at('MOBILE-ONPREM-19').filter(({ deployment }) => deployment === 'exchange-onprem')
  expect(new Set(visitsOfCloud.map(({ decisions }) => decisions[0]))).toEqual(
    new Set(['FolderSync', 'Provision', 'Sync', 'Settings']),
  )
  const served = visitsOfCloud.filter(({ status }) => status === 200)
  expect(new Set(served.map(({ user, actor }) => `${user} ${actor}`))).toEqual(new Set([`${bob.upn} wap`]))
  const second = { client: exchangeOnline, audience: 'https://mail.contoso.com/' }
  for (const { detail } of served) expect(detail).toMatchObject(second)
  const throughProxy = walk.events.filter(({ deployment, path }) => deployment === 'wap' && path.includes('ActiveSync'))
  expect(new Set(throughProxy.map(({ actor }) => actor))).toEqual(new Set(['autodetect', 'exchange-online']))
})

test('MOBILE-ONPREM-20 the data is returned to the app', () => {
  expect(walk.lines('MOBILE-ONPREM-20')).toEqual([
    `exchange-online: GET outlook.office365.com${provisioned.headers.location}/messages 200`,
  ])
  const { value } = JSON.parse(messages.text) as { value: { Subject: string }[] }
  expect(value.length).toBeGreaterThan(2)
})

test('no hop of it is shown as one of Outlook on the web, or of a mailbox online', () => {
  const others = walk.events.flatMap(({ steps }) => steps).filter((step) => !step.startsWith('MOBILE-ONPREM-'))
  expect(others).toEqual([])
})
