import type { SMTPServerSession } from 'smtp-server'
import { isInTransit } from '../mailbox-moves/local-end.ts'
import { senderRight } from '../organization/permissions.ts'
import type { ExchangeParts } from '../parts.ts'
import { sessionUser } from './record-hop.ts'
import { SmtpRefusal } from './smtp-refusal.ts'

/** Of the extensions that are announced. */
const parameters = { MAIL: ['SIZE', 'BODY', 'SMTPUTF8', 'AUTH'], RCPT: [] } as const

/** A parameter that nobody announced asks for something that would not happen (RFC 5321 §4.1.1.11). */
export function acceptParameters(verb: keyof typeof parameters, args: object | false): void {
  const known: readonly string[] = parameters[verb]
  const unknown = Object.keys(args || {}).find((name) => !known.includes(name))
  if (unknown) throw new SmtpRefusal('unrecognizedParameter', `${verb} has the parameter ${unknown}`)
}

/** Somebody who signed in sends under their own addresses, and those of others as permissions allow. */
export async function acceptSender(parts: ExchangeParts, session: SMTPServerSession, sender: string): Promise<void> {
  const user = sessionUser(session)
  if (user === undefined) return
  const recipient = await parts.recipients.findRecipient('userPrincipalName', user)
  if (recipient && (await senderRight(parts, recipient, sender)) !== 'none') return
  throw new SmtpRefusal('cannotSendAs', `${user} sends as ${sender}`)
}

/** The same of the addresses in the message that has come. */
export async function acceptAuthors(
  parts: ExchangeParts,
  session: SMTPServerSession,
  authors: readonly string[],
): Promise<void> {
  for (const author of authors) await acceptSender(parts, session, author)
}

/** Anybody may send to the organization; only its people may send elsewhere. */
export async function acceptRecipient(
  parts: ExchangeParts,
  session: SMTPServerSession,
  address: string,
): Promise<void> {
  const route = await parts.transport.routeOf(address)
  if (route.kind === 'unknown') throw new SmtpRefusal('unknownRecipient', `there is no recipient ${address}`)
  if (route.kind === 'otherPlace' && (await isInTransit(parts, route.objectGuid)))
    throw new SmtpRefusal('mailboxInTransit', `the mailbox of ${address} is being switched to this place`)
  const isForeign = route.kind === 'outside' && route.address.toLowerCase() === address.toLowerCase()
  if (isForeign && sessionUser(session) === undefined)
    throw new SmtpRefusal('cannotRelay', `${address} is outside, and nobody signed in`)
}
