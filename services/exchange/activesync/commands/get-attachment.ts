import type { Call, CommandAnswer } from '../call.ts'
import { readFileReference } from '../classes/item-bodies.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'

/** [MS-ASCMD] 2.2.1.8, up to 12.1: the file itself. */
export async function getAttachment({ parts, mailboxId, line }: Call): Promise<CommandAnswer> {
  const { itemId, attachmentId } = readFileReference(line.attachmentName ?? '')
  const found = await parts.mailboxes.readAttachment(mailboxId, itemId, attachmentId)
  if (!found) throw new ActiveSyncError('serverError', `there is no attachment "${line.attachmentName}"`)
  return { kind: 'content', contentType: found.contentType, content: found.content }
}
