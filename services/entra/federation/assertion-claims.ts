import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import type { Domain, Federation } from '#shared/scenario/world.ts'
import { EntraError } from '../errors.ts'
import type { Authentication } from '../sign-in/browser-session.ts'

/** Claim types that Entra ID reads of a federated assertion ("Manage AD FS trust with Microsoft Entra ID"). */
export const claimTypes = {
  upn: 'http://schemas.xmlsoap.org/claims/UPN',
  immutableId: 'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID',
  issuerId: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/issuerid',
  methods: 'http://schemas.microsoft.com/claims/authnmethodsreferences',
  mfaInstant: 'http://schemas.microsoft.com/ws/2017/04/identity/claims/multifactorauthenticationinstant',
  insideNetwork: 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork',
  persistent: 'http://schemas.microsoft.com/2014/03/psso',
} as const

export const multipleAuthn = 'http://schemas.microsoft.com/claims/multipleauthn'

export interface FederatedIdentity {
  readonly userPrincipalName: string
  readonly immutableId: string
  readonly persistent: boolean | undefined
  readonly authentication: Authentication
}

/** @throws EntraError when the assertion does not name somebody of that very domain. */
export function federatedIdentity(
  assertion: VerifiedAssertion,
  domain: Domain,
  federation: Federation,
): FederatedIdentity {
  const immutableId = value(assertion, claimTypes.immutableId) ?? assertion.nameId
  if (!immutableId)
    throw new EntraError('immutableIdMissing', {
      reason: `the assertion has neither ${claimTypes.immutableId} nor a NameIdentifier`,
    })
  const userPrincipalName = value(assertion, claimTypes.upn)
  if (!userPrincipalName)
    throw new EntraError('federationMessageInvalid', { reason: `the assertion has no ${claimTypes.upn}` })
  checkRealm(assertion, federation)
  checkDomain(userPrincipalName, domain, federation)
  const persistent = value(assertion, claimTypes.persistent)
  return {
    userPrincipalName,
    immutableId,
    persistent: persistent === undefined ? undefined : isTrue(persistent),
    authentication: authenticationOf(assertion, federation),
  }
}

const persistentFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const emailClaim = 'IDPEmail'

/** The same of a SAML 2.0 answer ("Use a SAML 2.0 Identity Provider for single sign-on"). */
export function samlIdentity(assertion: VerifiedAssertion, domain: Domain, federation: Federation): FederatedIdentity {
  const { nameId, nameIdFormat } = assertion
  if (!nameId) throw new EntraError('immutableIdMissing', { reason: 'the assertion has no NameID' })
  if (nameIdFormat !== persistentFormat || nameId.length > 64) {
    const reason = `the NameID must be ${persistentFormat} of at most 64 characters, it is ${nameIdFormat ?? 'of no format'}`
    throw new EntraError('samlTokenInvalid', { reason })
  }
  const userPrincipalName = value(assertion, emailClaim)
  if (!userPrincipalName)
    throw new EntraError('federationMessageInvalid', { reason: `the assertion has no attribute ${emailClaim}` })
  checkDomain(userPrincipalName, domain, federation)
  const persistent = value(assertion, claimTypes.persistent)
  return {
    userPrincipalName,
    immutableId: nameId,
    persistent: persistent === undefined ? undefined : isTrue(persistent),
    authentication: authenticationOf(assertion, federation),
  }
}

/** Several domains of one federation service are told apart by the issuerid claim. */
function checkRealm(assertion: VerifiedAssertion, federation: Federation): void {
  const realm = value(assertion, claimTypes.issuerId) ?? assertion.issuer
  if (realm === federation.issuerUri) return
  throw new EntraError('unknownRealm', {
    values: { realm },
    reason: `the assertion speaks for "${realm}", its signer for ${federation.issuerUri}`,
  })
}

/** An identity provider vouches for its own domains only, whichever names it puts into the token. */
function checkDomain(userPrincipalName: string, domain: Domain, federation: Federation): void {
  const suffix = userPrincipalName.slice(userPrincipalName.lastIndexOf('@') + 1).toLowerCase()
  if (suffix === domain.name || suffix.endsWith(`.${domain.name}`)) return
  throw new EntraError('samlTokenInvalid', {
    reason: `UPN "${userPrincipalName}" is not of ${domain.name}, for which ${federation.issuerUri} may speak`,
  })
}

function authenticationOf(assertion: VerifiedAssertion, federation: Federation): Authentication {
  const at = assertion.authenticationInstant.getTime()
  const methods = assertion.attributes.get(claimTypes.methods) ?? []
  // A SAML answer names the context that was asked for.
  const done = [assertion.authenticationMethod, ...methods].includes(multipleAuthn)
  const accepted = done && federation.federatedIdpMfaBehavior !== 'rejectMfaByFederatedIdp'
  const inside = value(assertion, claimTypes.insideNetwork)
  return {
    amr: [primaryMethod(assertion.authenticationMethod, methods), ...(accepted ? ['mfa'] : [])],
    authenticatedAt: at,
    ...(accepted && { mfaAt: instantOf(value(assertion, claimTypes.mfaInstant)) ?? at }),
    federated: true,
    ...(inside !== undefined && { insideCorporateNetwork: isTrue(inside) }),
    keepSignedIn: false,
    combinations: [accepted ? 'federatedMultiFactor' : 'federatedSingleFactor'],
  }
}

/** "Access token claims reference", amr. */
function primaryMethod(method: string, references: readonly string[]): string {
  const all = [method, ...references].join(' ').toLowerCase()
  if (all.includes('authentication/windows') || all.includes('authentication:windows') || all.includes('kerberos'))
    return 'wia'
  if (all.includes('x509') || all.includes('tlsclient')) return 'rsa'
  return all.includes('password') ? 'pwd' : 'fed'
}

function value(assertion: VerifiedAssertion, type: string): string | undefined {
  return assertion.attributes.get(type)?.[0]
}

function isTrue(text: string): boolean {
  return text.toLowerCase() === 'true'
}

function instantOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}
