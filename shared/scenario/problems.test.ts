import { expect, test } from 'vitest'
import { formatProblems, loadScenario } from './load.ts'

const badWorld = `domains:
  - { name: contoso.com, authentication: federated }
  - { name: contoso.com, authentication: passwordHashSync }
  - { name: fabrikam.com, authentication: kerberos }
colour: blue
users:
  - userPrincipalName: alice@contoso.com
    password: one
    pasword: two
    groups: [Sales, Marketting]
    mailbox: { location: online }
    mfa:
      methods:
        - { type: totp, secret: "10890" }
  - userPrincipalName: ALICE@contoso.com
    password: one
  - userPrincipalName: bob@adatum.com
    password: 12345
    enabled: "yes"
    directoryRoles: [Galactic Administrator]
  - userPrincipalName: carol@fabrikam.com
    samAccountName: alice
    mfa: { default: push }
groups:
  - name: Sales
    members: [nobody@contoso.com, Alice@contoso.com]
devices:
  - displayName: PC-1
    owner: ghost@contoso.com
    operatingSystem: BeOS
    trustType: AzureAd
entra:
  applications:
    - { appId: a0000000-0000-4000-8000-000000000001, displayName: One }
    - { appId: A0000000-0000-4000-8000-000000000001, displayName: Two }
  conditionalAccess:
    policies:
      - displayName: Policy
        conditions:
          users: { includeUsers: [All], excludeUsers: [zoe@contoso.com], includeGroups: [Admins] }
          applications: { includeApplications: [Office 364] }
          locations: { includeLocations: [Atlantis] }
        grantControls: { builtInControls: [block, mfa] }
adfs:
  relyingParties:
    - name: App
      identifiers: [urn:app]
      wsFedEndpoint: not a url
      accessControlPolicy: { name: Permit nobody }
    - name: Other
      identifiers: [urn:app]
      protocolProfile: SAML
wap:
  publishedApplications:
    - name: OWA
      externalUrl: https://mail.contoso.com/owa/
      externalPreauthentication: ADFS
      relyingPartyName: Outlook on the web
exchange:
  messages:
    - { mailbox: carol@fabrikam.com, from: Bob <bob@contoso.com>, subject: Hi, receivedAt: -PT1H, text: Hi }
    - { mailbox: alice@contoso.com, from: nobody, subject: Hi, receivedAt: yesterday, text: Hi, attachments: [{ name: a, contentType: a/b }] }
start: 2026-02-30T00:00:00Z
`

