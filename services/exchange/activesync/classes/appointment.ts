import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { isOtherMeeting } from '../../calendar/meeting-change.ts'
import type { Appointment, Item, NewAttachment } from '../../mailbox/item.ts'
import type { AppointmentException, AppointmentProperties, Attendee } from '../../mailbox/item-properties.ts'
import { utcZone, wallClock } from '../../mailbox/time-zone.ts'
import type { Call } from '../call.ts'
import { all, bytesOf, child, element, flagOf, optional, text, textOf } from '../elements.ts'
import { compactDateTime, momentOf } from '../moments.ts'
import { changeInstance, removeInstance, requireExceptions } from './appointment-instance.ts'
import { attachmentElements, bodyElement, readFileReference } from './item-bodies.ts'
import type { Adding, Changing, ItemClass, Writing } from './item-class.ts'
import { ItemProblem } from './item-problem.ts'
import { locationElement } from './location.ts'
import { categoriesElement, readCategories } from './message.ts'
import { readAppointment } from './read-appointment.ts'
import { readBody } from './read-body.ts'
import { recurrenceElements } from './recurrence.ts'
import { busyStatusFor, sensitivities } from './shades.ts'
import { nextInvitation, tellOfChange, tellOfRemoval } from './tell-attendees.ts'

/** [MS-ASCAL]: as 12.1 to 14.1 have it, and as 16.x does. */
export const appointmentClass: ItemClass = { name: 'Calendar', write, add, change, removeInstance, beforeRemoval }

async function write({ call, item, body, options }: Writing): Promise<readonly WbxmlElement[]> {
  const appointment = item as Appointment
  const { version } = call
  const { properties } = appointment
  return [
    ...frameElements(properties, version),
    optional('Calendar:Subject', appointment.subject),
    text('Calendar:UID', properties.uid),
    ...meetingElements(properties, version),
    locationElement(properties, version),
    recurrenceElement(properties, version),
    exceptionsElement(appointment, version),
    await bodyElement({ body, mime: async () => undefined, isSigned: false }, options),
    text('Calendar:Sensitivity', sensitivities[properties.sensitivity]),
    text('Calendar:BusyStatus', busyStatusFor(properties.busyStatus, version)),
    text('Calendar:AllDayEvent', properties.allDay),
    optional('Calendar:Reminder', properties.reminderMinutes),
    version >= 160 && attachmentElements(item, body.attachments),
    categoriesElement('Calendar', appointment.categories),
    text('AirSyncBase:NativeBodyType', body.html === undefined ? 1 : 2),
  ].filter((each): each is WbxmlElement => Boolean(each))
}

/** 16.x: whole days are dates without a zone, and a zone would shift them. */
function frameElements(properties: AppointmentProperties, version: number): readonly (WbxmlElement | false)[] {
  const moment = momentFor(properties, version)
  return [
    !isFloating(properties, version) && text('Calendar:Timezone', properties.timeZone ?? utcZone),
    text('Calendar:DtStamp', compactDateTime(properties.stamp)),
    text('Calendar:StartTime', moment(properties.start)),
    text('Calendar:EndTime', moment(properties.end)),
  ]
}

function isFloating({ allDay }: AppointmentProperties, version: number): boolean {
  return version >= 160 && allDay
}

/** How an instant of the appointment is written: as what the clocks there show, where it floats. */
function momentFor(properties: AppointmentProperties, version: number): (instant: string) => string {
  const floats = isFloating(properties, version)
  return (instant) => compactDateTime(floats ? wallClock(properties.timeZone, instant) : instant)
}

const responseTypes = { none: 0, organizer: 1, tentative: 2, accepted: 3, declined: 4, notResponded: 5 } as const

function meetingElements(
  properties: AppointmentProperties,
  version: number,
): readonly (WbxmlElement | false | undefined)[] {
  const { organizer, isMeeting, isReceived, isCancelled } = properties
  const status = Number(isMeeting) + (isReceived ? 2 : 0) + (isCancelled ? 4 : 0)
  return [
    optional('Calendar:OrganizerName', isMeeting ? organizer?.name : undefined),
    optional('Calendar:OrganizerEmail', isMeeting ? organizer?.address : undefined),
    attendeesElement(properties, version),
    text('Calendar:MeetingStatus', status),
    version >= 140 && isMeeting && text('Calendar:ResponseRequested', properties.responseRequested),
    version >= 140 && isMeeting && text('Calendar:ResponseType', responseTypes[properties.response]),
    version >= 140 &&
      optional('Calendar:AppointmentReplyTime', properties.repliedAt && compactDateTime(properties.repliedAt)),
    version >= 140 && isMeeting && text('Calendar:DisallowNewTimeProposal', properties.disallowNewTimeProposal),
  ]
}

