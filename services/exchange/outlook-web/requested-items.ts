import type { FastifyRequest } from 'fastify'
import type { WellKnownFolder } from '../mailbox/folder.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'

const pageSize = 50

/** The page of a folder that `before` of the query asks for, newest first. */
export async function requestedItems(
  request: FastifyRequest,
  { mailboxes }: Pick<WebParts, 'mailboxes'>,
  { session: { mailboxId } }: Visit,
  name: WellKnownFolder,
) {
  const { before } = request.query as Record<string, unknown>
  const folder = await mailboxes.wellKnownFolder(mailboxId, name)
  return mailboxes.listItems(mailboxId, folder.id, {
    limit: pageSize,
    before: typeof before === 'string' ? before : undefined,
  })
}
