/** AuthenticationMethod in SAML 1.1, AuthnContextClassRef in SAML 2.0 and authnmethodsreferences, all the same URI. */
export const authenticationMethods = {
  // AD FS 2012 R2 and later write the SAML 2.0 URI into SAML 1.1 tokens as well.
  password: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  multipleAuthentication: 'http://schemas.microsoft.com/claims/multipleauthn',
  windows: 'urn:federation:authentication:windows',
} as const

const additionalMethod = 'http://schemas.microsoft.com/ws/2012/12/authmethod'

/** How somebody proved who they are, as tokens name it, and as authnmethodsreferences do. */
export interface PrimaryMethod {
  readonly method: string
  readonly reference: string
}

export const primaryMethods = {
  FormsAuthentication: { method: authenticationMethods.password, reference: authenticationMethods.password },
  WindowsAuthentication: {
    method: authenticationMethods.windows,
    reference: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows',
  },
  CertificateAuthentication: {
    method: 'urn:ietf:rfc:2246',
    reference: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/tlsclient',
  },
} as const satisfies Record<string, PrimaryMethod>

/** A certificate that signs a message, instead of being shown in TLS. */
export const messageCertificate: PrimaryMethod = {
  method: 'urn:oasis:names:tc:SAML:2.0:ac:classes:X509',
  reference: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/x509',
}

/** What the Entra MFA adapter puts into authnmethodsreferences beside multipleauthn. */
export const additionalMethodUris: Readonly<Record<string, string>> = {
  PhoneAppNotification: `${additionalMethod}/phoneappnotification`,
  PhoneAppOTP: `${additionalMethod}/phoneappotp`,
  OneWaySMS: `${additionalMethod}/smsotp`,
}

const azureMethods: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(additionalMethodUris).map(([method, uri]) => [uri, method]),
)

/** Of the Azure MFA adapter, for a URI that asks for this very method; undefined for every other. */
export function requestedAzureMethod(uri: string | undefined): string | undefined {
  return uri !== undefined && Object.hasOwn(azureMethods, uri) ? azureMethods[uri] : undefined
}

export type RequestedMethod = 'any' | 'forms' | 'multiple' | 'windowsInsideOrMultiple' | 'windows' | 'certificate'

const requestable: Readonly<Record<string, RequestedMethod>> = {
  'urn:oasis:names:tc:SAML:1.0:am:password': 'forms',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:Password': 'forms',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport': 'forms',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified': 'any',
  'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password': 'forms',
  'http://schemas.microsoft.com/claims/multipleauthn': 'multiple',
  [`${additionalMethod}/phoneappnotification`]: 'multiple',
  [`${additionalMethod}/phoneappotp`]: 'multiple',
  [`${additionalMethod}/smsotp`]: 'multiple',
  'http://schemas.microsoft.com/claims/wiaormultiauthn': 'windowsInsideOrMultiple',
  'urn:federation:authentication:windows': 'windows',
  'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows': 'windows',
  'urn:ietf:rfc:2246': 'certificate',
  'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/tlsclient': 'certificate',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient': 'certificate',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:X509': 'certificate',
}

const proofs: Readonly<Partial<Record<RequestedMethod, readonly string[]>>> = {
  forms: [authenticationMethods.password],
  windows: Object.values(primaryMethods.WindowsAuthentication),
  certificate: Object.values(primaryMethods.CertificateAuthentication),
}

/** Whether a session that was proved by `methods` is what a request asks for; a second factor is policy's business. */
export function satisfiesMethod(requested: RequestedMethod, methods: readonly string[]): boolean {
  const accepted = proofs[requested]
  return !accepted || methods.some((method) => accepted.includes(method))
}

/** `wauth` or AuthnContextClassRef; undefined when AD FS does not know the URI. */
export function requestedMethod(uri: string | undefined): RequestedMethod | undefined {
  if (uri === undefined || uri === '') return 'any'
  return Object.hasOwn(requestable, uri) ? requestable[uri] : undefined
}
