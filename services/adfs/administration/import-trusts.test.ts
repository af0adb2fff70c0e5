import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { testSigner } from '#shared/saml/_signers.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { alice, redirectUrl, responseIn, samlMessage } from '../saml/_service-provider.ts'

let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs()
})
beforeEach(() => stage.reset())
afterAll(() => stage[Symbol.asyncDispose]())

interface Imported {
  readonly name: string
  readonly outcome: string
  readonly objectIdentifier?: string
  readonly reason?: string
  readonly notTaken: readonly { readonly property: string; readonly reason: string }[]
}

async function imported(trusts: unknown, replace?: boolean): Promise<readonly Imported[]> {
  const json = { trusts, ...(replace !== undefined && { replace }) }
  const answer = await stage.manage('/relying-parties/import', { method: 'POST', json })
  expect(answer.status).toBe(200)
  return (answer.json as { trusts: Imported[] }).trusts
}

const read = async (id = '') => (await stage.manage(`/relying-parties/${id}`)).json as Record<string, unknown>
const rules =
  '@RuleName = "UPN"\r\nc:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]\r\n => issue(claim = c);\r\n'

/** As Windows PowerShell 5.1 writes it. */
async function desktop() {
  const { certificateDer } = await testSigner('CN=crm.contoso.com')
  const url = (address: string) => ({ AbsoluteUri: address, OriginalString: address, Scheme: 'https', Port: 443 })
  return {
    AllowedAuthenticationClassReferences: [],
    EncryptionCertificateRevocationCheck: 'CheckChainExcludeRoot',
    PublishedThroughProxy: false,
    SigningCertificateRevocationCheck: 'CheckChainExcludeRoot',
    WSFedEndpoint: url('https://crm.contoso.com/default.aspx'),
    AdditionalWSFedEndpoint: [],
    ClaimsProviderName: ['Active Directory'],
    ClaimsAccepted: [],
    EncryptClaims: true,
    Enabled: true,
    EncryptionCertificate: { RawData: [...certificateDer], Subject: 'CN=crm.contoso.com', Thumbprint: 'AA' },
    Identifier: ['https://crm.contoso.com/', 'urn:crm'],
    NotBeforeSkew: 5,
    EnableJWT: false,
    AlwaysRequireAuthentication: false,
    Notes: '',
    ObjectIdentifier: '5e0d3a0c-0000-4000-8000-0000000000aa',
    ProtocolProfile: 'WsFed-SAML',
    SamlEndpoints: [
      {
        Binding: 'POST',
        BindingUri: url('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'),
        Index: 0,
        IsDefault: true,
        Location: url('https://crm.contoso.com/acs'),
        Protocol: 'SAMLAssertionConsumer',
        ResponseLocation: null,
      },
    ],
    SamlResponseSignature: 'MessageAndAssertion',
    SignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    TokenLifetime: 480,
    Name: 'Contoso CRM',
    AutoUpdateEnabled: true,
    MonitoringEnabled: true,
    IssuanceAuthorizationRules: '',
    IssuanceTransformRules: rules,
    DelegationAuthorizationRules: '=> issue(Type = "x", Value = "y");',
    AccessControlPolicyName: 'Permit specific group',
    AccessControlPolicyParameters: { GroupParameter: ['CONTOSO\\Mobile Pilot'] },
    ResultantPolicy: { IsSimplePolicy: true },
  }
}

test('a trust of Windows PowerShell 5.1 is taken over, with a word on what was not', async () => {
  const [result] = await imported(await desktop())
  expect(result).toMatchObject({ name: 'Contoso CRM', outcome: 'created' })
  expect(result?.notTaken.map(({ property }) => property)).toEqual([
    'AutoUpdateEnabled',
    'MonitoringEnabled',
    'DelegationAuthorizationRules',
  ])
  expect(await read(result?.objectIdentifier)).toMatchObject({
    identifiers: ['https://crm.contoso.com/', 'urn:crm'],
    protocolProfile: 'WsFed-SAML',
    wsFedEndpoint: 'https://crm.contoso.com/default.aspx',
    samlEndpoints: [{ protocol: 'SAMLAssertionConsumer', binding: 'POST', uri: 'https://crm.contoso.com/acs' }],
    samlResponseSignature: 'MessageAndAssertion',
    tokenLifetimeMinutes: 480,
    notBeforeSkewMinutes: 5,
    encryptionCertificate: expect.stringMatching(/^MII/),
    accessControlPolicy: { name: 'Permit specific group', parameters: { groups: ['CONTOSO\\Mobile Pilot'] } },
    issuanceTransformRules: rules,
  })
})

