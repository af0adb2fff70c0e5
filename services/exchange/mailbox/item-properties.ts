/** The typed properties of items; moments are ISO instants in UTC, addresses are written apart from names. */
export interface MailAddress {
  readonly name: string
  readonly address: string
}

export interface MessageProperties {
  readonly from?: MailAddress
  /** Present when it differs from `from`. */
  readonly sender?: MailAddress
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly bcc: readonly MailAddress[]
  readonly replyTo: readonly MailAddress[]
  readonly inReplyTo?: string
  readonly references: readonly string[]
  /** The subject without prefixes. */
  readonly topic: string
  /** The iCalendar text of a meeting request, answer or cancellation. */
  readonly calendarText?: string
  /** Absent: normal. */
  readonly sensitivity?: Sensitivity
  /** Its sender wants to hear that it was read, or that it arrived. */
  readonly readReceipt?: boolean
  readonly deliveryReceipt?: boolean
}

/** Field names and values of [MS-ASCAL] 2.2.2.37, which EWS and iCalendar map to. */
export interface Recurrence {
  readonly type: 'daily' | 'weekly' | 'monthly' | 'monthlyNth' | 'yearly' | 'yearlyNth'
  readonly interval: number
  readonly occurrences?: number
  /** ISO instant. */
  readonly until?: string
  /** Bits: 1 Sunday to 64 Saturday. */
  readonly dayOfWeek?: number
  readonly dayOfMonth?: number
  /** 5 is the last. */
  readonly weekOfMonth?: number
  readonly monthOfYear?: number
  /** 0 is Sunday. */
  readonly firstDayOfWeek?: number
  readonly calendarType?: number
  readonly isLeapMonth?: boolean
}

export interface Attendee extends MailAddress {
  readonly type: 'required' | 'optional' | 'resource'
  readonly status: 'unknown' | 'tentative' | 'accepted' | 'declined' | 'notResponded'
  /** When the attendee would rather meet. */
  readonly proposal?: TimeProposal
}

export interface TimeProposal {
  readonly start: string
  readonly end: string
}

/** What is known of a place besides its name ([MS-ASAIRS] 2.2.2.28), in the order of the schema; all texts. */
export const placeFields = [
  'accuracy',
  'altitude',
  'altitudeAccuracy',
  'annotation',
  'city',
  'country',
  'latitude',
  'locationUri',
  'longitude',
  'postalCode',
  'state',
  'street',
] as const

export type Place = Readonly<Partial<Record<(typeof placeFields)[number], string>>> & {
  /** The location that all this is about. */
  readonly displayName: string
}

export type BusyStatus = 'free' | 'tentative' | 'busy' | 'outOfOffice' | 'elsewhere'
export type Sensitivity = 'normal' | 'personal' | 'private' | 'confidential'

/** What an exception may say differently from its series. */
export interface AppointmentFacts {
  readonly start: string
  readonly end: string
  readonly allDay: boolean
  readonly location: string
  /** Counts as long as the location is the one that it names. */
  readonly place?: Place
  readonly busyStatus: BusyStatus
  readonly sensitivity: Sensitivity
  /** Minutes before the start; absent: none. */
  readonly reminderMinutes?: number
  readonly attendees: readonly Attendee[]
}

export interface AppointmentException extends Partial<Omit<AppointmentFacts, 'reminderMinutes'>> {
  /** The start of the occurrence as the pattern has it. */
  readonly originalStart: string
  readonly deleted: boolean
  readonly subject?: string
  readonly categories?: readonly string[]
  readonly bodyText?: string
  readonly bodyHtml?: string
  /** `null`: this occurrence has none, whatever the series has. */
  readonly reminderMinutes?: number | null
}

