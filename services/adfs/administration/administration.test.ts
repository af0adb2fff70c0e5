import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { serviceProviderMetadata } from './_metadata.ts'

const wsfed = 'e0000000-0000-4000-8000-000000000005'
let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs()
})

afterAll(() => stage[Symbol.asyncDispose]())
beforeEach(() => stage.reset())

const call = (path: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE' = 'GET', json?: unknown) =>
  stage.manage(path, { method, ...(json !== undefined && { json }) })

async function namesOf(path: string): Promise<readonly string[]> {
  const { items } = (await call(path)).json as { items: { name: string }[] }
  return items.map(({ name }) => name)
}

describe('relying party trusts', () => {
  test('are listed, changed and deleted, and count at once', async () => {
    expect(await namesOf('/relying-parties')).toContain('Outlook on the web')
    const open = () => stage.browser().open('/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed')
    expect((await open()).html).toContain('userNameInput')
    expect((await call(`/relying-parties/${wsfed}`, 'PATCH', { enabled: false })).json).toMatchObject({
      enabled: false,
    })
    expect((await open()).html).toContain('MSIS3055')
    expect((await call(`/relying-parties/${wsfed}`, 'DELETE')).status).toBe(200)
    expect((await open()).html).toContain('MSIS7007')
    await stage.reset()
    expect((await open()).html).toContain('userNameInput')
  })

  test('are exported as JSON, by PowerShell’s names, and imported again', async () => {
    const exported = (await call(`/relying-parties/${wsfed}`)).json
    expect((await call(`/relying-parties/${wsfed}/powershell`)).json).toMatchObject({
      Name: 'Sample WS-Federation App',
      Identifier: ['urn:sample:wsfed'],
      AccessControlPolicyName: 'Permit everyone',
      TokenLifetime: 60,
    })
    await call(`/relying-parties/${wsfed}`, 'DELETE')
    expect((await call('/relying-parties', 'POST', exported)).status).toBe(201)
    expect((await call(`/relying-parties/${wsfed}`)).json).toEqual(exported)
  })

  test('are made of a service provider’s metadata, and then sign in', async () => {
    const metadata = serviceProviderMetadata('urn:meta:app', 'https://app.example.com/acs')
    const created = await call('/relying-parties', 'POST', { name: 'From metadata', metadata })
    expect(created.json).toMatchObject({
      identifiers: ['urn:meta:app'],
      protocolProfile: 'SAML',
      samlEndpoints: [
        { protocol: 'SAMLAssertionConsumer', binding: 'POST', uri: 'https://app.example.com/acs', isDefault: true },
        { protocol: 'SAMLLogout', binding: 'Redirect', uri: 'https://app.example.com/acs/logout' },
      ],
    })
    const { html } = await stage.browser().open('/adfs/ls/idpinitiatedsignon')
    expect(html).toContain('<option value="urn:meta:app">From metadata</option>')
  })

  test('our own metadata makes a claims provider trust', async () => {
    const { html: metadata } = await stage.browser().open('/FederationMetadata/2007-06/FederationMetadata.xml')
    const created = await call('/claims-providers', 'POST', {
      name: 'Partner',
      metadata,
      identifier: 'http://partner/trust',
    })
    expect(created.json).toMatchObject({
      identifier: 'http://partner/trust',
      wsFedEndpoint: 'https://adfs.contoso.com/adfs/ls/',
      samlLogoutEndpoint: 'https://adfs.contoso.com/adfs/ls/',
      signingCertificates: [expect.stringMatching(/^MII/)],
    })
    const nowhere = { name: 'Nowhere', identifier: 'urn:nowhere', protocolProfile: 'SAML' }
    const refused = await call('/claims-providers', 'POST', nowhere)
    expect(refused.status).toBe(400)
    expect(JSON.stringify(refused.json)).toContain('needs samlSignOnEndpoint')
  })

  test.each([
    {
      name: 'a rule with a mistake',
      body: { issuanceTransformRules: 'c:[Type = "x"] => issue(claim = c);' },
      status: 400,
      why: /line 1, column 9/,
    },
    {
      name: 'a certificate that is none',
      body: { encryptionCertificate: 'AAAA' },
      status: 400,
      why: /a certificate cannot be read/,
    },
    {
      name: 'an identifier twice',
      body: { identifiers: ['https://mail.contoso.com/owa/'] },
      status: 409,
      why: /identifier .* is there already/,
    },
    {
      name: 'a policy that does not exist',
      body: { accessControlPolicy: { name: 'Permit nobody' } },
      status: 409,
      why: /refers to .*Permit nobody/,
    },
    { name: 'a field that does not exist', body: { colour: 'red' }, status: 400, why: /colour/ },
  ])('$name is refused, and nothing changes', async ({ body, status, why }) => {
    const before = (await call(`/relying-parties/${wsfed}`)).json
    const answer = await call(`/relying-parties/${wsfed}`, 'PATCH', body)
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.json)).toMatch(why)
    expect((await call(`/relying-parties/${wsfed}`)).json).toEqual(before)
  })

  test.each([
    { metadataUrl: 'https://evil.example/metadata', why: /evil.example/ },
    { metadata: '<!DOCTYPE x SYSTEM "https://evil.example/x"><x/>', why: /cannot be read/ },
    { metadata: '<x/>', why: /no EntityDescriptor/ },
  ])('metadata that cannot be had or read is refused: $why', async ({ why, ...body }) => {
    const answer = await call('/relying-parties', 'POST', { name: 'Bad', ...body })
    expect([answer.status, JSON.stringify(answer.json)]).toEqual([400, expect.stringMatching(why)])
  })
})

