export interface EntraFacts {
  readonly aadsts: number
  /** OAuth `error` of the v2 endpoints. */
  readonly error: string
  /** Of the v1 endpoints, where it differs. */
  readonly v1Error?: string
  readonly suberror?: string
  readonly status?: number
  /** Shown to the person on the error page, never sent to the client's redirect URI. */
  readonly page?: true
  /** Public text; `{name}` is replaced by the value of that name. */
  readonly message: string
}

const mfaText = 'Due to a configuration change made by your administrator, or because you moved to a new location,'
const idpFault = "There's an issue with your federated Identity Provider. Contact your IDP to resolve this issue."

/** "Microsoft Entra authentication and authorization error codes"; suberrors drive MSAL's choice to interact. */
export const catalogue = {
  transientError: {
    aadsts: 90033,
    error: 'temporarily_unavailable',
    status: 503,
    page: true,
    message: 'A transient error has occurred. Please try again.',
  },
  selectAccount: {
    aadsts: 16000,
    error: 'interaction_required',
    message:
      'Either multiple user identities are available for the current request or selected account is not supported for the scenario.',
  },
  sessionNotFound: {
    aadsts: 160021,
    error: 'interaction_required',
    message: 'Application requested a user session which does not exist.',
  },
  federationMessageInvalid: { aadsts: 20012, error: 'invalid_request', page: true, message: idpFault },
  federationFault: { aadsts: 20001, error: 'invalid_request', page: true, message: idpFault },
  scopeSpansResources: {
    aadsts: 700022,
    error: 'invalid_scope',
    message:
      "The provided value for the input parameter 'scope' is not valid. The scope {scope} contains more than one resource.",
  },
  resourceNotFound: {
    aadsts: 500011,
    error: 'invalid_resource',
    message:
      'The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.',
  },
  notAssigned: {
    aadsts: 50105,
    error: 'invalid_grant',
    v1Error: 'access_denied',
    message:
      "Your administrator has configured the application {name} ('{appId}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application.",
  },
  applicationNotAssigned: {
    aadsts: 501051,
    error: 'invalid_grant',
    message: "Application '{appId}'({name}) is not assigned to a role for the application '{resourceId}'({resource}).",
  },
  samlTokenInvalid: { aadsts: 50008, error: 'invalid_grant', page: true, message: 'SAML token is invalid.' },
  assertionInvalid: {
    aadsts: 50013,
    error: 'invalid_grant',
    message: 'Assertion failed signature validation. [Reason - {why}]',
  },
  assertionAudienceMismatch: {
    aadsts: 500131,
    error: 'invalid_grant',
    message:
      "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '{audience}' and the expected audience is '{appId}' or one of the Application Uris of this application.",
  },
  assertionExpired: {
    aadsts: 500133,
    error: 'invalid_grant',
    message:
      'Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token. Current time: {now}, expiry time of assertion {expiry}.',
  },
  replyAddressMismatch: {
    aadsts: 50011,
    error: 'invalid_request',
    page: true,
    message:
      "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application '{appId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error.",
  },
  redemptionAddressMismatch: {
    aadsts: 500112,
    error: 'invalid_grant',
    message:
      "The reply address '{given}' does not match the reply address '{expected}' provided when requesting Authorization code.",
  },
  noReplyAddress: {
    aadsts: 500113,
    error: 'invalid_request',
    page: true,
    message: 'No reply address is registered for the application.',
  },
  userUnauthorized: {
    aadsts: 50020,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    page: true,
    message:
      "User account '{user}' from identity provider '{identityProvider}' does not exist in tenant '{tenant}' and cannot access the application '{appId}' in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.",
  },
  userNotFound: {
    aadsts: 50034,
    error: 'invalid_grant',
    message:
      'The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.',
  },
  unknownInstance: { aadsts: 50049, error: 'invalid_instance', message: 'Unknown or invalid instance.' },
  accountLocked: {
    aadsts: 50053,
    error: 'invalid_grant',
    message: "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
  },
  passwordExpired: {
    aadsts: 50055,
    error: 'invalid_grant',
    suberror: 'user_password_expired',
    message: 'The password is expired.',
  },
  onPremisesPasswordExpired: {
    aadsts: 50144,
    error: 'invalid_grant',
    suberror: 'user_password_expired',
    message:
      "The user's Active Directory password has expired. Generate a new password for the user or have the user use the self-service reset tool to reset their password.",
  },
  noPassword: {
    aadsts: 50056,
    error: 'invalid_grant',
    message: 'Invalid or null password: password does not exist in the directory for this user.',
  },
  accountDisabled: { aadsts: 50057, error: 'invalid_grant', message: 'The user account is disabled.' },
  jwtInvalid: {
    aadsts: 50027,
    error: 'invalid_request',
    message: 'JWT token is invalid or malformed.',
  },
  noSession: {
    aadsts: 50058,
    error: 'login_required',
    message: 'A silent sign-in request was sent but no user is signed in.',
  },
  wrongPassword: {
    aadsts: 50126,
    error: 'invalid_grant',
    message: 'Error validating credentials due to invalid username or password.',
  },
  strongAuthenticationNeeded: {
    aadsts: 50074,
    error: 'interaction_required',
    suberror: 'basic_action',
    message: 'Strong Authentication is required.',
  },
  mfaRequired: {
    aadsts: 50076,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'basic_action',
    message: `${mfaText} you must use multi-factor authentication to access '{resource}'.`,
  },
  mfaExpired: {
    aadsts: 50078,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'basic_action',
    message:
      "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access '{resource}'.",
  },
  mfaRegistrationRequired: {
    aadsts: 50079,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'basic_action',
    message: `${mfaText} you must enroll in multi-factor authentication to access '{resource}'.`,
  },
  mfaRegistrationInterrupt: {
    aadsts: 50072,
    error: 'interaction_required',
    suberror: 'basic_action',
    message: `${mfaText} you must enroll in multi-factor authentication to access '{resource}'.`,
  },
  mfaUsedUp: {
    aadsts: 50088,
    error: 'invalid_grant',
    message: 'Limit on telecom MFA calls reached. Please try again in a few minutes.',
  },
  flowTokenExpired: {
    aadsts: 50089,
    error: 'invalid_grant',
    page: true,
    message:
      'Authentication failed due to flow token expired. Expected - auth codes, refresh tokens, and sessions expire over time or are revoked by the user or an admin. The app will request a new login from the user.',
  },
  unknownRealm: {
    aadsts: 50107,
    error: 'invalid_request',
    page: true,
    message: "The requested federation realm object '{realm}' does not exist.",
  },
  strongAuthenticationFailed: {
    aadsts: 500121,
    error: 'invalid_grant',
    message: 'Authentication failed during strong authentication request.',
  },
  keepSignedInInterrupt: {
    aadsts: 50140,
    error: 'interaction_required',
    message: "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in.",
  },
  registrationSkipped: {
    aadsts: 50203,
    error: 'interaction_required',
    message: 'The user was asked to register a method for multi-factor authentication and put it off.',
  },
  registrationBlocked: {
    aadsts: 53010,
    error: 'invalid_request',
    page: true,
    message:
      'You cannot configure multi-factor authentication methods because the organization requires this information to be set from specific locations or devices.',
  },
  passkeyUnknown: {
    aadsts: 130004,
    error: 'invalid_grant',
    message: "The user doesn't have the passkey configured.",
  },
  passkeyInvalid: { aadsts: 130005, error: 'invalid_grant', message: 'The signature of the passkey is not valid.' },
  accessPassWrong: {
    aadsts: 130503,
    error: 'invalid_grant',
    message: "Your Temporary Access Pass is incorrect. If you don't know your pass, contact your administrator.",
  },
  wrongVerifier: {
    aadsts: 501481,
    error: 'invalid_grant',
    message: 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  },
  missingVerifier: {
    aadsts: 50148,
    error: 'invalid_grant',
    message: 'The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.',
  },
  challengeMalformed: { aadsts: 50147, error: 'invalid_request', message: 'Invalid size of Code_Challenge parameter.' },
  challengeMethodUnknown: {
    aadsts: 501491,
    error: 'invalid_request',
    message: 'Invalid Code_Challenge_method parameter.',
  },
  revokedGrant: {
    aadsts: 50173,
    error: 'invalid_grant',
    suberror: 'bad_token',
    message:
      "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{issuedAt}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{validFrom}'.",
  },
  notMultiTenant: {
    aadsts: 50194,
    error: 'invalid_request',
    page: true,
    message:
      "Application '{appId}'({name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
  },
  federatedUserNotInDirectory: {
    aadsts: 51004,
    error: 'invalid_request',
    page: true,
    message:
      'The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.',
  },
  deviceNotCompliant: {
    aadsts: 53000,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'additional_action',
    page: true,
    message:
      'Device is not in required device state: compliant. Conditional Access policy requires a compliant device, and the device is not compliant. The user must enroll their device with an approved MDM provider like Intune.',
  },
  deviceNotJoined: {
    aadsts: 53001,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'additional_action',
    page: true,
    message:
      'Device is not in required device state: domain_joined. Conditional Access policy requires a domain joined device, and the device is not domain joined.',
  },
  appNotApproved: {
    aadsts: 53002,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'additional_action',
    page: true,
    message:
      'Application used is not an approved application for Conditional Access. User needs to use one of the apps from the list of approved applications to use in order to get access.',
  },
  blocked: {
    aadsts: 53003,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'message_only',
    page: true,
    message: 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  },
  sessionNotBound: {
    aadsts: 530084,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'message_only',
    page: true,
    message: 'Access has been blocked by conditional access token protection policy.',
  },
  proofUpBlocked: {
    aadsts: 53004,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'message_only',
    page: true,
    message:
      'User needs to complete the multifactor authentication registration process before accessing this content. User should register for multifactor authentication.',
  },
  appProtectionRequired: {
    aadsts: 53009,
    error: 'unauthorized_client',
    suberror: 'protection_policy_required',
    page: true,
    message: 'Application needs to enforce Intune protection policies.',
  },
  passwordChangeRequired: {
    aadsts: 50135,
    error: 'invalid_grant',
    suberror: 'user_password_expired',
    page: true,
    message: 'Password change is required due to account risk.',
  },
  devicePlatformUnsupported: {
    aadsts: 50005,
    error: 'interaction_required',
    suberror: 'message_only',
    page: true,
    message:
      'User tried to log in to a device from a platform ({platform}) that is currently not supported through Conditional Access policy. Supported device platforms are: iOS, Android, Mac, Linux, and Windows flavors.',
  },
  deviceAuthenticationRequired: {
    aadsts: 50097,
    error: 'interaction_required',
    status: 401,
    message: 'Device authentication is required.',
  },
  deviceTokenInvalid: {
    aadsts: 50099,
    error: 'invalid_client',
    status: 401,
    page: true,
    message: 'PKeyAuthInvalidJwtUnauthorized - The JWT signature is invalid.',
  },
  brokerNotInstalled: {
    aadsts: 50127,
    error: 'interaction_required',
    suberror: 'additional_action',
    page: true,
    message: 'User needs to install a broker app to gain access to this content.',
  },
  deviceNotRegistered: {
    aadsts: 50129,
    error: 'interaction_required',
    suberror: 'additional_action',
    page: true,
    message: 'Device is not workplace joined. Workplace join is required to register the device.',
  },
  deviceAuthenticationFailed: {
    aadsts: 50155,
    error: 'invalid_grant',
    suberror: 'device_authentication_failed',
    page: true,
    message: 'Device authentication failed for this user.',
  },
  deviceMustBeManaged: {
    aadsts: 530003,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'additional_action',
    page: true,
    message: 'Your device is required to be managed to access this resource.',
  },
  appRequirementsUnmet: {
    aadsts: 530021,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'additional_action',
    page: true,
    message: 'Application does not meet the Conditional Access approved app requirements.',
  },
  appProtectionMissing: {
    aadsts: 53005,
    error: 'unauthorized_client',
    suberror: 'protection_policy_required',
    page: true,
    message: 'Application needs to enforce Intune protection policies.',
  },
  deviceDeleted: {
    aadsts: 700003,
    error: 'invalid_grant',
    page: true,
    message: "Device object was not found in the tenant '{tenant}' directory.",
  },
  deviceDisabled: {
    aadsts: 135011,
    error: 'invalid_grant',
    page: true,
    message: 'Device used during the authentication is disabled.',
  },
  externalChallenge: {
    aadsts: 50158,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'basic_action',
    page: true,
    message:
      'External security challenge not satisfied. User will be redirected to another page or authentication provider to satisfy additional authentication challenges.',
  },
  codeRedeemed: {
    aadsts: 54005,
    error: 'invalid_grant',
    message:
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  },
  consentNeeded: {
    aadsts: 65001,
    error: 'invalid_grant',
    v1Error: 'interaction_required',
    suberror: 'consent_required',
    message:
      "The user or administrator has not consented to use the application with ID '{appId}' named '{name}'. Send an interactive authorization request for this user and resource.",
  },
  authorizationPending: {
    aadsts: 70016,
    error: 'authorization_pending',
    message: 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  },
  authorizationDeclined: {
    aadsts: 65004,
    error: 'authorization_declined',
    message: 'User declined to consent to access the app.',
  },
  userCodeUnknown: {
    aadsts: 70018,
    error: 'bad_verification_code',
    message: 'Invalid verification code due to User typing in wrong user code for device code flow.',
  },
  deviceCodeUnknown: {
    aadsts: 70018,
    error: 'bad_verification_code',
    message: "The provided value for the input parameter 'device_code' is not valid.",
  },
  deviceCodeExpiredV1: {
    aadsts: 70019,
    error: 'code_expired',
    message: 'Verification code expired.',
  },
  deviceCodeExpired: {
    aadsts: 70020,
    error: 'expired_token',
    message: "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
  },
  deviceCodeNeedsTenant: {
    aadsts: 90133,
    error: 'invalid_request',
    message: 'Device Code flow is not supported under /common or /consumers endpoint.',
  },
  consentDeclined: { aadsts: 65004, error: 'access_denied', message: 'User declined to consent to access the app.' },
  scopeUnknown: {
    aadsts: 650053,
    error: 'invalid_scope',
    message:
      "The application '{name}' asked for scope '{scope}' that doesn't exist on the resource '{resource}'. Contact the app vendor.",
  },
  grantMalformed: { aadsts: 70000, error: 'invalid_grant', message: 'Provided grant is invalid or malformed.' },
  codeOfOtherTenant: {
    aadsts: 700005,
    error: 'invalid_grant',
    message: 'Provided Authorization Code is intended to use against other tenant, thus rejected.',
  },
  clientNotFound: {
    aadsts: 700016,
    error: 'unauthorized_client',
    page: true,
    message:
      "Application with identifier '{appId}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
  },
  wrongSecret: {
    aadsts: 7000215,
    error: 'invalid_client',
    status: 401,
    message:
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{appId}'.",
  },
  secretExpired: {
    aadsts: 7000222,
    error: 'invalid_client',
    status: 401,
    message:
      "The provided client secret keys for app '{appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
  },
  applicationDisabled: {
    aadsts: 7000112,
    error: 'unauthorized_client',
    page: true,
    message: "Application '{appId}'({name}) is disabled.",
  },
  servicePrincipalMissing: {
    aadsts: 7000229,
    error: 'unauthorized_client',
    message:
      'The client application {appId} is missing service principal in the tenant {tenantId}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119',
  },
  notOnBehalfOfApplications: {
    aadsts: 7000114,
    error: 'unauthorized_client',
    message: "Application '{appId}' is not allowed to make application on-behalf-of calls.",
  },
  secretMissing: {
    aadsts: 7000218,
    error: 'invalid_client',
    status: 401,
    message: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  publicClientSentSecret: {
    aadsts: 700025,
    error: 'invalid_client',
    status: 401,
    message: "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  },
  clientAssertionMismatch: {
    aadsts: 700021,
    error: 'invalid_client',
    status: 401,
    message:
      "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials.",
  },
  clientAssertionAudience: {
    aadsts: 700023,
    error: 'invalid_client',
    status: 401,
    message:
      'Client assertion audience claim does not match Realm issuer. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials.',
  },
  clientAssertionTimes: {
    aadsts: 700024,
    error: 'invalid_client',
    status: 401,
    message:
      'Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from}, expiry time of assertion {until}.',
  },
  clientAssertionInvalid: {
    aadsts: 700027,
    error: 'invalid_client',
    status: 401,
    message:
      "Client assertion contains an invalid signature. [Reason - {why}, Thumbprint of key used by client: '{thumbprint}']",
  },
  federatedCredentialUnknown: {
    aadsts: 700211,
    error: 'invalid_client',
    status: 401,
    message:
      "No matching federated identity record found for presented assertion issuer '{issuer}' and subject '{subject}'.",
  },
  jwtAlgorithmUnsupported: {
    aadsts: 5002738,
    error: 'invalid_request',
    message:
      "Invalid JWT token. '{algorithm}' is not a supported signature algorithm. Supported signing algorithms are: 'RS256, PS256'.",
  },
  grantUnsupported: {
    aadsts: 70003,
    error: 'unsupported_grant_type',
    message: "The app requested an unsupported grant type '{grant}'.",
  },
  responseTypeUnsupported: {
    aadsts: 70005,
    error: 'unsupported_response_type',
    message: "response_type '{type}' is not supported for the application.",
  },
  responseTypeDisabled: {
    aadsts: 700054,
    error: 'unsupported_response_type',
    message: "response_type '{type}' is not enabled for the application.",
  },
  tokenResponseDisabled: {
    aadsts: 700051,
    error: 'unsupported_response_type',
    message: "response_type '{type}' is not enabled for the application.",
  },
  responseModeUnsupported: {
    aadsts: 70007,
    error: 'invalid_request',
    message: "'{mode}' is not a supported value of 'response_mode' when requesting a token.",
  },
  grantExpired: {
    aadsts: 70008,
    error: 'invalid_grant',
    message:
      'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  },
  refreshTokenInactive: {
    aadsts: 700082,
    error: 'invalid_grant',
    message:
      'The refresh token has expired due to inactivity. The token was issued on {issuedAt} and was inactive for 90.00:00:00.',
  },
  spaRefreshTokenOld: {
    aadsts: 700084,
    error: 'invalid_grant',
    message:
      'The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page.',
  },
  clientMismatch: {
    aadsts: 70000,
    error: 'invalid_grant',
    suberror: 'client_mismatch',
    message: 'Provided grant is invalid or malformed. The client does not match the client the grant was issued to.',
  },
  scopeInvalid: {
    aadsts: 70011,
    error: 'invalid_scope',
    message: "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
  },
  applicationScopeInvalid: {
    aadsts: 1002012,
    error: 'invalid_scope',
    message:
      'The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
  },
  signInFrequencyExceeded: {
    aadsts: 70043,
    error: 'invalid_grant',
    suberror: 'token_expired',
    message:
      'The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on {issuedAt} and the maximum allowed lifetime for this request is {seconds}.',
  },
  sessionTooOld: {
    aadsts: 70044,
    error: 'interaction_required',
    message: 'The session has expired or is invalid due to sign-in frequency checks by conditional access.',
  },
  agentUnavailable: {
    aadsts: 80001,
    error: 'invalid_grant',
    message: 'Authentication Agent is unable to connect to Active Directory.',
  },
  agentTimeout: {
    aadsts: 80005,
    error: 'invalid_grant',
    message: 'Authentication Agent encountered an unpredictable response while validating the password.',
  },
  unknownTenantInDiscovery: {
    aadsts: 90002,
    error: 'invalid_tenant',
    message:
      "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  },
  tenantNotFound: {
    aadsts: 90002,
    error: 'invalid_request',
    page: true,
    message:
      "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  },
  invalidUserInput: {
    aadsts: 90013,
    error: 'invalid_request',
    page: true,
    message: 'Invalid input received from the user.',
  },
  unsupportedPrompt: {
    aadsts: 90023,
    error: 'invalid_request',
    page: true,
    message: "Unsupported 'prompt' value.",
  },
  fieldMissing: {
    aadsts: 90014,
    error: 'invalid_request',
    message:
      "The required field '{name}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.",
  },
  parameterMissing: {
    aadsts: 900144,
    error: 'invalid_request',
    message: "The request body must contain the following parameter: '{name}'.",
  },
  immutableIdMissing: {
    aadsts: 90020,
    error: 'invalid_request',
    page: true,
    message: 'The SAML 1.1 Assertion is missing ImmutableID of the user.',
  },
  requestMalformed: {
    aadsts: 9002313,
    error: 'invalid_request',
    message: 'Invalid request. Request is malformed or invalid.',
  },
  grantGarbage: {
    aadsts: 9002313,
    error: 'invalid_grant',
    message: 'Invalid request. Request is malformed or invalid.',
  },
  parameterDoubled: {
    aadsts: 9000411,
    error: 'invalid_request',
    message: "The request is not properly formatted. The parameter '{name}' is duplicated.",
  },
  parameterTooLong: {
    aadsts: 90015,
    error: 'invalid_request',
    message: "The query string is too long. The parameter '{name}' exceeds the supported length.",
  },
  requestUnreadable: {
    aadsts: 9000411,
    error: 'invalid_request',
    page: true,
    message: "The request is not properly formatted. The parameter '{name}' is duplicated or too long.",
  },
  userInfoTokenInvalid: {
    aadsts: 50027,
    error: 'invalid_token',
    status: 401,
    message: 'JWT token is invalid or malformed.',
  },
  requestTooLarge: {
    aadsts: 90015,
    error: 'invalid_request',
    status: 413,
    message: 'The request is too long.',
  },
  malformedJson: { aadsts: 9000410, error: 'invalid_request', message: 'Malformed JSON.' },
  postOnly: {
    aadsts: 900561,
    error: 'invalid_request',
    message: 'The endpoint only accepts POST requests. Received a {method} request.',
  },
  grantNeedsTenant: {
    aadsts: 9001023,
    error: 'invalid_request',
    message:
      'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
  },
  tenantNotIdentified: {
    aadsts: 50059,
    error: 'invalid_request',
    message: 'No tenant-identifying information found in either the request or implied by any provided credentials.',
  },
  crossOriginRedemption: {
    aadsts: 9002326,
    error: 'invalid_request',
    message:
      "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '{origin}'.",
  },
  sameOriginRedemption: {
    aadsts: 9002327,
    error: 'invalid_request',
    message:
      "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
  },
  proofKeyRequired: {
    aadsts: 9002325,
    error: 'invalid_request',
    message: 'Proof Key for Code Exchange is required for cross-origin authorization code redemption.',
  },
  adminConsentRequired: {
    aadsts: 90094,
    error: 'invalid_grant',
    v1Error: 'consent_required',
    suberror: 'consent_required',
    message:
      'The grant requires administrator permission. Admin consent is required for the permissions requested by this application.',
  },
  resourceParameterUnsupported: {
    aadsts: 901002,
    error: 'invalid_request',
    message: "The 'resource' request parameter is not supported.",
  },
  hintWithPicker: {
    aadsts: 90005,
    error: 'invalid_request',
    message: "The request is not valid because 'login_hint' and 'prompt=select_account' are used together.",
  },
} as const satisfies Record<string, EntraFacts>