export interface AppointmentProperties extends AppointmentFacts {
  readonly uid: string
  /** What the device that made it called it, to recognise a repeated request. */
  readonly clientUid?: string
  readonly organizer?: MailAddress
  readonly isMeeting: boolean
  /** The mailbox is an attendee, not the organizer. */
  readonly isReceived: boolean
  readonly isCancelled: boolean
  readonly response: 'none' | 'organizer' | 'tentative' | 'accepted' | 'declined' | 'notResponded'
  readonly repliedAt?: string
  readonly responseRequested: boolean
  readonly disallowNewTimeProposal: boolean
  /** When it was made or last changed by its organizer. */
  readonly stamp: string
  /** Of the last invitation (RFC 5545 §3.8.7.4); absent: 0. */
  readonly sequence?: number
  /** The 172 bytes of [MS-ASDTYPE] 2.7.6 in base64; absent: UTC. */
  readonly timeZone?: string
  readonly recurrence?: Recurrence
  /** On an attendee’s appointment: the last change by the organizer, and what it was about. */
  readonly lastUpdate?: { readonly sequence: number; readonly about: 'nothing' | 'details' | 'times' }
  readonly exceptions: readonly AppointmentException[]
}

/** Texts under the element names of [MS-ASCNTC], camel-cased; `anniversary` and `birthday` are ISO instants. */
export const contactFields = [
  'accountName',
  'alias',
  'anniversary',
  'assistantName',
  'assistantPhoneNumber',
  'birthday',
  'business2PhoneNumber',
  'businessAddressCity',
  'businessAddressCountry',
  'businessAddressPostalCode',
  'businessAddressState',
  'businessAddressStreet',
  'businessFaxNumber',
  'businessPhoneNumber',
  'carPhoneNumber',
  'companyMainPhone',
  'companyName',
  'customerId',
  'department',
  'email1Address',
  'email2Address',
  'email3Address',
  'fileAs',
  'firstName',
  'governmentId',
  'home2PhoneNumber',
  'homeAddressCity',
  'homeAddressCountry',
  'homeAddressPostalCode',
  'homeAddressState',
  'homeAddressStreet',
  'homeFaxNumber',
  'homePhoneNumber',
  'imAddress',
  'imAddress2',
  'imAddress3',
  'jobTitle',
  'lastName',
  'managerName',
  'middleName',
  'mms',
  'mobilePhoneNumber',
  'nickName',
  'officeLocation',
  'otherAddressCity',
  'otherAddressCountry',
  'otherAddressPostalCode',
  'otherAddressState',
  'otherAddressStreet',
  'pagerNumber',
  'radioPhoneNumber',
  'spouse',
  'suffix',
  'title',
  'webPage',
  'yomiCompanyName',
  'yomiFirstName',
  'yomiLastName',
] as const

export type ContactField = (typeof contactFields)[number]

export interface ContactProperties {
  readonly fields: Readonly<Partial<Record<ContactField, string>>>
  readonly children: readonly string[]
  /** Base64 of an image. */
  readonly picture?: string
}

export interface TaskProperties {
  readonly complete: boolean
  /** Of a task that is not complete. */
  readonly status?: 'NotStarted' | 'InProgress' | 'WaitingOnOthers' | 'Deferred'
  readonly percentComplete?: number
  readonly completedAt?: string
  /** Local and UTC, as [MS-ASTASK] pairs them. */
  readonly start?: string
  readonly utcStart?: string
  readonly due?: string
  readonly utcDue?: string
  readonly sensitivity: Sensitivity
  readonly reminderAt?: string
  readonly recurrence?: Recurrence & {
    readonly start: string
    readonly regenerate?: boolean
    readonly deadOccurrence?: boolean
  }
  readonly ordinal?: string
  readonly subOrdinal?: string
}

export interface NoteProperties {
  /** ISO instant. */
  readonly modifiedAt: string
}

export interface ItemProperties {
  readonly message: MessageProperties
  readonly appointment: AppointmentProperties
  readonly contact: ContactProperties
  readonly task: TaskProperties
  readonly note: NoteProperties
}

export type ItemKind = keyof ItemProperties
