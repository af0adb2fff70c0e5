import type { Folder } from '../../mailbox/folder.ts'
import type { Item, ItemBody } from '../../mailbox/item.ts'
import type { DevicePolicy } from './device-policy.ts'
import type { BodyPreference, CollectionOptions } from './device-state.ts'

/** What of a policy the server itself sees to, so that a device that does not obey gains nothing ([MS-ASPROV] 2.2.2). */
export interface PolicyLimits {
  readonly attachmentsEnabled: boolean
  /** Bytes of a file. */
  readonly maxAttachmentSize: number
  /** FilterType; 0: all of it. */
  readonly emailAge: number
  readonly calendarAge: number
  readonly allowsHtml: boolean
  /** Bytes of the text of mail that Sync brings; 0: none of it. */
  readonly textSize: number
  readonly htmlSize: number
}

export const noLimits: PolicyLimits = {
  attachmentsEnabled: true,
  maxAttachmentSize: Number.POSITIVE_INFINITY,
  emailAge: 0,
  calendarAge: 0,
  allowsHtml: true,
  textSize: Number.POSITIVE_INFINITY,
  htmlSize: Number.POSITIVE_INFINITY,
}

/** From the document that devices are sent. */
export function limitsOf({ values }: Pick<DevicePolicy, 'values'>): PolicyLimits {
  return {
    attachmentsEnabled: values.AttachmentsEnabled !== '0',
    maxAttachmentSize: sizeIn(values.MaxAttachmentSize),
    emailAge: Number(values.MaxEmailAgeFilter ?? 0),
    calendarAge: Number(values.MaxCalendarAgeFilter ?? 0),
    allowsHtml: values.AllowHTMLEmail !== '0',
    textSize: sizeIn(values.MaxEmailBodyTruncationSize),
    htmlSize: sizeIn(values.MaxEmailHTMLBodyTruncationSize),
  }
}

/** For what a person asks to see: the sizes are of what Sync brings by itself. */
export function unlimitedText(limits: PolicyLimits): PolicyLimits {
  return { ...limits, textSize: noLimits.textSize, htmlSize: noLimits.htmlSize }
}

function sizeIn(written: string | undefined): number {
  return written !== undefined && /^\d+$/.test(written) ? Number(written) : Number.POSITIVE_INFINITY
}

/** The FilterType that counts: the client's, or the policy's where that keeps less ([MS-ASCMD] 2.2.3.69). */
export function filterWithin(
  { emailAge, calendarAge }: PolicyLimits,
  { folderClass }: Pick<Folder, 'folderClass'>,
  asked: number,
): number {
  const most = folderClass === 'mail' ? emailAge : folderClass === 'calendar' ? calendarAge : 0
  if (most === 0) return asked
  return asked === 0 ? most : Math.min(asked, most)
}

export type FileDecision = 'allowed' | 'attachmentsDisabled' | 'attachmentTooLarge'

export function decideFile({ attachmentsEnabled, maxAttachmentSize }: PolicyLimits, size: number): FileDecision {
  if (!attachmentsEnabled) return 'attachmentsDisabled'
  return size > maxAttachmentSize ? 'attachmentTooLarge' : 'allowed'
}

const text = 1
const html = 2
const mime = 4

/**
 * What a client may have of a message: no HTML where that is off, a whole message only where its files are allowed,
 * and no more text than the policy says.
 */
export function preferencesWithin(
  limits: PolicyLimits,
  options: CollectionOptions,
  { kind }: Pick<Item, 'kind'>,
  { attachments }: Pick<ItemBody, 'attachments'>,
): CollectionOptions {
  if (kind !== 'message') return options
  const areFilesAllowed = attachments.every(({ size }) => decideFile(limits, size) === 'allowed')
  const isAllowed = ({ type }: BodyPreference) =>
    type === text || (limits.allowsHtml && (type !== mime || areFilesAllowed))
  const allowed = options.bodies.filter(isAllowed)
  const bodies = allowed.length > 0 || isUnlimited(limits) ? allowed : [{ type: text }]
  const { bodyPart, ...others } = options
  return {
    ...others,
    bodies: bodies.map((each) => cutBy(each, each.type === html ? limits.htmlSize : limits.textSize)),
    ...(bodyPart && limits.allowsHtml && { bodyPart: cutBy(bodyPart, limits.htmlSize) }),
  }
}

function isUnlimited({ textSize, allowsHtml }: PolicyLimits): boolean {
  return allowsHtml && textSize === Number.POSITIVE_INFINITY
}

/** A whole message is not cut: what counts for it is whether it is allowed. */
function cutBy(preference: BodyPreference, most: number): BodyPreference {
  if (most === Number.POSITIVE_INFINITY || preference.type === mime) return preference
  return { ...preference, truncationSize: Math.min(preference.truncationSize ?? most, most) }
}
