import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { managementHeader } from '#shared/stack/management.ts'
import type { HttpVisitor } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, peggy, type TestAuthority } from '../_authority.ts'
import { TestProvider } from '../federation/_provider.ts'

const alice = { upn: 'alice@contoso.com', password: 'Alice-Pass1' }
let authority: TestAuthority

beforeAll(async () => {
  const only = ['directory', 'entra', 'wap', 'gateway-internet']
  authority = await openAuthority({ only, services: { wap: new TestProvider().build } })
})

afterAll(() => authority[Symbol.asyncDispose]())

async function manage(deployment: string, method: string, path: string, body?: unknown) {
  const found = authority.stack.deployments.find(({ plan }) => plan.name === deployment)
  const answer = await fetch(`http://${found?.management.host}:${found?.management.port}${path}`, {
    method,
    headers: { [managementHeader]: '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
}

/** For the test that comes next; the directory brings its people to an Entra ID that has none. */
async function restore() {
  for (const deployment of ['entra', 'directory']) await manage(deployment, 'POST', '/reset', {})
}

const convert = (name: string, body: unknown) => manage('entra', 'PATCH', `/domains/${name}`, body)

async function realmOf(upn: string) {
  const [forClients, credential] = await Promise.all([
    authority.fetch(`https://login.microsoftonline.com/common/userrealm/${upn}?api-version=1.0`),
    authority.fetch('https://login.microsoftonline.com/common/GetCredentialType', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: upn }),
    }),
  ])
  const { account_type: type } = (await forClients.json()) as { account_type: string }
  const { Credentials } = (await credential.json()) as { Credentials: { PrefCredential: number } }
  return { type, preferred: Credentials.PrefCredential }
}

async function passwordPage(visitor: HttpVisitor, { upn, password }: typeof alice) {
  const page = await visitor.open(owaRequest({ login_hint: upn }))
  expect(new URL(page.url).hostname).toBe('login.microsoftonline.com')
  return pageConfig(await visitor.submit(page, { passwd: password }))
}

test('contoso.com becomes managed: the realm says so at once, the next cycle brings the hashes', async () => {
  onTestFinished(restore)
  expect(await realmOf(alice.upn)).toEqual({ type: 'Federated', preferred: 4 })
  expect((await convert('contoso.com', { authentication: 'passwordHashSync' })).json).toMatchObject({
    federation: null,
  })
  expect(await realmOf(alice.upn)).toEqual({ type: 'Managed', preferred: 1 })
  const visitor = await authority.visitor()
  expect(await passwordPage(visitor, alice), 'no hash yet').toMatchObject({ sErrorCode: '50056' })
  const { json } = await manage('directory', 'POST', '/synchronize', {})
  expect(json).toMatchObject({ result: 'success' })
  expect((await passwordPage(await authority.visitor(), alice)).pgid).toBe('ConvergedTFA')
})

test('contoso.com becomes pass-through: the agent checks the password, and Entra ID the hash no longer', async () => {
  onTestFinished(restore)
  await convert('contoso.com', { authentication: 'passThrough' })
  await manage('directory', 'PATCH', `/users/${alice.upn}`, { password: 'Alice-Pass2' })
  expect((await passwordPage(await authority.visitor(), alice)).sErrorCode).toBe('50126')
  const fresh = { ...alice, password: 'Alice-Pass2' }
  expect((await passwordPage(await authority.visitor(), fresh)).pgid).toBe('ConvergedTFA')
})

test('fabrikam.com becomes federated, by either protocol, with settings of its own', async () => {
  onTestFinished(restore)
  const { json } = await convert('fabrikam.com', { authentication: 'federated' })
  expect(json).toMatchObject({
    authentication: 'federated',
    federation: { issuerUri: 'http://fabrikam.com/adfs/services/trust/', preferredAuthenticationProtocol: 'wsFed' },
  })
  expect(await realmOf(peggy.upn)).toEqual({ type: 'Federated', preferred: 4 })
  await convert('fabrikam.com', { federation: { promptLoginBehavior: 'nativeSupport' } })
  const visitor = await authority.visitor()
  const { url } = await visitor.open(owaRequest({ login_hint: peggy.upn, prompt: 'login' }))
  expect(new URL(url).hostname).toBe('adfs.contoso.com')
  expect(new URL(url).searchParams.get('prompt')).toBe('login')
  await convert('fabrikam.com', { federation: { preferredAuthenticationProtocol: 'saml' } })
  const page = await visitor.open(owaRequest({ domain_hint: 'fabrikam.com' }))
  expect(page.html).toContain('name="SAMLRequest"')
})

test.each([
  { name: 'nobody.example', body: { authentication: 'passThrough' }, status: 404 },
  { name: 'contoso.onmicrosoft.com', body: { authentication: 'federated' }, status: 400 },
  { name: 'wingtiptoys.com', body: { authentication: 'kerberos' }, status: 400 },
  { name: 'wingtiptoys.com', body: { federation: { displayName: 'x' } }, status: 400 },
  {
    name: 'wingtiptoys.com',
    body: { authentication: 'federated', federation: { issuerUri: 'http://contoso.com/adfs/services/trust/' } },
    status: 400,
  },
  { name: 'fabrikam.com', body: { federation: { passiveSignInUri: 'no url' } }, status: 400 },
  { name: 'fabrikam.com', body: { federation: { unknown: 1 } }, status: 400 },
])('PATCH /domains/$name $body: $status, and nothing changes', async ({ name, body, status }) => {
  const before = await manage('entra', 'GET', '/domains')
  expect((await convert(name, body)).status).toBe(status)
  expect(await manage('entra', 'GET', '/domains')).toEqual(before)
})

test('a reset brings the models of the scenario back', async () => {
  await convert('contoso.com', { authentication: 'passThrough' })
  await convert('fabrikam.com', { authentication: 'federated' })
  expect((await realmOf(alice.upn)).type).toBe('Managed')
  await restore()
  expect(await realmOf(alice.upn)).toEqual({ type: 'Federated', preferred: 4 })
  expect(await realmOf(peggy.upn)).toEqual({ type: 'Managed', preferred: 1 })
})
