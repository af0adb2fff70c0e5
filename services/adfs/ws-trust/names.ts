export const soap12 = 'http://www.w3.org/2003/05/soap-envelope'
export const addressing = 'http://www.w3.org/2005/08/addressing'
export const securityExtension = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
export const securityExtension11 = 'http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd'
export const securityUtility = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
export const policy = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
export const faultAction = 'http://www.w3.org/2005/08/addressing/soap/fault'

const trust2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust'
const trust13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'
const noProofKey = 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey'

/** The two dialects of WS-Trust that AD FS speaks, each at end points of its own. */
export interface TrustDialect {
  readonly name: '2005' | '13'
  readonly namespace: string
  readonly requestAction: string
  readonly responseAction: string
  readonly issue: string
  /** What asks for a token that proves nothing but itself; the first is what answers say. */
  readonly bearerKeyTypes: readonly string[]
}

export const trustDialects = {
  '2005': {
    name: '2005',
    namespace: trust2005,
    requestAction: `${trust2005}/RST/Issue`,
    responseAction: `${trust2005}/RSTR/Issue`,
    issue: `${trust2005}/Issue`,
    bearerKeyTypes: [noProofKey],
  },
  '13': {
    name: '13',
    namespace: trust13,
    requestAction: `${trust13}/RST/Issue`,
    responseAction: `${trust13}/RSTRC/IssueFinal`,
    issue: `${trust13}/Issue`,
    bearerKeyTypes: [`${trust13}/Bearer`, noProofKey],
  },
} as const satisfies Record<string, TrustDialect>

export type TokenVersion = '1.1' | '2.0'

const profile = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1'

/** The kinds of token by every name that clients give them. */
export const tokenTypes: Readonly<Record<string, TokenVersion>> = {
  'urn:oasis:names:tc:SAML:1.0:assertion': '1.1',
  [`${profile}#SAMLV1.1`]: '1.1',
  'urn:oasis:names:tc:SAML:2.0:assertion': '2.0',
  [`${profile}#SAMLV2.0`]: '2.0',
}

/** How a SecurityTokenReference names a token of each kind (SAML Token Profile 1.1 §3.4). */
export const tokenReferences = {
  '1.1': {
    tokenType: 'urn:oasis:names:tc:SAML:1.0:assertion',
    referenceType: `${profile}#SAMLV1.1`,
    identifierType: 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID',
  },
  '2.0': {
    tokenType: 'urn:oasis:names:tc:SAML:2.0:assertion',
    referenceType: `${profile}#SAMLV2.0`,
    identifierType: `${profile}#SAMLID`,
  },
} as const
