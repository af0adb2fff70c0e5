import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { openBrowser, steadyPage, type TestBrowser } from '#test/actors/browser.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { apps, login, tenantId } from '../token/_token-requests.ts'
import { consentedWorld } from './_microsoft-clients.ts'

/** Of the same site as the sign-in pages: browsers keep cookies from frames of foreign ones. */
const host = 'spa.microsoftonline.com'
const graphScope = 'https://graph.microsoft.com/User.Read'

const library = join(dirname(createRequire(import.meta.url).resolve('@azure/msal-browser')))
const scripts: Readonly<Record<string, string>> = {
  '/msal.js': readFileSync(join(library, 'msal-browser.min.js'), 'utf8'),
  '/bridge.js': readFileSync(join(library, 'redirect-bridge/msal-redirect-bridge.min.js'), 'utf8'),
}

/** The application: Microsoft's library as it comes, a plain authority, and where answers go. */
const pages: Readonly<Record<string, string>> = {
  '/': `<title>Application</title><script src="/msal.js"></script><script>
    window.started = msal.createStandardPublicClientApplication({
      auth: {
        clientId: '${apps.spa}',
        authority: '${login}/${tenantId}',
        redirectUri: location.origin + '/',
        clientCapabilities: ['CP1'],
      },
      cache: { cacheLocation: 'localStorage' },
    }).then(async (client) => {
      window.client = client
      window.result = await client.handleRedirectPromise()
    })
  </script>`,
  '/redirect': `<title>Bridge</title><script src="/bridge.js"></script><script>
    msalRedirectBridge.broadcastResponseToMainFrame()
  </script>`,
}

function answer({ url = '/' }: IncomingMessage, reply: ServerResponse): void {
  const { pathname } = new URL(url, `https://${host}`)
  const body = pages[pathname] ?? scripts[pathname]
  reply.writeHead(body === undefined ? 404 : 200, { 'content-type': pages[pathname] ? 'text/html' : 'text/javascript' })
  reply.end(body)
}

const open = new AsyncDisposableStack()
let authority: TestAuthority
let browser: TestBrowser
let context: BrowserContext
let page: Page
let application: string
let bridge: string