test('a trust of PowerShell 7 signs in at once', async () => {
  const trust = {
    Name: 'Wiki',
    Identifier: 'urn:wiki',
    ProtocolProfile: 'SAML',
    SamlEndpoints: {
      Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
      Location: 'https://wiki.contoso.com/acs',
      Protocol: 'SAMLAssertionConsumer',
      IsDefault: true,
    },
    IssuanceTransformRules: rules,
    AccessControlPolicyName: 'Permit everyone',
  }
  const [result] = await imported(JSON.parse(JSON.stringify(trust)))
  expect(result).toMatchObject({ outcome: 'created', notTaken: [] })
  const request = samlMessage({ id: '_wiki', issueInstant: stage.clock.now(), issuer: 'urn:wiki' })
  const response = responseIn(await stage.browser().signIn(redirectUrl(request), ...alice))
  expect(response).toContain('Destination="https://wiki.contoso.com/acs"')
  expect(response).toContain('>alice@contoso.com</AttributeValue>')
})

test('enumerations of Windows PowerShell 5.1 are numbers', async () => {
  const trust = {
    Name: 'Numbers',
    Identifier: ['urn:numbers'],
    ProtocolProfile: 'SAML',
    SamlResponseSignature: 3,
    EncryptionCertificateRevocationCheck: 5,
    SamlEndpoints: [
      {
        Binding: 0,
        BindingUri: { OriginalString: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST' },
        Location: { OriginalString: 'https://numbers.contoso.com/acs' },
        Protocol: 'SAMLAssertionConsumer',
      },
    ],
  }
  expect(await imported(trust)).toMatchObject([{ outcome: 'created', notTaken: [] }])
  const { items } = (await stage.manage('/relying-parties')).json as { items: { name: string }[] }
  expect(items.find(({ name }) => name === 'Numbers')).toMatchObject({
    samlResponseSignature: 'MessageAndAssertion',
    samlEndpoints: [{ binding: 'POST', uri: 'https://numbers.contoso.com/acs' }],
  })
  const [unknown] = await imported({ ...trust, Name: 'Other', Identifier: ['urn:o'], SamlResponseSignature: 7 })
  expect(unknown).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('SamlResponseSignature') })
})

test('what this farm exports by PowerShell’s names comes back the same', async () => {
  const before = (await stage.manage('/relying-parties')).json as { items: { objectIdentifier: string }[] }
  const exported = await Promise.all(
    before.items.map(
      async ({ objectIdentifier }) => (await stage.manage(`/relying-parties/${objectIdentifier}/powershell`)).json,
    ),
  )
  const results = await imported(exported, true)
  expect(results.map(({ outcome, reason }) => reason ?? outcome)).toEqual(before.items.map(() => 'changed'))
  expect(results.flatMap(({ notTaken }) => notTaken)).toEqual([])
  expect((await stage.manage('/relying-parties')).json).toEqual(before)
})

test('each is refused for itself, with the reason', async () => {
  const good = { Name: 'Good', Identifier: ['urn:good'], WSFedEndpoint: 'https://good.contoso.com/' }
  const results = await imported([
    { ...good, Identifier: ['https://mail.contoso.com/owa/'], Name: 'Twice' },
    { ...good, Name: 'Rules', IssuanceTransformRules: 'c:[Type = "x"] => issue(claim = c);' },
    { ...good, Name: 'Policy', AccessControlPolicyName: 'Permit the board' },
    { Name: 'Nothing' },
    { ...good, Name: 'Shallow', EncryptionCertificate: '[Subject]\r\n  CN=x' },
    {
      ...good,
      SignatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#dsa-sha1',
      Name: 'Algorithm',
      Identifier: ['urn:b'],
    },
    good,
  ])
  expect(results.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['Twice', 'refused'],
    ['Rules', 'refused'],
    ['Policy', 'refused'],
    ['Nothing', 'refused'],
    ['Shallow', 'refused'],
    ['Algorithm', 'refused'],
    ['Good', 'created'],
  ])
  const reasons = results.map(({ reason = '' }) => reason)
  expect(reasons[0]).toContain('is there already')
  expect(reasons[1]).toContain('line 1, column 9')
  expect(reasons[2]).toContain('Permit the board')
  expect(reasons[3]).toContain('identifiers')
  expect(reasons[4]).toContain('EncryptionCertificate: a certificate cannot be read: use ConvertTo-Json -Depth 5')
})

test.each([{ trusts: [] }, { trusts: 'x' }, { trusts: { Name: 'a' }, more: 1 }])('%o is no import', async (json) => {
  expect((await stage.manage('/relying-parties/import', { method: 'POST', json })).status).toBe(400)
})

