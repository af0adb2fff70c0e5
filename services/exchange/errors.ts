import { ProtocolError } from '#shared/errors.ts'
import { StoreUnavailable } from '#shared/store/store-unavailable.ts'

interface ExchangeFacts {
  readonly status: number
  /** What the person reads. */
  readonly message: string
  /** `msg` of errorfe.aspx: the refusal leads to that page. */
  readonly msg?: string
  /** `owaError` of errorfe.aspx, with `httpCode=500`. */
  readonly owaError?: string
}

const errorPage = 'Microsoft.Exchange.Clients'

/** `WrongAudienceUriOrBadSigningCert` is the product's; the other values of `msg` and `owaError` are made up. */
export const catalogue = {
  wrongAudienceOrCertificate: {
    status: 302,
    msg: 'WrongAudienceUriOrBadSigningCert',
    message:
      'The sign-in token is for another address, or is signed with a certificate that this server does not trust.',
  },
  wrongTokenIssuer: refusal(
    'WrongTokenIssuer',
    'The sign-in token comes from a service that this server does not trust.',
  ),
  tokenExpired: refusal('TokenExpired', 'The sign-in token has expired.'),
  tokenNotYetValid: refusal('TokenNotYetValid', 'The sign-in token is not valid yet.'),
  tokenReplayed: refusal('TokenReplayed', 'The sign-in token has been used before.'),
  unreadableToken: refusal('UnreadableToken', 'The sign-in token cannot be read.'),
  noUserInToken: refusal('NoUserInToken', 'The sign-in token does not say who you are.'),
  noMailbox: refusal(
    'NoMailbox',
    'There is no mailbox for your account here. If you are new, it may not have been made yet.',
  ),
  accountDisabled: refusal('AccountDisabled', 'Your account is disabled.'),
  outlookWebDisabled: {
    status: 302,
    msg: 'OutlookOnTheWebDisabled',
    message: 'Outlook on the web is turned off for your mailbox. Ask your administrator.',
    // Public captures of mailboxes with OWAEnabled $false name this exception.
    owaError: 'Microsoft.Exchange.Data.Storage.AccountDisabledException',
  },
  mailboxNotOpened: {
    status: 302,
    msg: 'ExplicitLogon',
    message: "You don't have permission to open this mailbox, or there is none at this address.",
    owaError: 'Microsoft.Exchange.Clients.Owa2.Server.Core.OwaExplicitLogonException',
  },
  ownMailboxOnly: { status: 403, message: 'This can be done in your own mailbox only.' },
  sendAsDenied: {
    status: 403,
    message: "You can't send a message on behalf of this user unless you have permission to do so.",
  },
  controlPanelDisabled: { status: 403, message: "Sorry! Access denied. You don't have permission to open this page." },
  mailboxOnPremises: refusal(
    'MailboxOnPremises',
    "Your mailbox is on your organization's own servers, not in Exchange Online.",
  ),
  tokenForAnother: refusal('TokenForAnotherApplication', 'The sign-in token is for another application.'),
  badTokenSignature: refusal(
    'BadTokenSignature',
    'The sign-in token has been changed, or is not signed by Microsoft Entra ID.',
  ),
  nonceMismatch: refusal('NonceMismatch', 'The sign-in answer does not belong to the sign-in that was started here.'),
  staleSignIn: refusal(
    'StaleSignIn',
    'This sign-in was started too long ago, in another browser, or has been completed before.',
  ),
  badCodeHash: refusal('BadCodeHash', 'The parts of the sign-in answer do not belong together.'),
  tooManyRounds: refusal(
    'TooManyRedirects',
    'You were signed in several times in a row, and the sign-in did not hold. Does your browser accept cookies?',
  ),
  directoryUnreachable: refusal('DirectoryUnreachable', 'The directory does not answer. Please try again in a moment.'),
  keysUnreachable: refusal(
    'SigningKeysUnreachable',
    'The sign-in service does not answer. Please try again in a moment.',
  ),
  signInRefused: { status: 403, message: 'Microsoft Entra ID did not sign you in.' },
  unreadableState: { status: 302, message: 'The sign-in starts again.' },
  loginTimeout: { status: 440, message: 'Login Timeout' },
  staleCanary: { status: 449, message: 'This page was open too long. Go back, reload it and try again.' },
  tooLarge: { status: 413, message: 'The attachments are too large. Go back and take some away.' },
  malformedForm: { status: 400, message: 'The form could not be read. Go back and send it again.' },
  mailboxFull: { status: 507, message: 'Your mailbox is full. Delete something, go back and send the form again.' },
  sendQuotaExceeded: {
    status: 507,
    message: 'Your mailbox is too full to send. Delete something, go back and send the form again.',
  },
  messageTooLarge: {
    status: 413,
    message: 'The message is larger than you may send. Go back and take something away.',
  },
  mailboxUnavailable: {
    status: 503,
    message:
      'Your mailbox appears to be unavailable. Try to access it again in 10 seconds. If you see this error again, contact your helpdesk.',
  },
  notAdministrator: {
    status: 403,
    message: "You don't have access to this page: none of your role groups has what it needs.",
  },
  notOrganizer: { status: 403, message: 'Only the organizer can change this meeting.' },
  noSuchItem: { status: 404, message: 'There is no such item in your mailbox. It may have been deleted.' },
} as const satisfies Record<string, ExchangeFacts>

export type ExchangeErrorKey = keyof typeof catalogue

function refusal(msg: string, message: string) {
  return { status: 302, msg, message, owaError: `${errorPage}.${msg}Exception` } as const
}

export class ExchangeError extends ProtocolError {
  readonly status: number
  readonly code: ExchangeErrorKey
  /** What Entra ID says, for its refusals. */
  readonly explanation: string | undefined

  constructor(key: ExchangeErrorKey, reason: string, options?: ErrorOptions & { readonly explanation?: string }) {
    super(catalogue[key].message, reason, options)
    this.status = catalogue[key].status
    this.code = key
    this.explanation = options?.explanation
  }

  get facts(): ExchangeFacts {
    return catalogue[this.code]
  }
}

/** What people read of an error that any service may have. */
export function asWebError(error: ProtocolError): ProtocolError {
  return error instanceof StoreUnavailable
    ? new ExchangeError('mailboxUnavailable', error.reason, { cause: error })
    : error
}

/** The text of the error page for a value of `msg`; anybody can write anything there. */
export function errorPageText(msg: unknown): { readonly key: ExchangeErrorKey | undefined; readonly message: string } {
  const entries = Object.entries(catalogue) as [ExchangeErrorKey, ExchangeFacts][]
  const found = entries.find(([, facts]) => facts.msg !== undefined && facts.msg === msg)
  return { key: found?.[0], message: found?.[1].message ?? 'An unexpected error occurred.' }
}