async function reportOf(yaml: string): Promise<readonly string[]> {
  const loaded = await loadScenario(yaml, 'bad.yaml')
  return loaded.ok
    ? []
    : loaded.problems.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`)
}

test('one report holds every problem of a file, each at its place', async () => {
  expect(await reportOf(badWorld)).toMatchInlineSnapshot(`
    [
      "2:42 domains[0].authentication contoso.com is federated, but adfs.relyingParties has no enabled trust with the identifier urn:federation:MicrosoftOnline",
      "3:13 domains[1].name domain "contoso.com" is taken by domains[0].name",
      "4:43 domains[2].authentication expected one of "federated"|"passwordHashSync"|"passThrough"",
      "5:1 colour unknown field "colour"",
      "9:5 users[0].pasword unknown field "pasword"",
      "10:21 users[0].groups[1] group "Marketting" is not in this file",
      "14:33 users[0].mfa.methods[0].secret a TOTP secret is base32: letters and the digits 2 to 7",
      "15:24 users[1].userPrincipalName user principal name "ALICE@contoso.com" is taken by users[0].userPrincipalName",
      "15:24 users[1].userPrincipalName sAMAccountName "ALICE" is taken by users[0].userPrincipalName",
      "17:24 users[2].userPrincipalName domain "adatum.com" is not in this file",
      "18:15 users[2].password expected text: put the value in quotes",
      "19:14 users[2].enabled expected boolean, received string",
      "20:22 users[2].directoryRoles[0] directory role "Galactic Administrator" is unknown",
      "21:5 users[3].password "password" is missing",
      "22:21 users[3].samAccountName sAMAccountName "alice" is taken by users[0].userPrincipalName",
      "23:21 users[3].mfa.default default method "push" is not among the methods of this user",
      "26:15 groups[0].members[0] user "nobody@contoso.com" is not in this file",
      "26:35 groups[0].members[1] user "Alice@contoso.com" is not in this file; did you mean "alice@contoso.com"?",
      "29:12 devices[0].owner user "ghost@contoso.com" is not in this file",
      "30:22 devices[0].operatingSystem expected one of "Windows"|"iOS"|"Android"|"macOS"|"Linux"",
      "35:16 entra.applications[1].appId appId "A0000000-0000-4000-8000-000000000001" is taken by entra.applications[0].appId",
      "40:56 entra.conditionalAccess.policies[0].conditions.users.excludeUsers[0] user "zoe@contoso.com" is not in this file",
      "40:90 entra.conditionalAccess.policies[0].conditions.users.includeGroups[0] group "Admins" is not in this file",
      "41:49 entra.conditionalAccess.policies[0].conditions.applications.includeApplications[0] application "Office 364" is not in this file",
      "42:43 entra.conditionalAccess.policies[0].conditions.locations.includeLocations[0] named location "Atlantis" is not in this file",
      "43:44 entra.conditionalAccess.policies[0].grantControls.builtInControls[0] block cannot be combined with other controls",
      "48:22 adfs.relyingParties[0].wsFedEndpoint expected a URL",
      "49:36 adfs.relyingParties[0].accessControlPolicy.name access control policy "Permit nobody" is unknown; there are "Permit everyone"; "Permit everyone and require MFA"; "Permit everyone and require MFA from extranet access"; "Permit everyone and require MFA for specific group"; "Permit everyone and require MFA from unauthenticated devices"; "Permit everyone and require MFA, allow automatic device registration"; "Permit everyone for intranet access"; "Permit specific group"",
      "50:7 adfs.relyingParties[1] protocol profile SAML needs a SAMLAssertionConsumer in samlEndpoints",
      "51:21 adfs.relyingParties[1].identifiers[0] identifier "urn:app" is taken by adfs.relyingParties[0].identifiers[0]",
      "58:25 wap.publishedApplications[0].relyingPartyName relying party "Outlook on the web" is not in adfs.relyingParties",
      "61:18 exchange.messages[0].mailbox carol@fabrikam.com has no mailbox",
      "62:43 exchange.messages[1].from expected an address: alice@contoso.com or Alice <alice@contoso.com>",
      "62:76 exchange.messages[1].receivedAt expected a duration before the start such as -PT2H or -P3D, or a date that exists",
      "62:111 exchange.messages[1].attachments[0] an attachment has either text or base64",
      "63:8 start expected a date that exists, or an instant with its time zone such as 2026-03-02T09:00:00Z",
    ]
  `)
})

test('a mistake of YAML itself is reported with the others', async () => {
  const report = await reportOf(
    'domains:\n  - { name: contoso.com, authentication: federated }\ndomains: []\nusers: *people\nfoo: 1\n',
  )
  expect(report).toMatchInlineSnapshot(`
    [
      "2:3 domains expected at least 1 in this list",
      "3:1  Map keys must be unique",
      "4:1 users "users" is missing",
      "4:8  alias *people has no anchor before it",
      "5:1 foo unknown field "foo"",
    ]
  `)
})

test.each(['', '# nothing\n', '- a list\n', 'just words\n'])('%j is not a world', async (yaml) => {
  expect(await reportOf(yaml)).toEqual(['1:1  expected a world: fields such as domains and users'])
})

test('the report quotes the line and points at the place', async () => {
  const loaded = await loadScenario('domains:\n  - { name: contoso.com, authentication: kerberos }\n', 'bad.yaml')
  expect(loaded.ok ? '' : formatProblems(loaded)).toMatchInlineSnapshot(`
    "bad.yaml: 1 problem

    bad.yaml:2:42  domains[0].authentication
      expected one of "federated"|"passwordHashSync"|"passThrough"
      2 |   - { name: contoso.com, authentication: kerberos }
        |                                          ^"
  `)
})

test('claims providers differ by name and identifier, and say where they are asked', async () => {
  const yaml = `domains:
  - { name: contoso.com, authentication: passwordHashSync }
users: []
adfs:
  claimsProviders:
    - { name: Fabrikam, identifier: urn:fabrikam, wsFedEndpoint: https://sts.fabrikam.com/adfs/ls/ }
    - { name: Fabrikam, identifier: urn:fabrikam, protocolProfile: SAML }
`
  expect(await reportOf(yaml)).toMatchInlineSnapshot(`
    [
      "7:7 adfs.claimsProviders[1] protocol profile SAML needs samlSignOnEndpoint",
      "7:15 adfs.claimsProviders[1].name claims provider "Fabrikam" is taken by adfs.claimsProviders[0].name",
      "7:37 adfs.claimsProviders[1].identifier claims provider "urn:fabrikam" is taken by adfs.claimsProviders[0].identifier",
    ]
  `)
})