test('access control policies of one’s own decide, once a trust names them', async () => {
  const policy = { name: 'Finance only', rules: [{ conditions: [{ kind: 'groups', groups: ['Finance'] }] }] }
  expect((await call('/access-control-policies', 'POST', policy)).status).toBe(201)
  await call(`/relying-parties/${wsfed}`, 'PATCH', { accessControlPolicy: { name: 'Finance only' } })
  const signIn = (user: string, password: string) =>
    stage.browser().signIn('/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed', user, password)
  expect((await signIn('alice@contoso.com', 'Alice-Pass1')).html).toContain('MSIS5007')
  expect((await signIn('bob@contoso.com', 'Bob-Pass2')).html).toContain('hiddenform')
  expect((await call('/access-control-policies/Finance only', 'DELETE')).status).toBe(409)
})

test('authorization rules stand in the place of the policy; the journal says which claim decided', async () => {
  const sid = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid'
  const issuanceAuthorizationRules = `NOT EXISTS([Type == "${sid}", Value == "S-1-0-0"]) => issue(Type = "http://schemas.microsoft.com/authorization/claims/deny", Value = "true");`
  await call(`/relying-parties/${wsfed}`, 'PATCH', { issuanceAuthorizationRules })
  const page = await stage
    .browser()
    .signIn('/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed', 'alice@contoso.com', 'Alice-Pass1')
  expect(page.html).toContain('MSIS5007')
  expect((await stage.journal()).at(-1)?.reasons.join()).toContain('a deny claim')
})

test('global additional authentication rules and acceptance rules count at once', async () => {
  const url = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed'
  const method = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod'
  const additionalAuthenticationRules = `=> issue(Type = "${method}", Value = "http://schemas.microsoft.com/claims/multipleauthn");`
  await call('/rules', 'PATCH', { additionalAuthenticationRules })
  expect((await stage.browser().signIn(url, 'alice@contoso.com', 'Alice-Pass1')).html).toContain('id="authMethod"')
  const acceptance = 'c:[Type =~ "(upn|windowsaccountname)$"] => issue(claim = c);'
  await call('/rules', 'PATCH', {
    additionalAuthenticationRules: '',
    activeDirectoryAcceptanceTransformRules: acceptance,
  })
  expect((await stage.browser().signIn(url, 'alice@contoso.com', 'Alice-Pass1')).html).toContain('hiddenform')
  expect((await call('/rules', 'PATCH', { additionalAuthenticationRules: '=> nonsense' })).status).toBe(400)
})

describe('trying out', () => {
  test('rules, rule by rule', async () => {
    const rules =
      '@RuleName = "Mark"\nc:[Type == "a"] => add(Type = "m", Value = c.Value);\n@RuleName = "Show"\nc:[Type == "m"] => issue(Type = "out", Value = c.Value + "!");'
    const answer = await call('/try/rules', 'POST', {
      rules,
      claims: [
        { type: 'a', value: '1' },
        { type: 'a', value: '2' },
      ],
    })
    expect(answer.json).toMatchObject({
      steps: [
        {
          rule: 'Mark',
          target: 'add',
          matches: 2,
          made: [
            { type: 'm', value: '1' },
            { type: 'm', value: '2' },
          ],
        },
        { rule: 'Show', target: 'issue', matches: 2 },
      ],
      issued: [
        { type: 'out', value: '1!' },
        { type: 'out', value: '2!' },
      ],
    })
    const wrong = await call('/try/rules', 'POST', { rules: 'c:[Type == "a"]\n=> issue(claim = d);' })
    expect(wrong.json).toMatchObject({ error: { line: 2, column: 18 } })
  })

  test.each([
    { network: 'intranet', outcome: 'permit' },
    { network: 'extranet', outcome: 'permitWithMfa' },
  ])('a policy from the $network: $outcome', async ({ network, outcome }) => {
    const asked = { relyingParty: 'e0000000-0000-4000-8000-000000000002', user: 'alice@contoso.com', network }
    expect((await call('/try/policy', 'POST', asked)).json).toMatchObject({ outcome, rule: expect.any(Number) })
  })
})
