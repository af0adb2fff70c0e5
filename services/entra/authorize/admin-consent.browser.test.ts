import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBrowser } from '#test/actors/browser.ts'
import type { HttpVisitor, Visit } from '#test/actors/http-visitor.ts'
import { problemsOf } from '#test/actors/look.ts'
import { openAuthority, pageConfig, pageId, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, graphClient } from '../graph/_graph.ts'
import { apps, authorizeUrl, login, tenantId, tokenRequests } from '../token/_token-requests.ts'

const breakGlass = { upn: 'breakglass@contoso.onmicrosoft.com', password: 'Break-Glass-16' }
const callback = 'http://localhost:3000/auth/callback'
let authority: TestAuthority
let visitor: HttpVisitor

beforeEach(async () => {
  authority = await openAuthority()
  visitor = await authority.visitor()
})

afterEach(async () => {
  await visitor[Symbol.asyncDispose]()
  await authority[Symbol.asyncDispose]()
})

async function signIn(url: string, { upn, password } = breakGlass): Promise<Visit> {
  const page = await visitor.submit(await visitor.open(url), { loginfmt: upn, passwd: password })
  return pageId(page) === 'KmsiInterrupt' ? visitor.submit(page, { LoginOptions: '3' }) : page
}

const consentUrl = (parameters: Record<string, string>, version: '' | 'v2.0/' = 'v2.0/') =>
  `${login}/${tenantId}/${version}adminconsent?${new URLSearchParams({ client_id: apps.web, state: 's&t', ...parameters })}`

/** Answers a consent page, and gives back where that leads. */
async function answerConsent(page: Visit, fields: Record<string, string>): Promise<URL> {
  const { sCtx, sFT, canary, urlPost } = pageConfig(page) as Record<string, string>
  const cookie = visitor
    .cookieNames()
    .map((name) => `${name}=${visitor.cookie(name)}`)
    .join('; ')
  const body = new URLSearchParams({ ctx: sCtx ?? '', flowToken: sFT ?? '', canary: canary ?? '', ...fields })
  const answer = await authority.fetch(`${login}${urlPost}`, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { cookie },
  })
  return new URL(answer.headers.get('location') ?? '')
}

const webTokens = (scope: string) =>
  tokenRequests(authority).token({
    grant_type: 'password',
    client_id: apps.web,
    client_secret: apps.webSecret,
    username: peggy.upn,
    password: peggy.password,
    scope,
  })

test('v2: what the scope names is granted for everybody, and the answer says so', async () => {
  const scope = `api://${apps.tasks}/Tasks.ReadWrite.All`
  expect((await webTokens(scope)).body).toMatchObject({ error_codes: [65001] })
  const page = await signIn(consentUrl({ scope, redirect_uri: callback }))
  expect(page.html).toContain('Permissions requested for your organization')
  expect(page.html).toContain('Tasks.ReadWrite.All (Sample Tasks API)')
  const landed = await answerConsent(page, { acceptConsent: 'true' })
  expect(`${landed.origin}${landed.pathname}`).toBe(callback)
  expect(Object.fromEntries(landed.searchParams)).toEqual({
    admin_consent: 'True',
    tenant: tenantId,
    scope,
    state: 's&t',
  })
  const { body } = await webTokens(scope)
  expect(decodeJwt(body.access_token ?? '')).toMatchObject({ scp: 'Tasks.ReadWrite.All', aud: apps.tasks })
})

test('v1: all that the registration lists, app roles included', async () => {
  const graph = graphClient(authority, await appToken(authority))
  const [{ id }] = (await graph('GET', `/v1.0/applications?$filter=appId eq '${apps.web}'`)).body.value
  const readAllUsers = { id: 'df021288-bdef-4463-88db-98f22de89214', type: 'Role' }
  const requiredResourceAccess = [
    {
      resourceAppId: '00000003-0000-0000-c000-000000000000',
      resourceAccess: [readAllUsers, { id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }],
    },
  ]
  expect((await graph('PATCH', `/v1.0/applications/${id}`, { requiredResourceAccess })).status).toBe(204)
  const page = await signIn(consentUrl({ redirect_uri: callback }, ''))
  expect(page.html).toContain('User.Read.All, without a signed-in person (Microsoft Graph)')
  const landed = await answerConsent(page, { acceptConsent: 'true' })
  expect(Object.fromEntries(landed.searchParams)).toEqual({ admin_consent: 'True', tenant: tenantId, state: 's&t' })
  const own = await appToken(authority, { id: apps.web, secret: apps.webSecret })
  expect(decodeJwt(own).roles).toEqual(['User.Read.All'])
  expect((await webTokens('User.Read')).status).toBe(200)
})

test('Cancel: access_denied with error_subcode, and nothing is granted', async () => {
  const page = await signIn(consentUrl({ redirect_uri: callback, scope: 'User.Read' }))
  const landed = await answerConsent(page, { acceptConsent: 'false' })
  expect(Object.fromEntries(landed.searchParams)).toMatchObject({
    error: 'access_denied',
    error_subcode: 'cancel',
    state: 's&t',
  })
  expect((await webTokens('User.Read')).body).toMatchObject({ error_codes: [65001] })
})

