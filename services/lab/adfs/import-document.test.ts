import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { readClixml } from './clixml.ts'
import { readFormatList } from './format-list.ts'

let stack: Stack

beforeAll(async () => {
  stack = await startStack()
})
beforeEach(() => stack.reset())
afterAll(() => stack[Symbol.asyncDispose]())

const rules =
  '@RuleName = "UPN"\r\nc:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]\r\n => issue(claim = c);'

/** As `Get-AdfsRelyingPartyTrust | Export-Clixml -Depth 5` writes it. */
const clixml = `<?xml version="1.0" encoding="utf-16"?>
<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="0">
    <TN RefId="0">
      <T>Microsoft.IdentityServer.Management.Resources.RelyingPartyTrust</T>
      <T>System.Object</T>
    </TN>
    <ToString>Microsoft.IdentityServer.Management.Resources.RelyingPartyTrust</ToString>
    <Props>
      <Obj N="Identifier" RefId="1"><TN RefId="1"><T>System.String[]</T></TN><LST><S>urn:wiki</S></LST></Obj>
      <S N="Name">Wiki</S>
      <B N="Enabled">true</B>
      <Nil N="WSFedEndpoint" />
      <S N="ProtocolProfile">SAML</S>
      <I32 N="TokenLifetime">480</I32>
      <Obj N="SamlResponseSignature" RefId="2"><TN RefId="2"><T>SamlResponseSignatureType</T></TN><ToString>MessageAndAssertion</ToString><I32>3</I32></Obj>
      <Obj N="SamlEndpoints" RefId="3"><TNRef RefId="1" /><LST>
        <Obj RefId="4"><ToString>SamlEndpoint</ToString><Props>
          <S N="Binding">POST</S><URI N="Location">https://wiki.contoso.com/acs</URI>
          <S N="Protocol">SAMLAssertionConsumer</S><I32 N="Index">0</I32><B N="IsDefault">true</B>
        </Props></Obj>
      </LST></Obj>
      <S N="IssuanceTransformRules">${rules.replaceAll('\r\n', '_x000D__x000A_').replaceAll('>', '&gt;')}</S>
      <S N="AccessControlPolicyName">Permit specific group</S>
      <Obj N="AccessControlPolicyParameters" RefId="5"><TN RefId="5"><T>System.Collections.Hashtable</T></TN><DCT>
        <En><S N="Key">GroupParameter</S><Obj N="Value" RefId="6"><TNRef RefId="1" /><LST><S>CONTOSO\\Mobile Pilot</S></LST></Obj></En>
      </DCT></Obj>
    </Props>
  </Obj>
</Objs>`

const listed = `
AllowedAuthenticationClassReferences : {}
Identifier                           : {https://crm.contoso.com/, urn:crm}
Name                                 : Contoso CRM
Enabled                              : True
WSFedEndpoint                        : https://crm.contoso.com/default.aspx
ProtocolProfile                      : WsFederation
TokenLifetime                        : 60
SamlEndpoints                        : {}
IssuanceTransformRules               : @RuleName = "UPN"
                                       c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]
                                        => issue(claim = c);
AccessControlPolicyName              : Permit everyone
ResultantPolicy                      : RequireFreshAuthentication:False
                                       IssuanceAuthorizationRules: ...

AllowedAuthenticationClassReferences : {}
Identifier                           : {urn:a, urn:b, urn:c, urn:d...}
Name                                 : Cut short
SamlEndpoints                        : {Microsoft.IdentityServer.Management.Resources.SamlEndpoint}
`

/** As somebody sends the form of the page, with a file. */
async function importFile(content: Buffer | string): Promise<string> {
  const base = stack.proxy('internet')
  const form = new FormData()
  for (const name of ['name', 'metadataUrl', 'document']) form.set(name, '')
  form.set('file', new Blob([content]), 'export')
  const answer = await fetch(`${base}/federation/import`, { method: 'POST', body: form, headers: { origin: base } })
  return answer.text()
}

async function trustCalled(name: string): Promise<Record<string, unknown> | undefined> {
  const answer = await fetch(`${stack.proxy('internet')}/api/adfs/relying-parties`)
  const { items } = (await answer.json()) as { items: readonly Record<string, unknown>[] }
  return items.find((each) => each.name === name)
}

test('a trust of Export-Clixml comes in, in the encoding of Windows PowerShell', async () => {
  const page = await importFile(Buffer.from(`\uFEFF${clixml}`, 'utf16le'))
  expect(page).toContain('What was imported')
  expect(await trustCalled('Wiki')).toMatchObject({
    identifiers: ['urn:wiki'],
    samlResponseSignature: 'MessageAndAssertion',
    tokenLifetimeMinutes: 480,
    samlEndpoints: [{ protocol: 'SAMLAssertionConsumer', binding: 'POST', uri: 'https://wiki.contoso.com/acs' }],
    accessControlPolicy: { name: 'Permit specific group', parameters: { groups: ['CONTOSO\\Mobile Pilot'] } },
    issuanceTransformRules: rules,
  })
})

test('of what Format-List shows, whole trusts come in, and the others are refused line by line', async () => {
  const page = await importFile(listed)
  expect(await trustCalled('Contoso CRM')).toMatchObject({
    identifiers: ['https://crm.contoso.com/', 'urn:crm'],
    wsFedEndpoint: 'https://crm.contoso.com/default.aspx',
    tokenLifetimeMinutes: 60,
    issuanceTransformRules: expect.stringContaining('=> issue(claim = c);'),
  })
  expect(await trustCalled('Cut short')).toBeUndefined()
  expect(page).toContain('line 18, Identifier: the list was cut short')
  expect(page).toContain('line 20, SamlEndpoints: Format-List does not write this out')
})

test.each([
  { what: 'XML that ends', text: clixml.slice(0, 700), says: 'Export-Clixml cannot be read' },
  { what: 'JSON with a mistake', text: '{\n  "Name": "x",\n  "Identifier" ["a"]\n}', says: 'line 3' },
])('$what is told as that', async ({ text, says }) => {
  expect(await importFile(text)).toContain(says)
})

test('references and primitive types of Export-Clixml (MS-PSRP 2.2.5)', () => {
  const objects = readClixml(`<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
<Obj RefId="0"><MS><I64 N="a">5</I64><Obj N="b" RefId="1"><LST><S>x_x0041_</S><Nil/></LST></Obj><Ref N="c" RefId="1"/><BA N="d">AQI=</BA></MS></Obj><S>text</S></Objs>`)
  expect(objects).toEqual([{ a: 5, b: ['xA', null], c: ['xA', null], d: 'AQI=' }, 'text'])
})

test('a certificate that Format-List names is a problem of its line', () => {
  const [only] = readFormatList('Name : a\nEncryptionCertificate : [Subject]\n    CN=a\n')
  expect(only?.problems).toEqual([expect.stringContaining('line 2, EncryptionCertificate')])
})
