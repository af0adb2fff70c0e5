import { ProtocolError } from '#shared/errors.ts'

interface AdfsFacts {
  readonly code: string
  /** `{0}` and `{1}` take the values of the throw. */
  readonly text: string
  readonly status?: number
  /** The page says that the user is not allowed instead of that something broke. */
  readonly denial?: true
  /** The page says that the device is at fault. */
  readonly device?: true
}

/** Codes and texts of AD FS events; the error page is HTTP 200 in captures unless [MS-ADFSPIP] says otherwise. */
export const catalogue = {
  unknownMessage: {
    code: 'MSIS7065',
    text: 'There are no registered protocol handlers on path {0} to process the incoming request.',
  },
  unsupportedAction: {
    code: 'MSIS7000',
    text: 'The sign-in request is not compliant with the WS-Federation or the SAML 2.0 Web SSO protocol.',
    status: 500,
  },
  contextLost: { code: 'MSIS7001', text: 'The passive protocol context was not found or not valid.' },
  unknownRelyingParty: {
    code: 'MSIS7007',
    text: "The requested relying party trust '{0}' is unspecified or unsupported.",
  },
  disabledRelyingParty: { code: 'MSIS3055', text: "The requested relying party trust '{0}' is disabled." },
  homeRealmUnavailable: { code: 'MSIS7012', text: 'An error occurred while processing the request.' },
  partnerTokenRefused: { code: 'MSIS7066', text: 'Authentication failed for the request.' },
  unsupportedMethod: { code: 'MSIS7102', text: 'Requested Authentication Method is not supported on the STS.' },
  certificateMissing: {
    code: 'MSIS7121',
    text: 'The request did not contain a client certificate that can be used for authentication.',
  },
  certificateRefused: {
    code: 'MSIS7122',
    text: 'The client certificate cannot be used for authentication.',
  },
  deviceAuthenticationFailed: { code: 'MSIS7066', text: 'Authentication failed for the request.', device: true },
  loop: {
    code: 'MSIS7042',
    text: "The same client browser session has made '{0}' requests in the last '{1}' seconds. Contact your administrator for details.",
  },
  accountInvalid: { code: 'MSIS3173', text: 'Active Directory account validation failed.' },
  accessDenied: {
    code: 'MSIS5007',
    text: 'The caller authorization failed for caller identity {0} for relying party trust {1}.',
    denial: true,
  },
  accessDeniedThroughProxy: {
    code: 'MSIS5007',
    text: 'The caller authorization failed for caller identity {0} for relying party trust {1}.',
    denial: true,
    status: 403,
  },
  processingFailed: { code: 'MSIS7012', text: 'An error occurred while processing the request.', status: 500 },
  preauthenticationRefused: { code: 'MSIS7012', text: 'An error occurred while processing the request.', status: 500 },
  addressBanned: {
    code: 'MSIS7066',
    text: 'Authentication failed for the request.',
    denial: true,
    status: 403,
  },
  oauthParameterMissing: {
    code: 'MSIS9221',
    text: "Received invalid OAuth authorization request. The '{0}' parameter is missing or found multiple times.",
  },
  oauthClientUnknown: {
    code: 'MSIS9223',
    text: "Received invalid OAuth authorization request. The received 'client_id' is invalid as no registered client was found with this client identifier. Make sure that the client is registered. Received client_id: '{0}'.",
  },
  oauthRedirectUnknown: {
    code: 'MSIS9224',
    text: "Received invalid OAuth authorization request. The received 'redirect_uri' parameter is not a valid registered redirect URI for the client identifier: '{0}'. Received redirect_uri: '{1}'.",
  },
  invalidSamlMessage: {
    code: 'MSIS0018',
    text: 'The SAML protocol message cannot be read because it contains data that is not valid.',
  },
  noVerificationCertificate: {
    code: 'MSIS0037',
    text: "No signature verification certificate found for issuer '{0}'.",
  },
  wrongSignature: { code: 'MSIS0038', text: "SAML Message has wrong signature. Issuer: '{0}'." },
  logoutIncomplete: { code: 'MSIS7054', text: 'The SAML logout did not complete properly.' },
  qualifiedIssuer: {
    code: 'MSIS7074',
    text: 'SAML authentication request for the WebSSO profile must specify an issuer with no NameQualifier, SPNameQualifier or SPProvidedId properties.',
  },
  subjectConfirmation: {
    code: 'MSIS7075',
    text: 'SAML authentication request for the WebSSO profile must not specify any SubjectConfirmations.',
  },
  signatureRequired: {
    code: 'MSIS7085',
    text: 'The server requires a signed SAML authentication request but no signature is present.',
  },
  unexpectedAlgorithm: {
    code: 'MSIS7093',
    text: 'The message is not signed with expected signature algorithm. Message is signed with signature algorithm {0}. Expected signature algorithm {1}.',
  },
  unknownAssertionConsumer: {
    code: 'MSIS3200',
    text: "No AssertionConsumerService is configured on the relying party trust '{0}' that is a prefix match of the AssertionConsumerService URL '{1}' specified by the request.",
  },
} as const satisfies Record<string, AdfsFacts>

export type AdfsErrorKey = keyof typeof catalogue

export interface AdfsErrorDetails {
  /** For the person whose test failed: what was wrong, what was expected, where it is configured. */
  readonly reason: string
  readonly values?: readonly string[]
  /** The name of the trust, once it is known. */
  readonly relyingParty?: string | undefined
  readonly cause?: unknown
}

export class AdfsError extends ProtocolError {
  readonly status: number
  readonly code: string
  readonly key: AdfsErrorKey
  readonly denial: boolean
  readonly device: boolean
  readonly relyingParty: string | undefined

  constructor(key: AdfsErrorKey, { reason, values = [], relyingParty, cause }: AdfsErrorDetails) {
    const facts: AdfsFacts = catalogue[key]
    const text = facts.text.replace(/\{(\d)\}/g, (_match, index: string) => values[Number(index)] ?? '')
    super(`${facts.code}: ${text}`, reason, cause === undefined ? undefined : { cause })
    this.status = facts.status ?? 200
    this.code = facts.code
    this.key = key
    this.denial = facts.denial === true
    this.device = facts.device === true
    this.relyingParty = relyingParty
  }
}
