import { type Advice, type ErrorEntry, guideTo } from '#shared/error-guide.ts'
import { type AdfsErrorKey, catalogue as passive } from './errors.ts'
import { type OAuthErrorKey, catalogue as oauth } from './oauth/oauth-error.ts'
import { catalogue as active, type WsTrustErrorKey } from './ws-trust/errors.ts'

const reason = 'The reason in the journal says which one, and what was expected.'

const passiveAdvice: Advice<AdfsErrorKey> = {
  unknownMessage: [
    'The request to /adfs/ls/ is neither WS-Federation nor SAML: wa, SAMLRequest and the like are missing.',
    'Begin at the application; an address copied from the middle of a sign-in lacks its query.',
  ],
  unsupportedAction: ['wa or another parameter has a value that AD FS does not know.', 'Use wa=wsignin1.0.'],
  contextLost: ['The cookie or form of this sign-in is missing, changed or too old.', 'Start the sign-in anew.'],
  unknownRelyingParty: [
    'No relying party trust has the wtrealm, Issuer or resource of the request as an identifier.',
    'Add the identifier to the trust on the page Federation, trailing slash included.',
  ],
  disabledRelyingParty: ['The trust is disabled.', 'Enable it on the page Federation.'],
  homeRealmUnavailable: ['The claims provider that was chosen is not there or does not answer.', reason],
  partnerTokenRefused: ['The token of a claims provider was not accepted.', reason],
  unsupportedMethod: [
    'wauth, RequestedAuthnContext or AuthMethod names a method that is unknown or not enabled.',
    'Leave it out, or enable the method on the page Federation, Settings.',
  ],
  certificateMissing: ['The browser sent no certificate.', 'Install one that the lab issued, and choose it.'],
  certificateRefused: ['The certificate is expired, revoked, foreign, or of nobody.', reason],
  deviceAuthenticationFailed: ['The device did not prove itself, is disabled, or is not registered.', reason],
  loop: [
    'The application asked six times within twenty seconds: it does not accept what it gets.',
    'Look at the application: its cookie, its audience, its clock.',
  ],
  accountInvalid: ['The account is disabled, locked, expired or gone.', 'Mend it in Active Directory.'],
  accessDenied: [
    'The access control policy of the trust, or its issuance authorization rules, do not permit.',
    'Ask the policy on the page of the trust; it names the rule.',
  ],
  accessDeniedThroughProxy: [
    'The same, and the request came through the proxy.',
    'Ask the policy on the page of the trust with network extranet.',
  ],
  processingFailed: ['AD FS could not do its part: a rule failed, Active Directory did not answer.', reason],
  preauthenticationRefused: ['The pre-authentication request of the proxy cannot be answered.', reason],
  addressBanned: ['The address is on the list of banned ones.', 'Take it off on the page Federation, Settings.'],
  oauthParameterMissing: ['A parameter is missing or came twice.', 'The text names it.'],
  oauthClientUnknown: ['No application group has this client_id.', 'Add it on the page Federation or Connect.'],
  oauthRedirectUnknown: ['redirect_uri is not registered with the client.', 'Register it exactly.'],
  invalidSamlMessage: ['The SAML message cannot be read.', 'Deflate and base64 for redirects, base64 alone for POST.'],
  noVerificationCertificate: ['The trust has no certificate to verify signed requests with.', 'Add it to the trust.'],
  wrongSignature: ['The request is signed by another key, or was changed.', 'Renew the certificate of the trust.'],
  logoutIncomplete: ['A participant of the sign-out did not answer.', reason],
  qualifiedIssuer: ['Issuer has attributes that a sign-in request must not have.', 'Leave them out.'],
  subjectConfirmation: ['The request has subject confirmations.', 'Leave them out.'],
  signatureRequired: ['The trust demands signed requests.', 'Sign them, or change the trust.'],
  unexpectedAlgorithm: ['The signature has another algorithm than the trust.', 'Use SHA-256, or change the trust.'],
  unknownAssertionConsumer: [
    'AssertionConsumerServiceURL or its index is not in the trust.',
    'Add the end point on the page of the trust.',
  ],
}

const activeAdvice: Advice<WsTrustErrorKey> = {
  credentialsRefused: ['Name or password is wrong, or the account may not sign in.', 'The journal names the status.'],
  accessDenied: ['The policy of the trust does not permit.', 'Ask the policy on the page of the trust.'],
  secondFactorNeeded: ['The policy demands a second factor, which this protocol has not.', 'Sign in with a browser.'],
  requestFailed: ['AD FS could not issue the token.', reason],
  unknownScope: ['AppliesTo names no trust.', 'Add the identifier to the trust.'],
  invalidRequest: ['The RequestSecurityToken cannot be read.', reason],
  invalidSecurity: ['The security header is missing, expired or wrong.', 'Compare the clock; send a timestamp.'],
  actionNotSupported: ['wsa:Action is not that of the end point.', 'Use Issue of the same WS-Trust version.'],
}

