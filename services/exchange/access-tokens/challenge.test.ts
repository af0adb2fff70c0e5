import { expect, test } from 'vitest'
import type { AuthServer } from './auth-server.ts'
import { challengeDiagnostics, challengeLines } from './challenge.ts'

const entra: AuthServer = {
  name: 'EvoSTS',
  type: 'AzureAD',
  enabled: true,
  issuerIdentifier: 'https://sts.windows.net/t/',
  authMetadataUrl: 'https://login.windows.net/contoso.com/federationmetadata/2007-06/federationmetadata.xml',
  authorizationEndpoint: 'https://login.windows.net/common/oauth2/authorize',
  isDefaultAuthorizationEndpoint: true,
  realm: 't',
}
const adfs: AuthServer = {
  ...entra,
  type: 'ADFS',
  authorizationEndpoint: 'https://adfs.contoso.com/adfs/oauth2/authorize',
}
const basic = 'Basic realm="mail.contoso.com"'
const id = 'client_id="00000002-0000-0ff1-ce00-000000000000"'
const trusted = 'trusted_issuers="00000001-0000-0000-c000-000000000000@t"'
const types = 'token_types="app_asserted_user_v1 service_asserted_app_v1"'
const empty = { bearer: true }

test.each([
  {
    what: 'an empty bearer (B1, K1)',
    servers: [entra],
    presented: empty,
    lines: [`Bearer ${id}, ${trusted}, ${types}, authorization_uri="${entra.authorizationEndpoint}"`, basic],
  },
  {
    what: 'a refused token',
    servers: [entra],
    presented: { bearer: true, refused: { error: 'invalid_token' } },
    lines: [
      `Bearer ${id}, ${trusted}, authorization_uri="${entra.authorizationEndpoint}", error="invalid_token"`,
      basic,
    ],
  },
  {
    what: 'AD FS as the default end point (K1, B3)',
    servers: [adfs],
    kind: true,
    presented: { bearer: true, userIdentity: 'bob@contoso.com' },
    lines: [basic, `Bearer ${id}, ${types}, authorization_uri="${adfs.authorizationEndpoint}", issuer_kind="ADFS"`],
  },
  {
    what: 'AD FS as the default end point, and nobody named in X-User-Identity',
    servers: [adfs],
    kind: true,
    presented: empty,
    lines: [basic, `Bearer ${id}, error="invalid_token"`],
  },
  {
    what: 'Entra ID, by a server that knows AD FS (B2, K1)',
    servers: [entra],
    kind: true,
    presented: empty,
    lines: [
      `Bearer ${id}, ${trusted}, ${types}, authorization_uri="${entra.authorizationEndpoint}", issuer_kind="AzureAD"`,
      basic,
    ],
  },
  { what: 'no Authorization', servers: [entra], presented: { bearer: false }, lines: [basic] },
  { what: 'modern authentication off', servers: [entra], enabled: false, presented: empty, lines: [basic] },
  {
    what: 'no default end point',
    servers: [{ ...entra, isDefaultAuthorizationEndpoint: false }],
    presented: empty,
    lines: [basic],
  },
])('$what', ({ servers, presented, lines, enabled = true, kind = false }) => {
  const facts = { modern: { enabled, authServers: servers }, trustedTenant: 't', namesIssuerKind: kind, basic }
  expect(challengeLines(facts, presented)).toEqual(lines)
})

test.each([
  { server: adfs, presented: empty, says: '4000000' },
  { server: adfs, presented: { bearer: true, userIdentity: 'bob@contoso.com' }, says: undefined },
  { server: adfs, presented: { bearer: false }, says: undefined },
  { server: entra, presented: empty, says: undefined },
])('diagnostics of $server.type for $presented: $says', ({ server, presented, says }) => {
  const modern = { enabled: true, authServers: [server] }
  expect(challengeDiagnostics({ modern }, presented, 'mail.contoso.com')?.split(';')[0]).toBe(says)
})
