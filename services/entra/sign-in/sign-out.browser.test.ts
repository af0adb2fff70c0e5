import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '#test/actors/browser.ts'
import type { HttpVisitor } from '#test/actors/http-visitor.ts'
import { problemsOf } from '#test/actors/look.ts'
import { openAuthority, pageConfig, pageId, peggy, type TestAuthority } from '../_authority.ts'
import { apps, authorizeUrl, login, tenantId } from '../token/_token-requests.ts'

const trent = { upn: 'trent@wingtiptoys.com', password: 'Trent-Pass15' }
const open = new AsyncDisposableStack()
let authority: TestAuthority

beforeAll(async () => {
  authority = open.use(await openAuthority())
})

afterAll(() => open.disposeAsync())

const webCallback = 'http://localhost:3000/auth/callback'
const cli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const nativeLanding = `${login}/common/oauth2/nativeclient`
const signInUrl = authorizeUrl({ client_id: cli, redirect_uri: nativeLanding, scope: 'openid', prompt: 'login' })

async function signIn(visitor: HttpVisitor, { upn, password }: typeof trent): Promise<void> {
  const page = await visitor.submit(await visitor.open(signInUrl), { loginfmt: upn, passwd: password })
  expect((await visitor.submit(page, { LoginOptions: '3' })).url).toContain('code=')
}

/** The Sample Web App by the hybrid flow: its id_token, in the form that posts itself. */
async function webIdToken(visitor: HttpVisitor): Promise<string> {
  const request = { client_id: apps.web, redirect_uri: webCallback, scope: 'openid profile', nonce: 'n' }
  const url = authorizeUrl({
    ...request,
    response_type: 'code id_token',
    response_mode: 'form_post',
    login_hint: peggy.upn,
  })
  let page = await visitor.open(url)
  if (page.html.includes('ConvergedConsent'))
    page = await visitor.submit(page, { acceptConsent: 'true' }).catch(() => page)
  return /name="id_token" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
}

const logout = (parameters: Record<string, string>) =>
  `${login}/${tenantId}/oauth2/v2.0/logout?${new URLSearchParams(parameters)}`
const isSignedIn = async (visitor: HttpVisitor, upn: string) => {
  const request = { client_id: cli, redirect_uri: nativeLanding, scope: 'openid', prompt: 'none', login_hint: upn }
  return (await visitor.open(authorizeUrl(request))).url.includes('code=')
}

test('of two accounts the person chooses one to sign out of; the other stays', async () => {
  await using visitor = await authority.visitor()
  await signIn(visitor, trent)
  await signIn(visitor, peggy)
  const picker = await visitor.open(logout({ state: 's', post_logout_redirect_uri: nativeLanding }))
  expect(pageId(picker)).toBe('ConvergedSignOutPicker')
  expect(await isSignedIn(visitor, peggy.upn)).toBe(true)
  const left = await visitor.submit(picker, { logout_hint: trent.upn })
  expect(left.url).toBe(`${nativeLanding}?state=s`)
  expect([await isSignedIn(visitor, trent.upn), await isSignedIn(visitor, peggy.upn)]).toEqual([false, true])
})

test('an id_token_hint chooses, and allows the redirect URIs of its client; front-channel frames carry iss and sid', async () => {
  await using visitor = await authority.visitor()
  await signIn(visitor, trent)
  await signIn(visitor, peggy)
  const token = await webIdToken(visitor)
  const { sid } = decodeJwt(token)
  const page = await visitor.open(
    logout({ id_token_hint: token, state: 'st&x', post_logout_redirect_uri: webCallback }),
  )
  expect(page.html).toContain(
    `src="http://localhost:3000/signout-oidc?iss=${encodeURIComponent(`${login}/${tenantId}/v2.0`)}&amp;sid=${sid}"`,
  )
  expect(page.html).toContain(`href="${webCallback}?state=st%26x"`)
  expect(pageConfig(page).urlSignedOut).toBe(`${webCallback}?state=st%26x`)
  expect([await isSignedIn(visitor, peggy.upn), await isSignedIn(visitor, trent.upn)]).toEqual([false, true])
})

test.each([
  {
    what: 'its login_hint claim',
    hint: (upn: string) => `O.${Buffer.from(JSON.stringify({ upn })).toString('base64url')}`,
    signedIn: false,
  },
  { what: 'a name', hint: (upn: string) => upn, signedIn: false },
  { what: "somebody else's name", hint: () => 'mallory@contoso.com', signedIn: true },
])('logout_hint, $what: still signed in = $signedIn', async ({ hint, signedIn }) => {
  await using visitor = await authority.visitor()
  await signIn(visitor, peggy)
  const page = await visitor.open(logout({ logout_hint: hint(peggy.upn) }))
  expect(pageId(page)).toBe('ConvergedSignOut')
  expect(await isSignedIn(visitor, peggy.upn)).toBe(signedIn)
})