const metadata = (conditions: string, more = '') => `
<PolicyMetadata xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2012/04/ADFS">
  <RequireFreshAuthentication>false</RequireFreshAuthentication>
  <IssuanceAuthorizationRules><Rule><Conditions>${conditions}</Conditions></Rule>${more}</IssuanceAuthorizationRules>
</PolicyMetadata>`
const always = '<Condition i:type="AlwaysCondition"><Operator>IsPresent</Operator><Values /></Condition>'
const mfa =
  '<Condition i:type="MultiFactorAuthenticationCondition"><Operator>IsPresent</Operator><Values /></Condition>'
const claim = (
  ...values: readonly string[]
) => `<Condition i:type="SpecificClaimCondition"><ClaimType>urn:level</ClaimType>
  <Operator>Equals</Operator><Values>${values.map((each) => `<Value>${each}</Value>`).join('')}</Values></Condition>`

test('access control policies of Get-AdfsAccessControlPolicy come in before the trusts that name them', async () => {
  const trust = { ...(await desktop()), AccessControlPolicyName: 'Levels' }
  const policy = { Name: 'Levels', Description: 'By level', IsBuiltIn: false, RpUsageCount: 1 }
  const [own, builtIn, relyingParty] = await imported([
    trust,
    {
      ...policy,
      PolicyMetadata: metadata(`${claim('1', '2.5')}${mfa}`, `<Rule><Conditions>${always}</Conditions></Rule>`),
    },
    { Name: 'Permit everyone', IsBuiltIn: true, PolicyMetadata: metadata(always) },
  ])
  expect([own?.outcome, builtIn?.outcome, relyingParty?.outcome]).toEqual(['created', 'present', 'created'])
  expect((await stage.manage('/access-control-policies/Levels')).json).toEqual({
    name: 'Levels',
    description: 'By level',
    rules: [
      {
        conditions: [{ kind: 'claim', type: 'urn:level', operator: 'RegExMatch', value: String.raw`^(?:1|2\.5)$` }],
        exceptions: [],
        requireMfa: true,
      },
      { conditions: [{ kind: 'everyone' }], exceptions: [], requireMfa: false },
    ],
  })
})

test.each([
  { PolicyMetadata: { IssuanceAuthorizationRules: [{}] }, reason: /use Format-List/ },
  { PolicyMetadata: metadata('<Condition i:type="MoonCondition" />'), reason: /kind MoonCondition/ },
  { PolicyMetadata: '<PolicyMetadata', reason: /PolicyMetadata/ },
])('a policy that cannot be read as it was is refused: $reason', async ({ reason, ...policy }) => {
  expect(await imported([{ Name: 'Mine', ...policy }])).toMatchObject([
    { outcome: 'refused', reason: expect.stringMatching(reason) },
  ])
})

test('claims provider trusts of Get-AdfsClaimsProviderTrust come in, Active Directory excepted', async () => {
  const { certificateDer } = await testSigner('CN=partner')
  const provider = {
    AcceptanceTransformRules: rules,
    AllowCreate: true,
    Enabled: true,
    EncryptClaims: false,
    Identifier: 'http://sts.partner.example/adfs/services/trust',
    LastMonitoredTime: '1900-01-01T00:00:00',
    Name: 'Partner',
    OrganizationalAccountSuffix: ['partner.example'],
    ProtocolProfile: 'SAML',
    SamlEndpoints: [
      { Binding: 'POST', Protocol: 'SAMLSingleSignOn', Location: 'https://sts.partner.example/post' },
      { Binding: 'Redirect', Protocol: 'SAMLSingleSignOn', Location: 'https://sts.partner.example/adfs/ls/' },
    ],
    TokenSigningCertificates: [{ RawData: [...certificateDer] }],
  }
  const activeDirectory = { Name: 'Active Directory', Identifier: 'AD AUTHORITY', AcceptanceTransformRules: rules }
  const [created, refused] = await imported([provider, activeDirectory])
  expect(created).toMatchObject({ outcome: 'created', notTaken: [] })
  expect(refused).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('here already') })
  expect((await stage.manage(`/claims-providers/${created?.objectIdentifier}`)).json).toMatchObject({
    name: 'Partner',
    protocolProfile: 'SAML',
    samlSignOnEndpoint: 'https://sts.partner.example/adfs/ls/',
    organizationalAccountSuffixes: ['partner.example'],
    signingCertificates: [certificateDer.toString('base64')],
  })
  expect(await imported([{ ...provider, Enabled: false }], true)).toMatchObject([{ outcome: 'changed' }])
})