beforeAll(async () => {
  await using unstarted = await startStack({ only: [] })
  const { keyPem, certificatePem } = await unstarted.authority.leafFor({ name: 'spa', hosts: [host] })
  const server = createServer({ key: keyPem, cert: certificatePem }, answer)
  open.defer(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  application = `https://${host}:${(server.address() as AddressInfo).port}/`
  bridge = `${application}redirect`
  authority = open.use(await openAuthority({ scenario: await worldWithApplication() }))
  const internet = authority.stack.proxy('internet')
  const args = [`--host-resolver-rules=MAP ${host} 127.0.0.1`]
  browser = open.use(await openBrowser({ gateways: { internet, corp: internet } }, args))
})

async function worldWithApplication(): Promise<Scenario> {
  const world = await consentedWorld()
  const applications = world.entra.applications.map((each) =>
    each.appId === apps.spa ? { ...each, redirectUris: { ...each.redirectUris, spa: [application, bridge] } } : each,
  )
  return { ...world, entra: { ...world.entra, applications } }
}

afterAll(() => open.disposeAsync())

beforeEach(async () => {
  context = await browser.profile('internet', { proxy: { server: authority.stack.proxy('internet'), bypass: host } })
  page = steadyPage(await context.newPage())
  await page.goto(application)
})

afterEach(() => context.close())

/** Calls the library in the page. */
async function call<T>(method: string, request: object): Promise<T> {
  return (await page.evaluate(`started.then(() => client.${method}(${JSON.stringify(request)}))`)) as T
}

interface Result {
  readonly accessToken: string
  readonly idToken: string
  readonly fromCache: boolean
  readonly account: { readonly username: string; readonly tenantId: string; readonly homeAccountId: string }
  readonly scopes: readonly string[]
}

async function signIn(at: Page): Promise<void> {
  await at.getByLabel('Email address').fill(peggy.upn)
  await at.getByRole('button', { name: 'Next' }).click()
  await at.getByLabel('Password').fill(peggy.password)
  await at.getByRole('button', { name: 'Sign in' }).click()
  await at.getByRole('button', { name: 'No' }).click()
}

async function byRedirect(more: object = {}): Promise<Result> {
  await Promise.all([
    page.waitForURL(`${login}/**`),
    call('loginRedirect', { scopes: [graphScope], ...more }).catch(() => undefined),
  ])
  await signIn(page)
  await page.waitForURL((url) => url.href.startsWith(application))
  return (await page.evaluate('started.then(() => result)')) as Result
}

async function byPopup(): Promise<Result> {
  const opened = context.waitForEvent('page')
  const result = call<Result>('loginPopup', { scopes: [graphScope], redirectUri: bridge })
  await signIn(await opened)
  return result
}

test('redirect: code and PKCE, redeemed by the script itself across origins; silent from cache and by refresh token', async () => {
  const result = await byRedirect()
  expect(result).toMatchObject({
    account: { username: peggy.upn, tenantId },
    scopes: expect.arrayContaining([graphScope]),
  })
  const { account } = result
  const cached = await call<Result>('acquireTokenSilent', { scopes: [graphScope], account })
  expect([cached.fromCache, cached.accessToken]).toEqual([true, result.accessToken])
  const renewed = await call<Result>('acquireTokenSilent', { scopes: [graphScope], account, forceRefresh: true })
  expect([renewed.fromCache, renewed.accessToken === result.accessToken]).toEqual([false, false])
  const me = await authority.fetch('https://graph.microsoft.com/v1.0/me', {
    headers: { authorization: `Bearer ${renewed.accessToken}` },
  })
  expect(await me.json()).toMatchObject({ userPrincipalName: peggy.upn })
})

test('popup: the bridge page hands the answer to the page that opened it', async () => {
  expect(await byPopup()).toMatchObject({
    account: { username: peggy.upn, homeAccountId: expect.stringContaining(tenantId) },
  })
})

test('ssoSilent: the session of the browser, through a hidden frame; without one, interaction is asked for', async () => {
  const refused = call('ssoSilent', { scopes: [graphScope], redirectUri: bridge, loginHint: peggy.upn })
  await expect(refused).rejects.toThrow(/login_required.*50058/s)
  await byRedirect()
  await page.evaluate('localStorage.clear()')
  await page.goto(application)
  const result = await call<Result>('ssoSilent', { scopes: [graphScope], redirectUri: bridge, loginHint: peggy.upn })
  expect(result).toMatchObject({ fromCache: false, account: { username: peggy.upn } })
})

test('a refresh token that is gone: MSAL falls back to the hidden frame, and says who must sign in again', async () => {
  const { account } = await byRedirect()
  // The session of the browser ends after a day, as the refresh token does.
  await authority.stack.clock.advance(25 * 60 * 60 * 1000)
  const late = call('acquireTokenSilent', { scopes: [graphScope], account, redirectUri: bridge, forceRefresh: true })
  await expect(late).rejects.toThrow(/login_required.*50058/s)
})

/** The script asks Microsoft Graph across origins, and reads what it says of the token. */
async function askGraph(token: string): Promise<{ readonly status: number; readonly claims: string | undefined }> {
  return page.evaluate(async (bearer) => {
    const headers = { authorization: `Bearer ${bearer}` }
    const answer = await fetch('https://graph.microsoft.com/v1.0/me', { headers })
    const encoded = /claims="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1]
    return { status: answer.status, claims: encoded === undefined ? undefined : atob(encoded) }
  }, token)
}

test('a claims challenge of Microsoft Graph: read by the script, refused silently, answered by a new sign-in', async () => {
  const { account, accessToken } = await byRedirect()
  expect(await askGraph(accessToken)).toEqual({ status: 200, claims: undefined })
  await authority.manage(`/users/${peggy.upn}/revoke-sessions`, {})
  const { status, claims } = await askGraph(accessToken)
  expect([status, claims]).toEqual([401, expect.stringContaining('"nbf"')])
  const silent = call('acquireTokenSilent', { scopes: [graphScope], account, redirectUri: bridge, claims })
  await expect(silent).rejects.toThrow(/login_required|bad_token|invalid_grant/)
  const again = await byRedirect({ claims })
  expect(await askGraph(again.accessToken)).toEqual({ status: 200, claims: undefined })
})

test('logout by redirect: the session is over, and the browser comes back', async () => {
  const { account } = await byRedirect()
  const request = { account, postLogoutRedirectUri: application }
  const isBack = (url: URL) => url.href.startsWith(application) && url.searchParams.has('state')
  const back = page.waitForURL(isBack)
  await call('logoutRedirect', request).catch(() => undefined)
  await back
  await page.goto(application)
  const refused = call('ssoSilent', { scopes: [graphScope], redirectUri: bridge, loginHint: peggy.upn })
  await expect(refused).rejects.toThrow(/login_required.*50058/s)
})

test('logout by popup', async () => {
  const { account } = await byPopup()
  await call('logoutPopup', { account, postLogoutRedirectUri: bridge })
  expect(await page.evaluate('client.getAllAccounts().length')).toBe(0)
  const refused = call('ssoSilent', { scopes: [graphScope], redirectUri: bridge, loginHint: peggy.upn })
  await expect(refused).rejects.toThrow(/login_required/)
})
