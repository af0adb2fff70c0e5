import type { FastifyReply, FastifyRequest } from 'fastify'
import { connectionLoss } from '../activesync/held-requests.ts'
import { waitForChange } from '../activesync/wait-for-change.ts'
import type { Folder } from '../mailbox/mailbox-store.ts'
import type { LiveView } from '../pages/live-region.ts'
import { pendingNotificationUrl, scriptUrl } from '../urls.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'

const heldSeconds = 55

/**
 * `/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0&number=…`: held until the mailbox has another change
 * number, at most as long as the session lasts. No activity of the person: `UA=0`.
 */
export async function pendingNotification(
  request: FastifyRequest,
  reply: FastifyReply,
  { mailboxes, context, held }: WebParts,
  { session, expiresAt }: Visit,
) {
  const { mailboxId } = session
  const known = Number((request.query as Record<string, unknown>).number)
  const until = Math.min(context.clock.now().getTime() + heldSeconds * 1000, expiresAt.getTime())
  using waiting = await held.hold({ mailboxId, deviceId: `browser ${request.id}` })
  using gone = connectionLoss(request.raw.socket)
  const outcome = await waitForChange({
    mailboxes,
    clock: context.clock,
    mailboxId,
    until: new Date(until),
    signals: [waiting.signal, gone.signal],
    concerns: () => true,
    isDue: async () => (await mailboxes.changeNumber(mailboxId)) !== known,
  })
  request.recording.note({ decision: 'pendingNotification', reason: outcome })
  const { unreadCount } = await mailboxes.wellKnownFolder(mailboxId, 'inbox')
  const news = { number: await mailboxes.changeNumber(mailboxId), unread: unreadCount }
  return reply.header('cache-control', 'no-store').send(news)
}

export interface LiveSource {
  readonly folders: readonly Folder[]
  readonly source: string
  readonly ownTitle?: boolean
}

/** What a page needs to stay up to date; `source` is where its fresh parts come from. */
export async function liveView(
  { mailboxes, config }: WebParts,
  { session }: Visit,
  { folders, source, ownTitle = true }: LiveSource,
): Promise<LiveView> {
  const number = await mailboxes.changeNumber(session.mailboxId)
  const unreadCount = folders.find(({ wellKnown }) => wellKnown === 'inbox')?.unreadCount ?? 0
  const [script, url] = [scriptUrl(config.version, 'live'), pendingNotificationUrl]
  return { script, url, number, unread: unreadCount, source: `${source}&UA=0`, ownTitle }
}
