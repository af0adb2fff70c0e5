/*
 * What a front end of Exchange says, in the place of what the library says: scripts that read transcripts match these
 * lines. Each reply after the greeting and HELO has its enhanced status code, as ENHANCEDSTATUSCODES promises
 * (RFC 2034 §4).
 */

/** One reply of the library. `context` is false where RFC 2034 wants no enhanced status code. */
export interface Reply {
  readonly code: number
  readonly text: string | readonly string[]
  readonly context?: string | false | undefined
}

const commands = 'HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH'

/** By the library's words; those about addresses differ by command, which its context tells. */
const replies: Readonly<Record<string, readonly [number, string | readonly string[]]>> = {
  'Error: command not recognized': [500, '5.3.3 Unrecognized command'],
  'Error: too many unrecognized commands': [
    421,
    '4.7.0 Too many errors on this connection, closing transmission channel',
  ],
  'Error: send HELO/EHLO first': [503, '5.5.2 Send hello first'],
  'Error: nested MAIL command': [503, '5.5.2 Sender already specified'],
  'Error: need MAIL command': [503, '5.5.2 Need mail command'],
  'Error: need RCPT command': [503, '5.5.2 Need rcpt command'],
  'Error: Bad sender address syntax': [501, '5.1.7 Invalid address'],
  'Error: Bad recipient address syntax': [501, '5.1.3 Invalid address'],
  'Error: too many recipients': [452, '4.5.3 Too many recipients'],
  'Error: TLS already active': [503, '5.5.2 Only one STARTTLS command can be issued per session'],
  'Error: Unrecognized authentication type': [504, '5.7.4 Unrecognized authentication type'],
  'Authentication successful': [235, '2.7.0 Authentication successful'],
  'Ready to start TLS': [220, '2.0.0 SMTP server ready'],
  'Timeout - closing connection': [421, '4.4.1 Connection timed out'],
  'Server shutting down': [421, '4.3.2 Service not available'],
  'Try to send something. No promises though': [252, '2.1.5 Cannot VRFY user'],
  'See https://tools.ietf.org/html/rfc5321 for details': [
    214,
    ['This server supports the following commands:', commands],
  ],
  'End data with <CR><LF>.<CR><LF>': [354, 'Start mail input; end with <CRLF>.<CRLF>'],
  Flushed: [250, '2.0.0 Resetting'],
  OK: [250, '2.0.0 OK'],
  Bye: [221, '2.0.0 Service closing transmission channel'],
}

const accepted: Readonly<Record<string, string>> = { MAIL_FROM_OK: '2.1.0 Sender OK', RCPT_TO_OK: '2.1.5 Recipient OK' }

/** The product's own line for one of the library's. */
export function exchangeReply({ code, text, context }: Reply): Reply {
  if (typeof text !== 'string') return { code, text: extensionsOf(text) }
  if (context === false || code === 334) return { code, text }
  // Nobody is asked for a password in the clear: the mechanisms are not there yet.
  if (code === 500 && context === 'AUTH') return reply(replies['Error: Unrecognized authentication type'])
  if (text.startsWith('Error: message exceeds'))
    return { code, text: '5.3.4 Message size exceeds fixed maximum message size' }
  const known = replies[text]
  if (known) return reply(known)
  if (text === 'Accepted') return { code, text: accepted[context ?? ''] ?? '2.0.0 OK' }
  return { code, text: withStatus(code, text) }
}

function reply(
  [code, text]: readonly [number, string | readonly string[]] = [500, '5.3.3 Unrecognized command'],
): Reply {
  return { code, text }
}

/** Arguments are what is left to be wrong, where the library says no more. */
function withStatus(code: number, text: string): string {
  if (/^[245]\.\d{1,3}\.\d{1,3} /.test(text)) return text
  if (code === 501) return '5.5.4 Invalid arguments'
  return `${Math.floor(code / 100)}.0.0 ${text.replace(/^Error: /, '')}`
}

const order = ['SIZE', 'PIPELINING', 'DSN', 'ENHANCEDSTATUSCODES', 'STARTTLS', 'AUTH', '8BITMIME', 'SMTPUTF8']

/** As Exchange lists them: of what it can, BINARYMIME and CHUNKING are not built. */
function extensionsOf([hello = '', ...features]: readonly string[]): readonly string[] {
  const offered = [...features, 'ENHANCEDSTATUSCODES']
  return [hello, ...order.flatMap((name) => offered.filter((each) => each.split(' ')[0] === name))]
}
