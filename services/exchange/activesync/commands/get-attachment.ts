import type { Call, CommandAnswer } from '../call.ts'
import { readFileReference } from '../classes/item-bodies.ts'
import { decideFile } from '../devices/policy-limits.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'

/** [MS-ASCMD] 2.2.1.8, up to 12.1: the file itself. */
export async function getAttachment({ parts, mailboxId, line, limits }: Call): Promise<CommandAnswer> {
  const { itemId, attachmentId } = readFileReference(line.attachmentName ?? '')
  const found = await parts.mailboxes.readAttachment(mailboxId, itemId, attachmentId)
  if (!found) throw new ActiveSyncError('serverError', `there is no attachment "${line.attachmentName}"`)
  const decision = decideFile(limits, found.content.length)
  if (decision !== 'allowed')
    throw new ActiveSyncError(
      'accessDenied',
      `${decision}: ${found.content.length} bytes, by the policy of the mailbox`,
    )
  return { kind: 'content', contentType: found.contentType, content: found.content }
}