test.each([
  { what: 'a foreign address', uri: 'https://evil.example/', allowed: false },
  { what: 'an address of an application that took no part', uri: webCallback, allowed: false },
  { what: 'another case', uri: nativeLanding.toUpperCase(), allowed: false },
  { what: 'a slash more', uri: `${nativeLanding}/`, allowed: false },
  { what: 'a script', uri: 'javascript:alert(1)', allowed: false },
  { what: 'any port on loopback', uri: 'http://localhost:54321', allowed: true },
  { what: 'a registered address', uri: nativeLanding, allowed: true },
])('post_logout_redirect_uri, $what: followed = $allowed', async ({ uri, allowed }) => {
  await using visitor = await authority.visitor()
  await signIn(visitor, peggy)
  const cookie = visitor
    .cookieNames()
    .map((name) => `${name}=${visitor.cookie(name)}`)
    .join('; ')
  const answer = await authority.fetch(logout({ post_logout_redirect_uri: uri }), {
    redirect: 'manual',
    headers: { cookie },
  })
  expect(answer.headers.get('location')).toBe(allowed ? uri : null)
  if (allowed) return
  expect(await answer.text()).not.toContain(uri)
  const { reasons } = await authority.lastEvent(`/${tenantId}/oauth2/v2.0/logout`)
  expect(reasons.join()).toContain('is not registered for an application that took part')
})

test.each([
  { what: 'state twice', body: 'state=a&state=b', code: 9000411 },
  {
    what: 'post_logout_redirect_uri twice',
    body: 'post_logout_redirect_uri=a&post_logout_redirect_uri=b',
    code: 9000411,
  },
  { what: 'an endless hint', body: `logout_hint=${'x'.repeat(17_000)}`, code: 90015 },
])('$what is refused on the page with AADSTS$code', async ({ body, code }) => {
  const answer = await authority.fetch(logout({}), { method: 'POST', body: new URLSearchParams(body) })
  expect(await answer.text()).toContain(`"iErrorCode":${code}`)
})

test('a forged id_token_hint names nobody: the only account is signed out, and no client is allowed by it', async () => {
  await using visitor = await authority.visitor()
  await signIn(visitor, peggy)
  const [header = '', payload = ''] = (await webIdToken(visitor)).split('.')
  const forged = `${header}.${payload}.${Buffer.from('forged').toString('base64url')}`
  await visitor.open(logout({ id_token_hint: forged }))
  expect(await isSignedIn(visitor, peggy.upn)).toBe(false)
})

test('in Chromium: the picker is accessible, and check_session tells an application when its session is over', async () => {
  const internet = authority.stack.proxy('internet')
  await using browser = await openBrowser({ gateways: { internet, corp: internet } })
  const page = await browser.visitor('internet', { bypassCSP: true })
  const enter = async ({ upn, password }: typeof trent) => {
    await page.goto(signInUrl)
    await page.getByLabel('Email address').fill(upn)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'No' }).click()
    await page.waitForURL(/code=/)
    return new URL(page.url()).searchParams.get('session_state') ?? ''
  }
  await enter(trent)
  const session = await enter(peggy)
  // Of the same site: browsers keep cookies from frames of foreign ones.
  const application = 'https://app.microsoftonline.com/'
  await page.route(application, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${login}/common/oauth2/checksession"></iframe>` }),
  )
  const ask = async (message: string) => {
    await page.goto(application)
    return page.evaluate(`new Promise((resolve) => {
      addEventListener('message', ({ data }) => resolve(data))
      frames[0].postMessage(${JSON.stringify(message)}, ${JSON.stringify(login)})
    })`)
  }
  expect(await ask(`${cli} ${session}`)).toBe('unchanged')
  expect(await ask('one-word')).toBe('error')
  await page.goto(logout({}))
  expect(
    await problemsOf(page, [
      { colorScheme: 'light', size: { width: 1000, height: 800 } },
      { colorScheme: 'dark', size: { width: 360, height: 800 } },
    ]),
  ).toEqual([])
  await page.getByRole('button', { name: peggy.upn }).press('Enter')
  await page.getByRole('heading', { name: 'You signed out of your account' }).waitFor()
  expect(await ask(`${cli} ${session}`)).toBe('changed')
  await page.context().close()
})
