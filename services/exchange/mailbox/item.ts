import type { ItemKind, ItemProperties } from './item-properties.ts'

export type Importance = 'low' | 'normal' | 'high'

/** A follow-up flag; an item without one has none. Dates are ISO instants. */
export interface FollowUpFlag {
  readonly status: 'active' | 'complete'
  readonly type?: string
  readonly subject?: string
  readonly start?: string
  readonly utcStart?: string
  readonly due?: string
  readonly utcDue?: string
  readonly completedAt?: string
  readonly reminderAt?: string
  readonly ordinal?: string
  readonly subOrdinal?: string
}

export type LastVerb = 'none' | 'reply' | 'replyAll' | 'forward'

export interface ItemOf<Kind extends ItemKind> {
  readonly kind: Kind
  /** Stays the same as long as the item stays in its folder; an item that moves gets a new one. */
  readonly id: string
  readonly folderId: string
  readonly numbers: ItemNumbers
  readonly changeNumber: number
  /** For an appointment its start. */
  readonly receivedAt: Date
  readonly sender: string
  readonly senderAddress: string
  readonly subject: string
  readonly preview: string
  readonly unread: boolean
  readonly importance: Importance
  readonly hasAttachments: boolean
  readonly size: number
  readonly isDraft: boolean
  /** Such as `IPM.Note` or `IPM.Schedule.Meeting.Request`. */
  readonly messageClass: string
  readonly flag?: FollowUpFlag
  readonly categories: readonly string[]
  /** The same for all messages of a conversation; empty for other kinds. */
  readonly conversationId: string
  /** Base64: five bytes, and five more for each reply. */
  readonly conversationIndex: string
  /** Without angle brackets. */
  readonly internetMessageId: string
  readonly lastVerb: LastVerb
  readonly lastVerbAt?: Date
  /** What programs invented for it, by a name of theirs. */
  readonly extended?: ExtendedProperties
  readonly properties: ItemProperties[Kind]
}

/** A named property as a program set it: texts, one unless it is a list. */
export interface ExtendedValue {
  readonly type: string
  readonly values: readonly string[]
}

export type ExtendedProperties = Readonly<Record<string, ExtendedValue>>

export type Message = ItemOf<'message'>
export type Appointment = ItemOf<'appointment'>
export type Contact = ItemOf<'contact'>
export type Task = ItemOf<'task'>
export type Note = ItemOf<'note'>
export type Item = Message | Appointment | Contact | Task | Note

/** The mailbox's change number when each of these last changed. */
export interface ItemNumbers {
  /** When it came into its folder. */
  readonly arrived: number
  readonly read: number
  readonly flag: number
  readonly categories: number
  /** Anything else. */
  readonly content: number
}

export interface ItemBody {
  readonly text?: string
  readonly html?: string
  readonly attachments: readonly AttachmentFacts[]
}

export interface AttachmentFacts {
  /** Unique in the item and stable as long as it lives. */
  readonly id: string
  readonly name: string
  readonly contentType: string
  /** By which the HTML body shows it, without angle brackets. */
  readonly contentId?: string
  readonly isInline: boolean
  readonly size: number
}

export interface NewAttachment {
  readonly name: string
  readonly contentType: string
  readonly contentId?: string
  readonly isInline?: boolean
  /** Of an iCalendar part that is passed on. */
  readonly method?: string
  readonly content: Buffer
}

/** How a message comes into a folder. */
export interface Delivery {
  readonly folderId: string
  readonly mime: Buffer
  readonly receivedAt: Date
  /** As unread mail unless told otherwise. */
  readonly unread?: boolean
  readonly isDraft?: boolean
  readonly flag?: FollowUpFlag
  readonly categories?: readonly string[]
  readonly extended?: ExtendedProperties
}

export interface NewItem<Kind extends Exclude<ItemKind, 'message'> = Exclude<ItemKind, 'message'>> {
  readonly kind: Kind
  readonly folderId: string
  readonly subject: string
  readonly properties: ItemProperties[Kind]
  readonly messageClass?: string
  readonly importance?: Importance
  readonly categories?: readonly string[]
  readonly text?: string
  readonly html?: string
  readonly attachments?: readonly NewAttachment[]
  readonly createdAt: Date
  readonly extended?: ExtendedProperties
}

/** What is absent stays; `null` removes. */
export interface ItemPatch {
  readonly unread?: boolean
  readonly flag?: FollowUpFlag | null
  readonly categories?: readonly string[]
  readonly importance?: Importance
  readonly subject?: string
  readonly messageClass?: string
  readonly lastVerb?: { readonly verb: LastVerb; readonly at: Date }
  readonly extended?: Readonly<Record<string, ExtendedValue | null>>
  readonly body?: { readonly text?: string; readonly html?: string }
  readonly properties?: ItemProperties[ItemKind]
  readonly addAttachments?: readonly NewAttachment[]
  readonly removeAttachments?: readonly string[]
  /** The message's new content, for a draft. */
  readonly mime?: Buffer
}