const attendeeTypes = { required: 1, optional: 2, resource: 3 } as const
const attendeeStatuses = { unknown: 0, tentative: 2, accepted: 3, declined: 4, notResponded: 5 } as const

/** Name and address of each, both of them, and never the organizer. */
function attendeesElement(
  { attendees, organizer }: Pick<AppointmentProperties, 'attendees' | 'organizer'>,
  version: number,
): WbxmlElement | undefined {
  const isOrganizer = ({ address }: Attendee) => address.toLowerCase() === organizer?.address.toLowerCase()
  const others = attendees.filter((each) => each.address !== '' && !isOrganizer(each))
  if (others.length === 0) return undefined
  return element(
    'Calendar:Attendees',
    others.map((each) =>
      element(
        'Calendar:Attendee',
        text('Calendar:Email', each.address),
        text('Calendar:Name', each.name || each.address),
        text('Calendar:AttendeeStatus', attendeeStatuses[each.status]),
        text('Calendar:AttendeeType', attendeeTypes[each.type]),
        ...proposalElements(each, version),
      ),
    ),
  )
}

/** [MS-ASCAL] 2.2.2.34, 2.2.2.35: what the attendee proposed with the answer. */
function proposalElements({ proposal }: Attendee, version: number): readonly WbxmlElement[] {
  if (!proposal || version < 161) return []
  return [
    text('MeetingResponse:ProposedStartTime', compactDateTime(proposal.start)),
    text('MeetingResponse:ProposedEndTime', compactDateTime(proposal.end)),
  ]
}

function recurrenceElement({ recurrence }: AppointmentProperties, version: number): WbxmlElement | undefined {
  if (!recurrence) return undefined
  return element('Calendar:Recurrence', recurrenceElements('Calendar', recurrence, { version, until: compactDateTime }))
}

function exceptionsElement({ properties }: Appointment, version: number): WbxmlElement | undefined {
  if (!properties.recurrence || properties.exceptions.length === 0) return undefined
  return element(
    'Calendar:Exceptions',
    properties.exceptions.map((each) => exceptionElement(each, properties, version, momentFor(properties, version))),
  )
}

function exceptionElement(
  each: AppointmentException,
  { organizer }: AppointmentProperties,
  version: number,
  written: (instant: string) => string,
): WbxmlElement {
  const original = written(each.originalStart)
  const moment = (name: string, value: string | undefined) => optional(name, value && written(value))
  return element(
    'Calendar:Exception',
    each.deleted && text('Calendar:Deleted', 1),
    version < 160 ? text('Calendar:ExceptionStartTime', original) : text('AirSyncBase:InstanceId', original),
    optional('Calendar:Subject', each.subject),
    moment('Calendar:StartTime', each.start),
    moment('Calendar:EndTime', each.end),
    version >= 140 && each.attendees && attendeesElement({ attendees: each.attendees, organizer }, version),
    exceptionBody(each),
    locationElement(each, version),
    each.categories && categoriesElement('Calendar', each.categories),
    each.sensitivity && text('Calendar:Sensitivity', sensitivities[each.sensitivity]),
    each.busyStatus && text('Calendar:BusyStatus', busyStatusFor(each.busyStatus, version)),
    each.allDay !== undefined && text('Calendar:AllDayEvent', each.allDay),
    each.reminderMinutes !== undefined && text('Calendar:Reminder', each.reminderMinutes ?? ''),
  )
}

function exceptionBody({ bodyText, bodyHtml }: AppointmentException): WbxmlElement | undefined {
  const written = bodyHtml ?? bodyText
  if (written === undefined) return undefined
  return element(
    'AirSyncBase:Body',
    text('AirSyncBase:Type', bodyHtml === undefined ? 1 : 2),
    text('AirSyncBase:EstimatedDataSize', Buffer.byteLength(written)),
    optional('AirSyncBase:Data', written),
  )
}

async function add({ call, folder, data, clientId }: Adding): Promise<Item> {
  const { version, user, now } = call
  const organizer = { name: user.displayName, address: user.emailAddress }
  const properties = readAppointment(data, { version, now, organizer, uid: call.parts.context.random.uuid(), clientId })
  if (version >= 160) await requireExceptions(properties)
  const same = await sameClientUid(call, folder.id, properties)
  if (same) return same
  const made = await call.parts.mailboxes.createItem(call.mailboxId, {
    kind: 'appointment',
    folderId: folder.id,
    subject: textOf(data, 'Calendar:Subject') ?? '',
    categories: readCategories(data, 'Calendar') ?? [],
    ...(await readBody(data)),
    properties,
    attachments: version >= 160 ? readAttachments(data) : [],
    createdAt: now,
  })
  await tellOfChange(call, { after: made as Appointment, isNews: true })
  return made
}

