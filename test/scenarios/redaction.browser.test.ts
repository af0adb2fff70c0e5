import type { BrowserContext, Request } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { openBrowser, type TestBrowser } from '../actors/browser.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { OutlookMobile, walkPages } from '../actors/outlook-mobile.ts'
import { alice, bob } from '../actors/people.ts'
import { atAdfs, atEntra } from '../actors/person.ts'
import { userAgents } from '../actors/web-view.ts'
import { worldOf } from '../actors/world.ts'

/* Every secret that whole flows used – typed, posted, set as a cookie, redeemed – is in no export and on no page. */

const open = new AsyncDisposableStack()
const secrets = new Map<string, string>()
let stack: Stack
let lab: Lab
let browser: TestBrowser

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
  browser = open.use(await openBrowser(worldOf(stack)))
  await walkOnPremises()
  await walkOnline()
  await walkMobile()
})
afterAll(() => open.disposeAsync())

/** Ids that correlate are shown, and so are names, addresses, times and words. */
const isPublic = (value: string) =>
  [/^[\da-f-]{36}$/i, /^(?:https?|urn):/i, /^[^\s@]+@[^\s@]+$/, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, /^[^<]* [^<]*$/].some(
    (form) => form.test(value),
  )
const isSecret = (value: string) => value.length >= 20 && /\d/.test(value) && /[a-z]/i.test(value) && !isPublic(value)

const keep = (what: string, value: string) => void secrets.set(value, what)

function watch(context: BrowserContext): void {
  context.on('request', (request: Request) => {
    const fields = new URLSearchParams(request.postData() ?? '')
    for (const [name, value] of [...new URL(request.url()).searchParams, ...fields])
      if (isSecret(value)) keep(`${name} of ${request.url().split('?')[0]}`, value)
  })
}

async function keepCookies(context: BrowserContext): Promise<void> {
  for (const { name, value } of await context.cookies()) if (isSecret(value)) keep(`cookie ${name}`, value)
}

async function walkOnPremises(): Promise<void> {
  const page = await browser.visitor('internet')
  watch(page.context())
  await page.goto('https://mail.contoso.com/owa')
  await atAdfs.signIn(page, bob.upn, bob.password)
  const code = await lab.totpCode(bob.upn)
  await atAdfs.typeCode(page, code)
  await page.waitForURL('https://mail.contoso.com/owa/')
  keep('password', bob.password)
  keep('code', code)
  await keepCookies(page.context())
}

async function walkOnline(): Promise<void> {
  const page = await browser.visitor('internet')
  watch(page.context())
  await page.goto('https://outlook.office.com/owa')
  await atEntra.typeEmail(page, alice.upn)
  await atAdfs.signIn(page, alice.upn, alice.password)
  await atEntra.chooseMethod(page, 'PhoneAppOTP')
  const code = await lab.totpCode(alice.upn)
  await atEntra.typeCode(page, code)
  await atEntra.staySignedIn(page, 'yes')
  await page.waitForURL(/^https:\/\/outlook\.office\.com\/owa\//)
  keep('password', alice.password)
  keep('code', code)
  await keepCookies(page.context())
}

async function walkMobile(): Promise<void> {
  const app = new OutlookMobile(stack, alice.upn)
  await using visitor = await openHttpVisitor(worldOf(stack), 'internet', { userAgent: userAgents.safariIos })
  const approve = (number: number | undefined) => lab.approvePush(alice.upn, number)
  const page = await walkPages(visitor, app.authorizationUrl(), { ...alice, approve, code: async () => '' })
  const code = new URL(page.url).searchParams.get('code') ?? ''
  keep('authorization code', code)
  const tokens = await app.redeem(code)
  for (const [name, value] of Object.entries(tokens))
    if (typeof value === 'string' && name.endsWith('_token')) keep(name, value)
  const basic = Buffer.from(`${alice.upn}:${alice.password}`).toString('base64')
  keep('Basic', basic)
}

/** As it is, in a URL, in base64, and the parts of a token that let somebody use it. */
function spellings(secret: string): readonly string[] {
  const signature = /<(?:\w+:)?SignatureValue>([^<]+)</.exec(secret)?.[1] ?? secret.split('.')[2]
  const all = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]
  return signature && signature.length > 40 ? [...all, signature] : all
}

const isIn = (text: string, secret: string) =>
  /^\d{6}$/.test(secret) ? new RegExp(`(?<![\\w.#-])${secret}(?![\\w-])`).test(text) : text.includes(secret)

test('flows were walked, and used secrets of every kind', () => {
  const kinds = [...secrets.values()].map((what) => what.split(' ')[0])
  expect(kinds).toEqual(
    expect.arrayContaining(['password', 'code', 'cookie', 'wresult', 'id_token', 'access_token', 'refresh_token']),
  )
  expect(secrets.size).toBeGreaterThan(30)
})

test('no secret is in the journal, on its pages, or in any export', async () => {
  const base = stack.proxy('internet')
  const { flows } = (await lab.call('GET', '/api/flows')).json as { flows: { id: string }[] }
  expect(flows.length).toBeGreaterThan(2)
  const paths = flows.flatMap(({ id }) => ['', '/mermaid', '/har', '/json'].map((format) => `/journal/${id}${format}`))
  const found: string[] = []
  for (const path of [...paths, '/journal?background=1', '/api/journal?limit=2000', '/sign-ins', '/api/sign-ins']) {
    const answer = await fetch(`${base}${path}`)
    expect([path, answer.status]).toEqual([path, 200])
    const text = await answer.text()
    for (const [secret, what] of secrets)
      if (spellings(secret).some((each) => isIn(text, each))) found.push(`${what} in ${path}`)
  }
  expect(found).toEqual([])
})
