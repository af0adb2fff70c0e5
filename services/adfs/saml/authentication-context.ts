import type { AuthnRequest } from '#shared/saml/authn-request.ts'
import {
  authenticationMethods,
  type RequestedMethod,
  requestedAzureMethod,
  requestedMethod,
} from '../claims/authentication-methods.ts'

const saml = 'urn:oasis:names:tc:SAML:2.0:ac:classes'

/** AuthenticationContextOrder of a new farm, weak to strong (Get-AdfsProperties). */
export const authenticationContextOrder = [
  `${saml}:unspecified`,
  `${saml}:Password`,
  `${saml}:PasswordProtectedTransport`,
  `${saml}:TLSClient`,
  `${saml}:X509`,
  `${saml}:Kerberos`,
  'urn:federation:authentication:windows',
  authenticationMethods.multipleAuthentication,
] as const

/** What this service can do, weak to strong, each under the class that its tokens carry. */
const offered: readonly { readonly classRef: (typeof authenticationContextOrder)[number]; method: RequestedMethod }[] =
  [
    { classRef: `${saml}:PasswordProtectedTransport`, method: 'any' },
    { classRef: `${saml}:TLSClient`, method: 'certificate' },
    { classRef: 'urn:federation:authentication:windows', method: 'windows' },
    { classRef: authenticationMethods.multipleAuthentication, method: 'multiple' },
  ]

/**
 * How the user has to sign in for the request to be satisfied; undefined when no way satisfies it, which the service
 * provider learns as NoAuthnContext (SAML 2.0 Core §3.3.2.2.1).
 */
export function contextMethod(requested: AuthnRequest['requestedAuthnContext']): RequestedMethod | undefined {
  if (!requested || requested.classRefs.length === 0) return 'any'
  const { comparison, classRefs } = requested
  if (comparison === 'exact') return classRefs.map(requestedMethod).find((method) => method !== undefined)
  const ranks = classRefs.map(rankOf).filter((rank) => rank >= 0)
  if (ranks.length === 0) return undefined
  const satisfies = comparisons[comparison]
  // The least effort that satisfies will do.
  return satisfies && offered.find(({ classRef }) => satisfies(rankOf(classRef), ranks))?.method
}

/** A single method of the Azure MFA adapter, asked for exactly. */
export function contextAzureMethod(requested: AuthnRequest['requestedAuthnContext']): string | undefined {
  const [only, another] = requested?.comparison === 'exact' ? requested.classRefs : []
  return another === undefined ? requestedAzureMethod(only) : undefined
}

const comparisons: Readonly<Record<string, (rank: number, asked: readonly number[]) => boolean>> = {
  minimum: (rank, asked) => asked.some((each) => rank >= each),
  // "Stronger than any" of those named: than every one of them.
  better: (rank, asked) => asked.every((each) => rank > each),
  maximum: (rank, asked) => asked.some((each) => rank <= each),
}

function rankOf(classRef: string): number {
  return (authenticationContextOrder as readonly string[]).indexOf(classRef)
}
