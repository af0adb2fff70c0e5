import { ProtocolError } from '#shared/errors.ts'

interface OAuthFacts {
  readonly error: string
  readonly code: string
  readonly text: string
  readonly status?: number
}

/**
 * What OAuth clients of AD FS are told: [MS-OAPX] §2.2.3 names the words, captures and forums the numbers 9602, 9604,
 * 9605, 9607, 9609, 9611, 9612, 9614, 9615, 9622 and 9659. The other numbers have no public source.
 */
export const catalogue = {
  parameterMissing: { error: 'invalid_request', code: 'MSIS9610', text: "The '{0}' parameter is missing." },
  parameterDoubled: {
    error: 'invalid_request',
    code: 'MSIS9610',
    text: "The '{0}' parameter was found multiple times.",
  },
  parameterInvalid: { error: 'invalid_request', code: 'MSIS9610', text: "The '{0}' parameter is invalid." },
  responseTypeUnsupported: {
    error: 'unsupported_response_type',
    code: 'MSIS9603',
    text: "The authorization server does not support the requested 'response_type'.",
  },
  resourceUnknown: {
    error: 'invalid_resource',
    code: 'MSIS9602',
    text: "The received 'resource' parameter is invalid. The authorization server can not find a registered resource with the specified identifier.",
  },
  serverError: {
    error: 'server_error',
    code: 'MSIS9604',
    text: 'An error occurred. The authorization server was not able to fulfill the request.',
  },
  temporarilyUnavailable: {
    error: 'temporarily_unavailable',
    code: 'MSIS9604',
    text: 'An error occurred. The authorization server was not able to fulfill the request.',
    status: 503,
  },
  accessDenied: {
    error: 'access_denied',
    code: 'MSIS9605',
    text: 'The client is not allowed to access the requested resource.',
  },
  clientUnauthorized: {
    error: 'unauthorized_client',
    code: 'MSIS9605',
    text: 'The client is not allowed to access the requested resource.',
  },
  clientUnknown: {
    error: 'invalid_client',
    code: 'MSIS9607',
    text: "The 'client_id' parameter in the request is invalid. No registered client is found with this identifier.",
  },
  redirectUnknown: {
    error: 'invalid_request',
    code: 'MSIS9609',
    text: "The 'redirect_uri' parameter is invalid. No redirect uri with the specified value is registered for the received 'client_id'.",
  },
  grantUnsupported: {
    error: 'unsupported_grant_type',
    code: 'MSIS9611',
    text: "The authorization server does not support the requested 'grant_type'.",
  },
  codeInvalid: {
    error: 'invalid_grant',
    code: 'MSIS9612',
    text: "The authorization code received in 'code' parameter is invalid.",
  },
  verifierInvalid: {
    error: 'invalid_grant',
    code: 'MSIS9681',
    text: "The 'code_verifier' parameter does not match the 'code_challenge' of the authorization request.",
  },
  refreshTokenInvalid: {
    error: 'invalid_grant',
    code: 'MSIS9614',
    text: "The refresh token received in 'refresh_token' parameter is invalid.",
  },
  refreshTokenExpired: {
    error: 'invalid_grant',
    code: 'MSIS9615',
    text: "The refresh token received in 'refresh_token' parameter has expired.",
  },
  clientAuthenticationFailed: {
    error: 'invalid_client',
    code: 'MSIS9622',
    text: 'Client authentication failed. Please verify the credential provided for client authentication is valid.',
  },
  wrongCredentials: { error: 'invalid_grant', code: 'MSIS9659', text: "Invalid 'username' or 'password'." },
  assertionInvalid: {
    error: 'invalid_grant',
    code: 'MSIS9660',
    text: "The token received in 'assertion' parameter is invalid.",
  },
  loginRequired: {
    error: 'login_required',
    code: 'MSIS9621',
    text: 'The user is not signed in, and prompt=none was asked for.',
  },
  interactionRequired: {
    error: 'interaction_required',
    code: 'MSIS9621',
    text: 'The request needs an interaction with the user.',
  },
  secondFactorRequired: {
    error: 'invalid_grant',
    code: 'MSIS9621',
    text: 'The resource requires additional authentication, which needs an interaction with the user.',
  },
  authorizationPending: {
    error: 'authorization_pending',
    code: 'MSIS9682',
    text: 'The user has not finished to sign in with the device code.',
  },
  slowDown: { error: 'slow_down', code: 'MSIS9682', text: 'The device code is asked about too often.' },
  deviceCodeInvalid: { error: 'invalid_grant', code: 'MSIS9683', text: "The 'device_code' parameter is invalid." },
  deviceCodeExpired: { error: 'expired_token', code: 'MSIS9684', text: 'The device code has expired.' },
  tokenInvalid: {
    error: 'invalid_token',
    code: 'MSIS9921',
    text: 'Received invalid UserInfo request. The access token is not valid.',
    status: 401,
  },
} as const satisfies Record<string, OAuthFacts>

export type OAuthErrorKey = keyof typeof catalogue

interface OAuthErrorDetails {
  /** For the person whose test failed: what was wrong, what was expected, where it is configured. */
  readonly reason: string
  /** Goes into the text: the name of a parameter. */
  readonly parameter?: string
  readonly cause?: unknown
}

/** A refusal of an OAuth end point; in a redirect, a form post, or JSON ([MS-OAPX] §3.2.5.2: 400, even for server_error). */
export class OAuthError extends ProtocolError {
  readonly status: number
  readonly code: string
  readonly error: string
  readonly key: OAuthErrorKey

  constructor(key: OAuthErrorKey, { reason, parameter = '', cause }: OAuthErrorDetails) {
    const facts: OAuthFacts = catalogue[key]
    super(`${facts.code}: ${facts.text.replace('{0}', parameter)}`, reason, cause === undefined ? undefined : { cause })
    this.status = facts.status ?? 400
    this.code = facts.code
    this.error = facts.error
    this.key = key
  }
}
