/** The steps of the four documented flows, and what must be observable of each; the journal tags hops with their ids. */
export const flows = {
  'WEB-ONLINE': {
    title: 'Outlook on the web, mailbox in Exchange Online',
    steps: [
      'The user opens https://outlook.office.com/owa',
      'Exchange Online redirects to Entra ID; a federated domain goes on to AD FS and comes back',
      'Entra applies Conditional Access',
      'Entra multifactor authentication asks the user',
      'The user completes MFA',
      'Entra redirects the session to Exchange Online; the user reads mail',
    ],
    observable: [
      'A redirect; no mailbox data without a session',
      'An OpenID Connect request with state and nonce; for a federated domain a WS-Federation (or SAML) leg through Web Application Proxy; a managed domain takes the password at Entra ID',
      'The sign-in log lists the policy and its result; other applications and clients are not touched by it',
      'A notification with a number, a code of an authenticator app or a text message; a person without a method is led to registration',
      'Wrong, expired and denied answers keep the person out',
      'The mailbox page of that very person; /ecp takes the same path',
    ],
  },
  'WEB-ONPREM': {
    title: 'Outlook on the web, mailbox on-premises',
    steps: [
      'The user opens https://mail.contoso.com/owa',
      'Exchange (inside) or Web Application Proxy (outside) redirects to AD FS',
      'AD FS authenticates the user',
      'The AD FS access control policy asks for multifactor authentication',
      'The user completes MFA; AD FS redirects the session to Exchange',
      'The user reads mail',
    ],
    observable: [
      'Inside, Exchange itself answers; outside, Web Application Proxy',
      'A WS-Federation sign-in request, or the pre-authentication request of the proxy, with their real parameters',
      'Windows authentication inside, the form outside: decided by network and user agent',
      'Per relying party; for the extranet only, or for a group only',
      'The claims say that several factors were used; the proxy and Exchange both accept the one session of AD FS',
      'The mailbox page of that very person; /ecp takes the same path',
    ],
  },
  'MOBILE-ONLINE': {
    title: 'Outlook mobile, mailbox in Exchange Online',
    steps: [
      'The user enters an e-mail address; Outlook mobile calls AutoDetect',
      'AutoDetect makes an anonymous AutoDiscover V2 request to Exchange Online',
      'AutoDetect calls ActiveSync without authentication',
      'ActiveSync answers 401 with an authorization_uri that names the Entra endpoint',
      'AutoDetect returns the Entra authorization endpoint to the client',
      'The client goes to Entra and gives the e-mail address',
      'Federated domain: the request goes to Web Application Proxy',
      'WAP proxies the request to AD FS; the sign-in page appears',
      'The user enters credentials',
      'The user is redirected back to Entra',
      'Entra applies Conditional Access',
      'The policy restricts on device state, app protection and/or MFA',
      'The user meets the requirements and completes MFA',
      'Entra returns access and refresh tokens',
      'The client connects to Exchange Online and retrieves mailbox content',
    ],
    observable: [
      'A request to AutoDetect with the address',
      'A request to AutoDiscover without credentials, and the ActiveSync address in the answer',
      'A request to ActiveSync without credentials',
      '401, with the end point of Entra ID in WWW-Authenticate',
      'The end point in the answer to the app',
      'An authorize request of Outlook mobile, with the address as hint',
      'A redirect to AD FS, which only the proxy publishes',
      'The form of AD FS',
      'The form is posted, and the password checked by Active Directory',
      'A signed token goes to Entra ID, which verifies it',
      'The policies that apply are in the sign-in log',
      'Device, app protection and second factor: each alone and combined',
      'The second factor is passed',
      'A code is redeemed for tokens that expire',
      'Requests with the access token, and the content of that very mailbox',
    ],
  },
  'MOBILE-ONPREM': {
    title: 'Outlook mobile, mailbox on-premises (hybrid modern authentication)',
    steps: [
      'The user enters an e-mail address; Outlook mobile calls AutoDetect',
      'AutoDetect makes an anonymous AutoDiscover V2 request to Exchange Online',
      'Mailbox is on-premises: 302 to the on-premises AutoDiscover URL',
      'On-premises AutoDiscover V2 returns the on-premises ActiveSync URL',
      'On-premises ActiveSync answers 401 with an authorization URL that points to Entra',
      'AutoDetect returns the Entra authorization endpoint to the client',
      'The client goes to Entra and gives the e-mail address',
      'Federated: redirected to WAP',
      'WAP proxies to AD FS; sign-in page',
      'The user enters credentials',
      'Redirected back to Entra',
      'Conditional Access applies',
      'Device state, app protection and/or MFA',
      'The user meets the requirements',
      'Entra returns access and refresh tokens',
      'The client issues a provisioning request with the on-premises ActiveSync endpoint',
      'The provisioning API obtains a second token pair by an on-behalf-of call',
      'The provisioning API creates the cached mailbox',
      'The provisioning API synchronizes messaging data from on-premises ActiveSync',
      'Data is returned to the client',
    ],
    observable: [
      'A request to AutoDetect with the address',
      'A request to AutoDiscover without credentials',
      '302 to the AutoDiscover of the organization',
      'The ActiveSync address of the organization in the answer',
      '401, with the end point of Entra ID in WWW-Authenticate',
      'The end point in the answer to the app',
      'An authorize request of Outlook mobile, with the address as hint',
      'A redirect to AD FS, which only the proxy publishes',
      'The form of AD FS',
      'The form is posted, and the password checked by Active Directory',
      'A signed token goes to Entra ID, which verifies it',
      'The policies that apply are in the sign-in log',
      'Device, app protection and second factor: each alone and combined',
      'The second factor is passed',
      'A code is redeemed for tokens that expire',
      'A request to the provisioning service that names the ActiveSync server on-premises',
      'An on-behalf-of request by Exchange Online; the new audience is the server on-premises',
      'The mailbox in the cloud is made when it is not there',
      'Requests to ActiveSync with the second token, and again when it expires, without the person',
      'The messages of the mailbox on-premises in the answer to the app',
    ],
  },
} as const

