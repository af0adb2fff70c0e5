import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { openHttpVisitor, type Visit } from '../actors/http-visitor.ts'
import { labOf } from '../actors/lab.ts'
import { walkPages } from '../actors/outlook-mobile.ts'
import { bob } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'
import { type Walk, walkOf } from './_steps.ts'

/* WEB-ONPREM on the wire, walked once from outside; web-onprem.browser.test.ts walks it in a browser, and from inside. */

const open = new AsyncDisposableStack()
let walk: Walk
let visits: readonly Visit[]
let mailbox: Visit
let cookies: readonly string[]

beforeAll(async () => {
  const stack = open.use(await startStack())
  const lab = labOf(worldOf(stack))
  const browser = open.use(await openHttpVisitor(worldOf(stack), 'internet'))
  const holder = { ...bob, code: () => lab.totpCode(bob.upn) }
  mailbox = await walkPages(browser, 'https://mail.contoso.com/owa', holder)
  visits = browser.visits
  cookies = browser.cookieNames()
  walk = await walkOf(lab)
})
afterAll(() => open.disposeAsync())

test('WEB-ONPREM-1 outside, Web Application Proxy answers for Outlook on the web', () => {
  expect(walk.lines('WEB-ONPREM-1')[0]).toBe('wap: GET mail.contoso.com/owa 307')
  expect(walk.at('WEB-ONPREM-1')[0]).toMatchObject({
    zone: 'internet',
    decisions: expect.arrayContaining(['published']),
  })
})

test('WEB-ONPREM-2 the proxy redirects to AD FS with its own sign-in request', () => {
  const redirect = new URL(String(visits[0]?.headers.location))
  expect(`${redirect.origin}${redirect.pathname}`).toBe('https://adfs.contoso.com/adfs/ls')
  expect(Object.fromEntries(redirect.searchParams)).toMatchObject({
    version: '1.0',
    action: 'signin',
    realm: 'urn:AppProxy:com',
    appRealm: 'e0000000-0000-4000-8000-000000000002',
    returnUrl: 'https://mail.contoso.com/owa',
  })
  expect(walk.at('WEB-ONPREM-2')[0]).toMatchObject({
    deployment: 'wap',
    decisions: expect.arrayContaining(['redirectToAdfs']),
  })
})

test('WEB-ONPREM-3 outside, AD FS shows its form and takes the credentials', () => {
  const decisions = walk.at('WEB-ONPREM-3').flatMap((event) => event.decisions)
  expect(decisions).toEqual(expect.arrayContaining(['formsPage', 'credentialsAccepted']))
  expect(decisions).not.toContain('windowsAuthentication')
  expect(visits[1]?.html).toContain('id="userNameInput"')
})

test('WEB-ONPREM-4 the access control policy calls Entra multifactor authentication', () => {
  const asked = walk.at('WEB-ONPREM-4').find(({ deployment }) => deployment === 'adfs')
  expect(asked).toMatchObject({ user: bob.upn })
  const connector = walk.events.filter(({ host }) => host === 'adnotifications.windowsazure.com')
  expect(new Set(connector.map(({ actor }) => actor))).toEqual(new Set(['adfs']))
  expect(connector.map(({ path }) => path.split('/').at(-1))).toEqual(
    expect.arrayContaining([
      'GetAvailableAuthenticationMethods',
      'BeginTwoWayAuthentication',
      'EndTwoWayAuthentication',
    ]),
  )
})

test('WEB-ONPREM-5 MFA is done; WAP and Exchange accept the one session at AD FS', () => {
  const decisions = walk.at('WEB-ONPREM-5').flatMap((event) => event.decisions)
  expect(decisions.filter((each) => each === 'tokenIssued').length).toBe(2)
  expect(decisions).toContain('additionalAuthenticationPassed')
  expect(walk.lines('WEB-ONPREM-5')).toContain('exchange-onprem: POST mail.contoso.com/owa/ 302')
  expect(cookies).toEqual(expect.arrayContaining(['EdgeAccessCookie', 'MSISAuth', 'FedAuth']))
})

test('WEB-ONPREM-6 the person reads mail', () => {
  expect(walk.lines('WEB-ONPREM-6')).toContain('exchange-onprem: GET mail.contoso.com/owa/ 200')
  expect(mailbox).toMatchObject({ status: 200, html: expect.stringContaining(bob.upn) })
  const others = walk.events.flatMap(({ steps }) => steps).filter((step) => !step.startsWith('WEB-ONPREM-'))
  expect(others).toEqual([])
})