test('whoever is no administrator cannot consent for everybody (AADSTS90094)', async () => {
  const page = await signIn(consentUrl({ redirect_uri: callback, scope: 'User.Read' }), peggy)
  expect([pageId(page), pageConfig(page).iErrorCode]).toEqual(['ConvergedError', 90094])
  expect(page.html).toContain('Need admin approval')
  expect((await authority.lastEvent('/common/login')).reasons).toEqual([
    `${peggy.upn} has no role that may consent for everybody`,
  ])
})

test.each<{ what: string; change: Record<string, string>; code: number }>([
  { what: 'no client', change: { client_id: '' }, code: 900144 },
  { what: 'an unknown client', change: { client_id: 'nobody' }, code: 700016 },
  { what: 'a foreign redirect URI', change: { redirect_uri: 'https://evil.example/' }, code: 50011 },
])('$what is shown and not redirected (AADSTS$code)', async ({ change, code }) => {
  const page = await visitor.open(consentUrl({ redirect_uri: callback, ...change }))
  expect(pageConfig(page)).toMatchObject({ pgid: 'ConvergedError', iErrorCode: code })
})

test('a scope that does not exist is told to the client', async () => {
  const url = consentUrl({ redirect_uri: callback, scope: `api://${apps.tasks}/Nothing` })
  const answer = await authority.fetch(url, { redirect: 'manual' })
  const { searchParams } = new URL(answer.headers.get('location') ?? '')
  expect(searchParams.get('error_uri')).toBe(`${login}/error?code=650053`)
})

test('a permission for administrators: people are sent to one (90094), an administrator may grant it to everybody', async () => {
  const scope = `openid api://${apps.tasks}/Tasks.ReadWrite.All`
  const url = authorizeUrl({ client_id: apps.web, redirect_uri: callback, scope })
  const refused = await signIn(url, peggy)
  expect([pageId(refused), pageConfig(refused).iErrorCode]).toEqual(['ConvergedError', 90094])
  visitor.forgetCookies()
  const page = await signIn(url)
  expect(page.html).toContain('Consent on behalf of your organization')
  expect(
    (await answerConsent(page, { acceptConsent: 'true', consentForOrganization: 'true' })).searchParams.get('code'),
  ).toBeTruthy()
  expect((await webTokens(scope)).status).toBe(200)
})

test("an administrator's consent for herself is nobody else's; a forged choice of others grants nothing more", async () => {
  const url = authorizeUrl({ client_id: apps.web, redirect_uri: callback, scope: 'User.Read' })
  await answerConsent(await signIn(url), { acceptConsent: 'true' })
  expect((await webTokens('User.Read')).body).toMatchObject({ error_codes: [65001] })
  visitor.forgetCookies()
  await answerConsent(await signIn(url, peggy), { acceptConsent: 'true', consentForOrganization: 'true' })
  const graph = graphClient(authority, await appToken(authority))
  const grants = (await graph('GET', '/v1.0/oauth2PermissionGrants')).body.value as { consentType: string }[]
  expect(grants.map(({ consentType }) => consentType)).not.toContain('AllPrincipals')
})

test('an API vouches for a client: nobody is asked, not even for what administrators grant', async () => {
  const graph = graphClient(authority, await appToken(authority))
  const [api] = (await graph('GET', `/v1.0/applications?$filter=appId eq '${apps.tasks}'`)).body.value
  const { id } = api.api.oauth2PermissionScopes.find(({ value }: { value: string }) => value === 'Tasks.ReadWrite.All')
  const preAuthorizedApplications = [{ appId: apps.web, delegatedPermissionIds: [id] }]
  expect((await graph('PATCH', `/v1.0/applications/${api.id}`, { api: { preAuthorizedApplications } })).status).toBe(
    204,
  )
  const { body } = await webTokens(`api://${apps.tasks}/Tasks.ReadWrite.All`)
  expect(decodeJwt(body.access_token ?? '')).toMatchObject({ scp: 'Tasks.ReadWrite.All' })
  expect((await webTokens(`api://${apps.tasks}/Tasks.Read`)).body).toMatchObject({ error_codes: [65001] })
})

test('the pages are accessible', async () => {
  const internet = authority.stack.proxy('internet')
  await using browser = await openBrowser({ gateways: { internet, corp: internet } })
  const page = await browser.visitor('internet', { bypassCSP: true })
  for (const url of [
    consentUrl({ redirect_uri: callback }),
    authorizeUrl({ client_id: apps.web, redirect_uri: callback, scope: 'User.Read' }),
  ]) {
    await page.goto(url)
    if (await page.getByLabel('Email address').isVisible()) {
      await page.getByLabel('Email address').fill(breakGlass.upn)
      await page.keyboard.press('Enter')
      await page.getByLabel('Password').fill(breakGlass.password)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'No' }).press('Enter')
    }
    await page.getByRole('button', { name: 'Accept' }).waitFor()
    expect(
      await problemsOf(page, [
        { colorScheme: 'light', size: { width: 1000, height: 800 } },
        { colorScheme: 'dark', size: { width: 360, height: 800 } },
      ]),
    ).toEqual([])
  }
})
