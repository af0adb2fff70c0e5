import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { openHttpVisitor, type Visit } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { walkPages } from '../actors/outlook-mobile.ts'
import { alice } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'
import { type Walk, walkOf } from './_steps.ts'

/* WEB-ONLINE on the wire, walked once with a push to the phone; web-online.browser.test.ts walks it in a browser. */

const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab
let walk: Walk
let visits: readonly Visit[]
let mailbox: Visit
let number: number | undefined
/** The tour of the lab, before, while the second factor is asked for, and after. */
const tours: string[] = []

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
  const browser = open.use(await openHttpVisitor(worldOf(stack), 'internet'))
  const lookAtTour = async () => void tours.push(await (await fetch(`${stack.proxy('internet')}/tour`)).text())
  await lookAtTour()
  const approve = async (shown: number | undefined) => {
    number = shown
    await lookAtTour()
    expect(await lab.approvePush(alice.upn, shown)).toBe(200)
  }
  mailbox = await walkPages(browser, 'https://outlook.office.com/owa', { ...alice, approve })
  await lookAtTour()
  visits = browser.visits
  walk = await walkOf(lab)
})
afterAll(() => open.disposeAsync())

const atPath = (path: string) => visits.find(({ url }) => new URL(url).pathname === path)

test('WEB-ONLINE-1…6 the tour of the lab ticks what was done', () => {
  const ticked = tours.map((page) => [...page.matchAll(/id="stop-(\d)" data-live><span/g)].map((match) => match[1]))
  expect(ticked).toEqual([[], ['1', '2', '3', '4'], ['1', '2', '3', '4', '5', '6']])
  expect(tours.map((page) => page.includes('This one is drawn here'))).toEqual([false, false, true])
})

test('WEB-ONLINE-1 Outlook on the web opens nothing without a session', () => {
  expect(walk.lines('WEB-ONLINE-1')).toContain('exchange-online: GET outlook.office.com/owa/ 302')
  expect(visits.slice(0, 2).map(({ status }) => status)).toEqual([302, 302])
  expect(visits[1]?.html).not.toContain(alice.upn)
})

test('WEB-ONLINE-2 Exchange Online redirects to Entra ID, which redirects to AD FS and gets the person back', () => {
  const authorize = new URL(String(visits[1]?.headers.location))
  expect(`${authorize.origin}${authorize.pathname}`).toBe('https://login.microsoftonline.com/common/oauth2/authorize')
  expect(Object.fromEntries(authorize.searchParams)).toMatchObject({
    client_id: '00000002-0000-0ff1-ce00-000000000000',
    response_mode: 'form_post',
    response_type: 'code id_token',
    nonce: expect.stringMatching(/^\d+\./),
    state: expect.any(String),
  })
  expect(new Set(walk.at('WEB-ONLINE-2').map(({ deployment }) => deployment))).toEqual(
    new Set(['exchange-online', 'entra', 'wap', 'adfs']),
  )
  expect(walk.lines('WEB-ONLINE-2')).toEqual(
    expect.arrayContaining([
      'wap: GET adfs.contoso.com/adfs/ls/ 200',
      'adfs: POST adfs.contoso.com/adfs/ls/ 302',
      'entra: POST login.microsoftonline.com/login.srf 200',
    ]),
  )
})

test('WEB-ONLINE-3 Conditional Access asks browsers for MFA', () => {
  const [asked] = walk.at('WEB-ONLINE-3')
  expect(asked).toMatchObject({ deployment: 'entra', path: '/login.srf', user: alice.upn })
  expect(asked?.decisions).toContain('conditionalAccess: challenge')
  expect(asked?.detail.conditionalAccess).toContain('Require MFA for Outlook on the web: failure')
})

test('WEB-ONLINE-4 Entra multifactor authentication asks the person, with a number to type', () => {
  expect(walk.at('WEB-ONLINE-4').flatMap(({ decisions }) => decisions)).toContain('secondFactorAsked')
  expect(walk.at('WEB-ONLINE-4').at(-1)?.detail).toMatchObject({ method: 'PhoneAppNotification' })
  expect(number).toBeGreaterThanOrEqual(10)
})

test('WEB-ONLINE-5 the person completes it', () => {
  expect(walk.lines('WEB-ONLINE-5')).toContain('entra: POST login.microsoftonline.com/common/SAS/ProcessAuth 200')
  expect(walk.at('WEB-ONLINE-5').at(-1)).toMatchObject({
    user: alice.upn,
    decisions: expect.arrayContaining(['secondFactorPassed']),
  })
  expect(atPath('/common/SAS/ProcessAuth')?.html).toContain('"pgid":"KmsiInterrupt"')
})

test('WEB-ONLINE-6 the session goes to Exchange Online; the person reads mail', () => {
  expect(walk.lines('WEB-ONLINE-6')).toEqual(
    expect.arrayContaining([
      'entra: POST login.microsoftonline.com/kmsi 200',
      'exchange-online: POST outlook.office.com/owa/ 302',
      'exchange-online: GET outlook.office.com/owa/ 200',
    ]),
  )
  expect(mailbox).toMatchObject({ status: 200, html: expect.stringContaining(alice.upn) })
  const others = walk.events.flatMap(({ steps }) => steps).filter((step) => !step.startsWith('WEB-ONLINE-'))
  expect(others).toEqual([])
})

test('WEB-ONLINE-5 is not done while nobody has answered, nor by a denial, which is where the flow stopped', async () => {
  const seen: unknown[] = []
  const look = async () => {
    const { json } = await lab.call('GET', '/api/flows/WEB-ONLINE?user=erin@contoso.com')
    const [{ reached, stopped, verdict }] = (
      json as { walks: [{ reached: { step: string }[]; [more: string]: unknown }] }
    ).walks
    seen.push([reached.map(({ step }) => step.at(-1)).join(''), verdict, stopped])
  }
  let asked = 0
  const approve = async () => {
    asked += 1
    // Asked; "I have approved it" though nobody has; denied.
    if (asked <= 2) await look()
    else expect(await lab.denyPush('erin@contoso.com')).toBe(200)
  }
  await using browser = await openHttpVisitor(worldOf(stack), 'internet')
  const erin = { upn: 'erin@contoso.com', password: 'Erin-Pass5', approve }
  const { html } = await walkPages(browser, 'https://outlook.office.com/owa', erin)
  expect(html).toContain('AADSTS500121')
  await look()
  const because = 'second factor: Denied'
  expect(seen).toEqual([
    ['1234', 'challenged', null],
    ['1234', 'challenged', null],
    ['1234', 'refused', { step: 'WEB-ONLINE-5', because, event: expect.any(String), conversation: expect.any(String) }],
  ])
})
