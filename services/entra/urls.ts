/** Every URL of Entra ID is built here. */
export const loginHost = 'login.microsoftonline.com'

/** "National clouds": the names of the public cloud's authority, one service behind all of them. */
export const loginHosts = [loginHost, 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'] as const

export const graphHost = 'graph.microsoft.com'

/** "Microsoft Entra admin center". */
export const adminHost = 'entra.microsoft.com'

/** Pages of the administrator; paths but for what leaves the host. */
export const adminUrls = {
  policies: '/',
  newPolicy: '/policies/new',
  newPolicyJson: '/policies/new/json',
  policy: (id: string) => `/policies/${encodeURIComponent(id)}`,
  policyJson: (id: string) => `/policies/${encodeURIComponent(id)}/json`,
  policyState: (id: string) => `/policies/${encodeURIComponent(id)}/state`,
  deletePolicy: (id: string) => `/policies/${encodeURIComponent(id)}/delete`,
  report: '/report',
  whatIf: '/what-if',
  signOut: '/signout',
  /** Asks which account. */
  signInAgain: '/signin',
  stylesheet: '/content/admin.css',
  signInReturn: `https://${adminHost}/signin/index/`,
} as const

export const provisioningHost = 'adminwebservice.microsoftonline.com'
export const mfaConnectorHost = 'adnotifications.windowsazure.com'

export const registrationHost = 'enterpriseregistration.windows.net'
export const deviceRegistrationAudience = `urn:ms-drs:${registrationHost}`

/** Of the device registration service. */
export function registrationUrls(tenantId: string) {
  const base = `https://${registrationHost}/EnrollmentServer`
  return {
    discovery: `https://${registrationHost}/${tenantId}/Discover`,
    devices: `${base}/device/`,
    keys: `${base}/key/`,
    nonce: `${base}/nonce/${tenantId}/`,
  } as const
}

export type EndpointVersion = 1 | 2

/** Issuers carry the production names whatever alias was called. */
export function issuerOf(version: EndpointVersion, tenantId: string): string {
  return version === 1 ? `https://sts.windows.net/${tenantId}/` : `https://${loginHost}/${tenantId}/v2.0`
}

export interface AuthorityEndpoints {
  readonly authorize: string
  readonly token: string
  readonly deviceCode: string
  readonly logout: string
  readonly keys: string
  readonly userInfo: string
  readonly discovery: string
}

/** `base` is a host name; `segment` is what stands in the tenant's place in the path. */
export function endpointsOf(version: EndpointVersion, host: string, segment: string): AuthorityEndpoints {
  const base = `https://${host}/${segment}`
  if (version === 1) {
    return {
      authorize: `${base}/oauth2/authorize`,
      token: `${base}/oauth2/token`,
      deviceCode: `${base}/oauth2/devicecode`,
      logout: `${base}/oauth2/logout`,
      keys: `https://${host}/common/discovery/keys`,
      userInfo: `${base}/openid/userinfo`,
      discovery: `${base}/.well-known/openid-configuration`,
    }
  }
  return {
    authorize: `${base}/oauth2/v2.0/authorize`,
    token: `${base}/oauth2/v2.0/token`,
    deviceCode: `${base}/oauth2/v2.0/devicecode`,
    logout: `${base}/oauth2/v2.0/logout`,
    keys: `${base}/discovery/v2.0/keys`,
    userInfo: `https://${graphHost}/oidc/userinfo`,
    discovery: `${base}/v2.0/.well-known/openid-configuration`,
  }
}

export function errorUrl(aadsts: number): string {
  return `https://${loginHost}/error?code=${aadsts}`
}

/** Where the pages of the sign-in post; relative, so that a conversation stays on the host it began on. */
export const signInPaths = {
  login: '/common/login',
  reprocess: '/common/reprocess',
  beginAuth: '/common/SAS/BeginAuth',
  endAuth: '/common/SAS/EndAuth',
  processAuth: '/common/SAS/ProcessAuth',
  keepSignedIn: '/kmsi',
  consent: '/common/Consent/Set',
  credentialType: '/common/GetCredentialType',
  federationReturn: '/login.srf',
  deviceAuthentication: '/common/DeviceAuthPKeyAuth',
  securityInfo: '/common/SecurityInfo',
  skipRegistration: '/common/SkipMfaRegistration',
  changePassword: '/common/SSPR/End',
  termsOfUse: '/common/TermsOfUse',
  fidoGet: '/common/fido/get',
  fidoCreate: '/common/fido/create',
  confirmApplication: '/appverify',
} as const

/** The assertion consumer of federated domains: Recipient and Destination of their answers. */
export const samlConsumer = `https://${loginHost}${signInPaths.federationReturn}`

/** The name that passkeys belong to; the page moves there for a ceremony ("Support for FIDO2 authentication"). */
export const passkeyHost = 'login.microsoft.com'

export const passkeyUrls = {
  get: `https://${passkeyHost}${signInPaths.fidoGet}?uiflavor=Web`,
  create: `https://${passkeyHost}${signInPaths.fidoCreate}?uiflavor=Web`,
} as const

/** A path of the pages where the conversation's cookie is: the way back from a passkey's host. */
export function onLoginHost(path: string): string {
  return `https://${loginHost}${path}`
}

/** What devices tell people to open, and the page that it leads to. */
export const deviceLoginUrl = 'https://microsoft.com/devicelogin'
export const deviceLoginPath = '/common/oauth2/deviceauth'
export const deviceLoginHosts = ['microsoft.com', 'www.microsoft.com'] as const

export const assetPaths = {
  /** Browsers ask for it unasked. */
  icon: '/favicon.ico',
  stylesheet: '/shared/1.0/content/sign-in.css',
  script: '/shared/1.0/content/sign-in.js',
  checkSessionScript: '/shared/1.0/content/check-session.js',
  passkeyScript: '/shared/1.0/content/passkey.js',
} as const

/** Not of the product: leads to the lab's explanation of a sign-in, wherever the lab is. */
export const explanationPath = '/fauxchange/sign-ins/'

export const federationAudience = 'urn:federation:MicrosoftOnline'