export type FlowId = keyof typeof flows
/** Such as `WEB-ONPREM-3` or, beside the numbered way, `MOBILE-ONLINE-L`. */
export type StepId = `${FlowId}-${number}` | VariantId

/** What the documents draw beside the steps of a flow. */
export const variants = {
  'MOBILE-ONLINE-L': {
    flow: 'MOBILE-ONLINE',
    text: 'The red line: legacy authentication to ActiveSync is blocked by an authentication policy, for a pilot group first, then for everybody',
    observable: '401 for a name and password, before anybody sees the password; before that they are let in',
  },
  'MOBILE-ONLINE-M': {
    flow: 'MOBILE-ONLINE',
    text: 'Alternative: AD FS, not Conditional Access, asks for the second factor of the federated domain, and Entra ID honours it',
    observable: 'The assertion says multipleauthn; Entra ID asks nothing more',
  },
} as const satisfies Record<string, { flow: FlowId; text: string; observable: string }>

export type VariantId = keyof typeof variants

/** `WEB-ONPREM` of `WEB-ONPREM-3`. */
export function flowOfStep(step: string): string {
  return step.replace(/-(?:\d+|[A-Z])$/, '')
}

/**
 * Moments of a sign-in to the cloud, by their number in MOBILE-ONLINE. Who sees one cannot tell whose step it is: AD FS
 * and its proxy serve every application of the cloud alike, and to Entra ID an app asks for Exchange Online wherever the
 * mailbox is. They note the moment; the lab, which knows the hops before and after, names the step (`stepAtMoment`).
 */
const signInMoments = {
  'SIGN-IN-address': 6,
  'SIGN-IN-federated': 7,
  'SIGN-IN-page': 8,
  'SIGN-IN-credentials': 9,
  'SIGN-IN-return': 10,
  // Its own moment, so that the lab can tell whose second factor it was.
  'SIGN-IN-provider-factor': 10,
  'SIGN-IN-policy': 11,
  'SIGN-IN-restrictions': 12,
  'SIGN-IN-requirements': 13,
  'SIGN-IN-tokens': 14,
} as const

export type SignInMoment = keyof typeof signInMoments

export function isSignInMoment(step: string): step is SignInMoment {
  return Object.hasOwn(signInMoments, step)
}

/**
 * One rule for all: Outlook on the web knows only that it is away at the identity provider; both mobile flows have the
 * same nine steps, on-premises one later, for AutoDetect made one call more.
 */
export function stepAtMoment(flow: Exclude<FlowId, 'WEB-ONPREM'>, moment: SignInMoment): StepId {
  if (flow === 'WEB-ONLINE') return 'WEB-ONLINE-2'
  if (flow === 'MOBILE-ONLINE' && moment === 'SIGN-IN-provider-factor') return 'MOBILE-ONLINE-M'
  return `${flow}-${signInMoments[moment] + (flow === 'MOBILE-ONPREM' ? 1 : 0)}`
}
