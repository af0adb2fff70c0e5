import type { SMTPServerSession } from 'smtp-server'
import { isInTransit } from '../mailbox-moves/local-end.ts'
import type { ExchangeParts } from '../parts.ts'
import { sessionUser } from './record-hop.ts'
import { SmtpRefusal } from './smtp-refusal.ts'

/** Somebody who signed in sends as themselves. */
export async function acceptSender(_parts: ExchangeParts, session: SMTPServerSession, sender: string): Promise<void> {
  const user = sessionUser(session)
  if (user === undefined || sender.toLowerCase() === user.toLowerCase()) return
  throw new SmtpRefusal('cannotSendAs', `${user} sends as ${sender}`)
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
  if (route.kind === 'outside' && sessionUser(session) === undefined)
    throw new SmtpRefusal('cannotRelay', `${address} is outside, and nobody signed in`)
}
