import { claims, hostileValues, saml11View, saml20View, upnClaim } from './_views.ts'
import type { Saml11AssertionView } from './issue-saml11.ts'
import type { Saml20ResponseView } from './issue-saml20.ts'
import { nameIdentifierClaim } from './token-claims.ts'

/* Every shape that a signature is put on, so that each judge sees all of them. */

export function hostileSaml11View(value: string): Saml11AssertionView {
  return saml11View({
    issuer: `http://sts/${value}`,
    audience: value,
    authenticationMethod: `m${value}`,
    claims: [
      { type: upnClaim, value },
      { type: `http://ns/${value.replaceAll('/', '')}/last`, value },
      { type: nameIdentifierClaim, value },
    ],
  })
}

export function hostileSaml20View(value: string, changes: Partial<Saml20ResponseView> = {}): Saml20ResponseView {
  return saml20View({
    issuer: `http://sts/${value}`,
    audience: value,
    destination: `https://sp/${value}`,
    authenticationContext: value,
    claims: [
      { type: upnClaim, value },
      { type: `urn:${value}`, value },
      { type: nameIdentifierClaim, value },
    ],
    ...changes,
  })
}

const named = (value: string) => `the value ${JSON.stringify(value)}`

export const saml11Shapes: readonly (readonly [string, Saml11AssertionView])[] = [
  ['typed and merged claims', saml11View()],
  ['RSA-SHA1', saml11View({ signatureAlgorithm: 'rsa-sha1' })],
  ['no claims at all', saml11View({ claims: [] })],
  ['a name identifier only', saml11View({ claims: claims.filter(({ type }) => type === nameIdentifierClaim) })],
  ...hostileValues.map((value) => [named(value), hostileSaml11View(value)] as const),
]

export const saml20Shapes: readonly (readonly [string, Saml20ResponseView])[] = [
  ['typed and merged claims', saml20View()],
  ['RSA-SHA1', saml20View({ signatureAlgorithm: 'rsa-sha1' })],
  ['no claims, unasked for', saml20View({ claims: [], inResponseTo: undefined })],
  ...hostileValues.map((value) => [named(value), hostileSaml20View(value)] as const),
]