/** 16.x: what the device added before, when it lost every key in between ([MS-ASCAL] 2.2.2.11). */
async function sameClientUid({ parts, mailboxId, version }: Call, folderId: string, added: AppointmentProperties) {
  if (version < 160 || added.clientUid === undefined) return undefined
  const from = new Date(added.start)
  const span = { from, to: new Date(from.getTime() + 1) }
  const near = await parts.mailboxes.listAppointments(mailboxId, folderId, span)
  return near.find(({ properties }) => properties.clientUid === added.clientUid && properties.start === added.start)
}

async function change(changing: Changing): Promise<Item | undefined> {
  const { call, item, data, instanceId } = changing
  const before = item as Appointment
  if (instanceId !== undefined) return changeInstance(call, before, data, instanceId)
  const patch = await patchOf(changing, before)
  const { subject = before.subject, properties } = patch
  const isNews = isOtherMeeting(before, { subject, properties }) || (await isOtherText(call, before, patch.body))
  const changed = await call.parts.mailboxes.updateItem(call.mailboxId, item.id, {
    ...patch,
    properties: { ...properties, ...(isNews && nextInvitation(call, before)) },
  })
  if (changed) await tellOfChange(call, { before, after: changed as Appointment, isNews })
  return changed
}

async function patchOf({ call, data, supported }: Changing, { properties: before }: Appointment) {
  const { version, user, now } = call
  const organizer = before.organizer ?? { name: user.displayName, address: user.emailAddress }
  const properties = readAppointment(data, { version, now, organizer, uid: before.uid, before, supported })
  const body = await readBody(data)
  const keeps = version >= 160 || supported?.includes('Calendar:Categories') === false
  const categories = readCategories(data, 'Calendar') ?? (keeps ? undefined : [])
  const subject = textOf(data, 'Calendar:Subject') ?? (version >= 160 ? undefined : '')
  return {
    properties,
    ...(subject !== undefined && { subject }),
    ...(categories && { categories }),
    ...(body && { body }),
    ...(version >= 160 && { addAttachments: readAttachments(data), removeAttachments: readRemovals(data) }),
  }
}

async function isOtherText(call: Call, { id }: Appointment, body: { readonly text?: string } | undefined) {
  return body !== undefined && body.text !== (await call.parts.mailboxes.readBody(call.mailboxId, id))?.text
}

async function beforeRemoval(call: Call, item: Item): Promise<void> {
  if (item.kind === 'appointment') await tellOfRemoval(call, item)
}

/** An Add without Content is what iOS sends when an event moves between calendars: nothing to add. */
export function readAttachments(data: WbxmlElement): readonly NewAttachment[] {
  return all(child(data, 'AirSyncBase:Attachments'), 'AirSyncBase:Add').flatMap((each) => {
    const content = bytesOf(each, 'AirSyncBase:Content')
    if (!content) return []
    const contentId = textOf(each, 'AirSyncBase:ContentId')
    return [
      {
        name: textOf(each, 'AirSyncBase:DisplayName') ?? 'attachment',
        contentType: textOf(each, 'AirSyncBase:ContentType') ?? 'application/octet-stream',
        ...(contentId && { contentId }),
        isInline: flagOf(each, 'AirSyncBase:IsInline') ?? false,
        content,
      },
    ]
  })
}

/** What a client calls the files that it adds, in the order of `readAttachments`. */
export function addedFileIds(data: WbxmlElement): readonly string[] {
  const files = all(child(data, 'AirSyncBase:Attachments'), 'AirSyncBase:Add')
  return files.flatMap((each) =>
    bytesOf(each, 'AirSyncBase:Content') ? [textOf(each, 'AirSyncBase:ClientId') ?? ''] : [],
  )
}

export function readRemovals(data: WbxmlElement): readonly string[] {
  return all(child(data, 'AirSyncBase:Attachments'), 'AirSyncBase:Delete').map((each) => {
    const reference = textOf(each, 'AirSyncBase:FileReference')
    if (!reference) throw new ItemProblem(6, 'an attachment is deleted by its FileReference')
    return readFileReference(reference).attachmentId
  })
}

/** The moment that InstanceId names. */
export function instanceOf(instanceId: string): string {
  const moment = momentOf(instanceId)
  if (!moment) throw new ItemProblem(6, `InstanceId "${instanceId}" is no moment`)
  return moment
}
