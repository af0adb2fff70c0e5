/** What Exchange's transport says ("DSN error codes and NDRs", "SMTP AUTH client submission"). */
export const catalogue = {
  badCredentials: [535, '5.7.3 Authentication unsuccessful'],
  basicBlocked: [535, '5.7.139 Authentication unsuccessful, basic authentication is disabled.'],
  submissionDisabled: [
    535,
    '5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.',
  ],
  cannotSendAs: [550, '5.7.60 SMTP; Client does not have permissions to send as this sender'],
  unknownRecipient: [550, '5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'],
  cannotRelay: [550, '5.7.54 SMTP; Unable to relay recipient in non-accepted domain'],
  mailboxInTransit: [451, '4.4.62 Mailbox is being moved. Please try again later.'],
  unrecognizedParameter: [501, '5.5.4 Unrecognized parameter'],
  tooManyLogonFailures: [421, '4.7.0 Too many errors on this connection, closing transmission channel'],
  headTooLarge: [552, '5.3.4 Header size exceeds fixed maximum size'],
  hopCountExceeded: [554, '5.4.6 Hop count exceeded - possible mail loop'],
  tooLarge: [552, '5.3.4 Message size exceeds fixed maximum message size'],
  temporaryAuthentication: [454, '4.7.0 Temporary authentication failure'],
  temporary: [451, '4.7.0 Temporary server error. Please try again later.'],
} as const satisfies Record<string, readonly [number, string]>

export type SmtpRefusalKey = keyof typeof catalogue

/** Its message is what the client reads after the code. */
export class SmtpRefusal extends Error {
  override readonly name = 'SmtpRefusal'
  readonly key: SmtpRefusalKey
  readonly responseCode: number
  /** For the journal. */
  readonly reason: string

  constructor(key: SmtpRefusalKey, reason: string) {
    super(catalogue[key][1])
    this.key = key
    this.responseCode = catalogue[key][0]
    this.reason = reason
  }
}
