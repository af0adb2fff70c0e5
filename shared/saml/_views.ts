import type { Saml11AssertionView } from './issue-saml11.ts'
import type { Saml20ResponseView } from './issue-saml20.ts'
import type { FederationMetadataView } from './metadata.ts'
import type { SigningKey } from './signing-key.ts'
import { nameIdentifierClaim, nameIdentifierFormat, type TokenClaim } from './token-claims.ts'

export const issuer = 'http://adfs.contoso.com/adfs/services/trust'
export const audience = 'urn:federation:MicrosoftOnline'
export const recipient = 'https://login.microsoftonline.com/login.srf'
export const issued = new Date('2026-06-01T08:00:00.000Z')
export const expires = new Date('2026-06-01T09:00:00.000Z')
export const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'

export const upnClaim = 'http://schemas.xmlsoap.org/claims/UPN'
export const immutableIdClaim = 'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID'
export const insideClaim = 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork'
export const methodsClaim = 'http://schemas.microsoft.com/claims/authnmethodsreferences'
export const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
export const multipleAuthn = 'http://schemas.microsoft.com/claims/multipleauthn'

export const claims: readonly TokenClaim[] = [
  { type: upnClaim, value: 'anna@contoso.com' },
  { type: immutableIdClaim, value: 'q83vEjRWeJCrze8SNFZ4kA==' },
  {
    type: nameIdentifierClaim,
    value: 'q83vEjRWeJCrze8SNFZ4kA==',
    properties: { [nameIdentifierFormat]: unspecified },
  },
  { type: methodsClaim, value: password },
  { type: insideClaim, value: 'false' },
  { type: methodsClaim, value: multipleAuthn },
]

export const untypedClaims = claims.filter(({ type }) => type !== insideClaim)

export const hostileValues = [
  `<evil a="1" b='2'>&amp;</evil>`,
  'tab\there',
  'line\nfeed',
  'carriage\r\nreturn\r',
  'non-BMP 😀𝔘',
  'end of CDATA ]]> here',
  '<!-- comment --><![CDATA[x]]>',
  ' leading and trailing ',
  '\u0085next\u2028line',
  '',
]

export function saml11View(changes: Partial<Saml11AssertionView> = {}): Saml11AssertionView {
  return {
    assertionId: '_0b1c2d3e-0000-4000-8000-000000000001',
    issuer,
    issueInstant: issued,
    notBefore: issued,
    notOnOrAfter: expires,
    audience,
    claims,
    authenticationMethod: password,
    authenticationInstant: issued,
    ...changes,
  }
}

export function saml20View(changes: Partial<Saml20ResponseView> = {}): Saml20ResponseView {
  return {
    responseId: '_0b1c2d3e-0000-4000-8000-000000000002',
    assertionId: '_0b1c2d3e-0000-4000-8000-000000000003',
    issuer,
    issueInstant: issued,
    destination: recipient,
    inResponseTo: '_request-1',
    audience,
    notBefore: issued,
    notOnOrAfter: expires,
    confirmationNotOnOrAfter: new Date('2026-06-01T08:05:00.000Z'),
    claims,
    authenticationContext: password,
    authenticationInstant: issued,
    ...changes,
  }
}

export function metadataView(keys: readonly SigningKey[]): FederationMetadataView {
  return {
    documentId: '_0b1c2d3e-0000-4000-8000-000000000004',
    entityId: issuer,
    displayName: 'Contoso & "Partners"',
    passiveEndpoint: 'https://adfs.contoso.com/adfs/ls/',
    activeEndpoint: 'https://adfs.contoso.com/adfs/services/trust/2005/certificatemixed',
    metadataExchangeEndpoint: 'https://adfs.contoso.com/adfs/services/trust/mex',
    signingCertificates: keys.map(({ certificateDer }) => certificateDer),
  }
}
