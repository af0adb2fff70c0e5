import type { AttachmentFacts } from './item.ts'
import type { ReadAttachment } from './read-mime.ts'

/** The files of a message as readers list them: what a meeting message is made of is its meeting, and no file of it. */
export function shownFiles<File extends Pick<AttachmentFacts, 'contentType'>>(
  { messageClass }: { readonly messageClass: string },
  attachments: readonly File[],
): readonly File[] {
  if (!messageClass.startsWith('IPM.Schedule.Meeting')) return attachments
  const itself = attachments.findIndex(({ contentType }) => contentType === 'text/calendar')
  return attachments.filter((_, index) => index !== itself)
}

/** The Content-Type under which a part goes on: an invitation that is passed on invites (RFC 6047, section 2.4). */
export function passedOnType({ contentType, method }: Pick<ReadAttachment, 'contentType' | 'method'>): string {
  return method === 'REQUEST' ? `${contentType}; charset=utf-8; method=${method}` : contentType
}
