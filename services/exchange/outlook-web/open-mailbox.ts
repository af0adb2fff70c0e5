import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { openableMailboxes } from '../organization/permissions.ts'
import { openMailboxPage } from '../pages/open-mailbox-page.ts'
import { homeUrl, openedHomeUrl } from '../urls.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { readRecipients } from './compose/recipients.ts'
import { frameOf } from './frame.ts'

/** `/owa/?path=/mail/action/open&mailbox=…`: "Open another mailbox", by address, name or alias. */
export async function showOpenMailbox(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { mailbox } = request.query as Record<string, unknown>
  const written = typeof mailbox === 'string' ? mailbox.trim() : ''
  const found = written === '' ? undefined : await mailboxNamed(parts, written)
  if (found) return reply.redirect(openedUrl(found), 302)
  const openable = await openableMailboxes(parts, visit.person.objectGuid)
  request.recording.note({ decision: 'openMailboxPage', ...(written && { reason: 'nobody has this name' }) })
  const view = {
    ...frameOf(parts.config, visit, 'openMailbox'),
    written,
    problem: written === '' ? undefined : `No mailbox was found for "${written}".`,
    action: homeUrl('owa'),
    openable: openable.map((each) => ({ name: each.displayName, address: each.emailAddress, url: openedUrl(each) })),
  }
  return sendPage(reply, openMailboxPage(view), view.problem === undefined ? 200 : 404)
}

/** Without its slash, so that it leads out of a mailbox that is open already. */
function openedUrl({ emailAddress }: Recipient): string {
  return openedHomeUrl(emailAddress).slice(0, -1)
}

/** Whose mailbox is meant, when it is one person's only; whether it opens is judged there. */
async function mailboxNamed({ recipients }: WebParts, written: string): Promise<Recipient | undefined> {
  const address = readRecipients(written).addresses[0]?.address
  if (address !== undefined) return recipients.findRecipient('emailAddress', address)
  const sought = written.toLowerCase()
  const found = (await recipients.searchRecipients(written, 20)).filter((each) => each.type === 'UserMailbox')
  const exact = found.filter((each) => [each.alias, each.displayName].some((name) => name.toLowerCase() === sought))
  const fitting = exact.length > 0 ? exact : found
  return fitting.length === 1 ? fitting[0] : undefined
}
