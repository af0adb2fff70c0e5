/** The steps of the four documented flows; the journal tags hops with these ids. */
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
  },
} as const

export type FlowId = keyof typeof flows
/** Such as `WEB-ONPREM-3`. */
export type StepId = `${FlowId}-${number}`

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
  return `${flow}-${signInMoments[moment] + (flow === 'MOBILE-ONPREM' ? 1 : 0)}`
}