const oauthAdvice: Advice<OAuthErrorKey> = {
  parameterMissing: ['A parameter is missing.', 'The text names it.'],
  parameterDoubled: ['A parameter came twice.', 'Send it once.'],
  parameterInvalid: ['A parameter has a value that cannot be.', 'The text names it.'],
  responseTypeUnsupported: ['response_type is unknown.', 'Use code.'],
  resourceUnknown: ['No Web API has this identifier.', 'Add it to the application group.'],
  serverError: ['AD FS could not do it.', reason],
  temporarilyUnavailable: ['The store of AD FS, PostgreSQL, does not answer.', 'Start it, and ask again.'],
  accessDenied: ['The access control policy does not permit, or the person declined.', reason],
  clientUnauthorized: ['The client has no permission for the Web API.', 'Grant it in the application group.'],
  clientUnknown: ['No application group has this client_id.', 'Add it.'],
  redirectUnknown: ['redirect_uri is not registered.', 'Register it exactly.'],
  grantUnsupported: ['grant_type is unknown.', 'Correct it.'],
  codeInvalid: ['The code is used, expired or of another client.', 'Start anew.'],
  verifierInvalid: ['code_verifier does not fit.', 'Keep the verifier of the same request.'],
  refreshTokenInvalid: ['The refresh token is not of this client, or was revoked.', 'Sign in again.'],
  refreshTokenExpired: ['The refresh token has expired by the clock of the stack.', 'Sign in again.'],
  clientAuthenticationFailed: ['Secret, assertion or certificate of the client is wrong.', reason],
  wrongCredentials: ['Name or password is wrong.', 'The overview lists accounts.'],
  assertionInvalid: ['The assertion in on-behalf-of is not accepted.', reason],
  loginRequired: ['prompt=none, and nobody is signed in.', 'Sign in interactively.'],
  interactionRequired: ['prompt=none, and a page is needed.', 'Sign in interactively.'],
  secondFactorRequired: ['The policy of the Web API demands more.', 'Sign in interactively.'],
  authorizationPending: ['The device code was not entered yet.', 'Ask again after interval.'],
  slowDown: ['The client asks more often than interval.', 'Wait five seconds longer.'],
  deviceCodeInvalid: ['device_code is not one that was issued.', 'Begin anew.'],
  deviceCodeExpired: ['The device code has expired.', 'Begin anew.'],
  tokenInvalid: ['The token is not for UserInfo, or has expired.', 'Ask for urn:microsoft:userinfo.'],
}

/** Refusals that are in no catalogue: a status is all that they say. */
const single: readonly ErrorEntry[] = [
  ...(
    [
      [400, 'The body is not what the proxy’s configuration takes.', 'The reason in the journal names the field.'],
      [401, 'The certificate of the proxy is missing, expired or not trusted.', 'Establish the trust again.'],
      [403, 'Somebody other than a proxy asked.', 'Only Web Application Proxy may.'],
      [404, 'There is nothing by this name.', 'Read the list again.'],
      [409, 'It is there already.', 'Read it, and change it.'],
      [412, 'Somebody changed it in between.', 'Read it again, and send its version.'],
      [500, 'AD FS could not do it.', reason],
      [501, 'The mock does not do that.', 'See the gaps.'],
    ] as const
  ).map(([status, cause, fix]) => ({
    ...{ code: `Proxy configuration ${status}`, journal: `proxyConfiguration${status}`, status, cause, fix },
    ...{ surface: 'AD FS: proxies', message: 'An empty answer.' },
  })),
  {
    ...{ code: 'WS-Trust without SOAP', journal: 'notSoap', surface: 'AD FS: WS-Trust', status: 400 },
    message: 'Bad Request, Method Not Allowed or Service Unavailable, without a fault.',
    cause: 'What arrived is no SOAP message, or not by POST.',
    fix: 'Post a SOAP envelope with the content type of its version.',
  },
  {
    ...{ code: 'AD FS administration', journal: 'managementRefusal', surface: 'AD FS: administration', status: 400 },
    message: 'The text says what is wrong.',
    cause: 'An administrator’s change makes no sense, or names something that is not there.',
    fix: 'The text names the field.',
  },
]

/** Every error of AD FS's surfaces. */
export function adfsErrors(): readonly ErrorEntry[] {
  return [
    ...single,
    ...guideTo('AD FS: pages', { catalogue: passive, advice: passiveAdvice }, (_key, { code, text, ...facts }) => ({
      ...{ code, status: 'status' in facts ? facts.status : 200, message: text },
    })),
    ...guideTo('AD FS: OAuth', { catalogue: oauth, advice: oauthAdvice }, (_key, { code, error, text, ...facts }) => ({
      ...{ code, status: 'status' in facts ? facts.status : 400, message: `${error}: ${text}` },
    })),
    ...guideTo('AD FS: WS-Trust', { catalogue: active, advice: activeAdvice }, (key, { subcode, text }) => ({
      ...{ code: `WS-Trust ${subcode}`, journal: key, status: 500, message: text },
    })),
  ]
}
