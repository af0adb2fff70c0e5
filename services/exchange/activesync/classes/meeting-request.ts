import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Message } from '../../mailbox/item.ts'
import type { AppointmentProperties, Recurrence } from '../../mailbox/item-properties.ts'
import { type MeetingText, readMeetingText } from '../../mailbox/meeting-text.ts'
import { recurrenceOfRule } from '../../mailbox/recurrence-rule.ts'
import { utcZone } from '../../mailbox/time-zone.ts'
import { wallClock } from '../../mailbox/time-zones.ts'
import type { Call } from '../call.ts'
import { element, optional, text } from '../elements.ts'
import { compactDateTime, dateTime } from '../moments.ts'
import { meetingLocation } from './location.ts'
import { recurrenceElements } from './recurrence.ts'
import { busyStatusFor, sensitivities } from './shades.ts'

/** [MS-ASEMAIL] 2.2.2.48: only on requests, and only for somebody who is invited. */
export async function meetingRequestElement(
  { messageClass, properties }: Message,
  { parts, mailboxId, version }: Pick<Call, 'parts' | 'mailboxId' | 'version'>,
): Promise<WbxmlElement | undefined> {
  if (messageClass !== 'IPM.Schedule.Meeting.Request' || properties.calendarText === undefined) return undefined
  const meeting = readMeetingText(properties.calendarText)
  if (!meeting) return undefined
  const recurrence = await recurrenceOf(meeting)
  const appointment = version >= 141 ? await parts.mailboxes.findByUid(mailboxId, meeting.uid) : undefined
  return element(
    'Email:MeetingRequest',
    text('Email:AllDayEvent', meeting.allDay),
    text('Email:StartTime', dateTime(meeting.start)),
    text('Email:DtStamp', dateTime(meeting.stamp)),
    text('Email:EndTime', dateTime(meeting.end)),
    text('Email:InstanceType', instanceTypeOf(meeting, recurrence)),
    meetingLocation(meeting.location, version),
    optional('Email:Organizer', meeting.organizer?.address),
    optional('Email:RecurrenceId', meeting.occurrence && dateTime(meeting.occurrence)),
    optional('Email:Reminder', meeting.reminderMinutes && meeting.reminderMinutes * 60),
    text('Email:ResponseRequested', meeting.responseRequested),
    recurrence && element('Email:Recurrences', element('Email:Recurrence', patternElements(recurrence, version))),
    text('Email:Sensitivity', sensitivities[meeting.sensitivity]),
    text('Email:BusyStatus', busyStatusFor(meeting.busyStatus, version)),
    text('Email:TimeZone', meeting.timeZone ?? utcZone),
    version < 160 ? text('Email:GlobalObjId', globalObjectId(meeting.uid)) : text('Calendar:UID', meeting.uid),
    version >= 140 && text('Email:DisallowNewTimeProposal', meeting.disallowNewTimeProposal),
    version >= 141 && text('Email2:MeetingMessageType', messageTypeOf(meeting, appointment?.properties)),
  )
}

/** [MS-ASEMAIL] 2.2.2.47; nobody here has delegates (5, 6). */
const messageTypes = { silentUpdate: 0, initialRequest: 1, fullUpdate: 2, informationalUpdate: 3, outdated: 4 } as const
const updates = { nothing: 'silentUpdate', details: 'informationalUpdate', times: 'fullUpdate' } as const

function messageTypeOf({ sequence }: MeetingText, kept: AppointmentProperties | undefined): number {
  if (kept?.isReceived && sequence < (kept.sequence ?? 0)) return messageTypes.outdated
  if (kept?.lastUpdate?.sequence === sequence) return messageTypes[updates[kept.lastUpdate.about]]
  return sequence === 0 ? messageTypes.initialRequest : messageTypes.fullUpdate
}

/** [MS-ASEMAIL] 2.2.2.40: alone, a series, or one occurrence that is different. */
function instanceTypeOf({ occurrence }: MeetingText, recurrence: Recurrence | undefined): 0 | 1 | 3 {
  if (occurrence !== undefined) return 3
  return recurrence ? 1 : 0
}

/** Undefined also for a rule that appointments have no words for. */
async function recurrenceOf({ rule, timeZone, start }: MeetingText): Promise<Recurrence | undefined> {
  return rule === undefined ? undefined : recurrenceOfRule(rule, wallClock(timeZone, new Date(start)))
}

const ofEmail2 = ['CalendarType', 'IsLeapMonth', 'FirstDayOfWeek']

function patternElements(recurrence: Recurrence, version: number): readonly WbxmlElement[] {
  return recurrenceElements('Email', recurrence, { version, until: compactDateTime }).map((each) => {
    const name = each.name.slice('Email:'.length)
    return ofEmail2.includes(name) ? { ...each, name: `Email2:${name}` } : each
  })
}

const outlookId = /^040000008200E00074C5B7101A82E008[0-9A-F]{48,}$/i
const header = Buffer.from('040000008200E00074C5B7101A82E008', 'hex')

/** [MS-ASEMAIL] 2.2.2.36: Outlook's own identifier as its bytes, any other inside a "vCal-Uid". */
export function globalObjectId(uid: string): string {
  if (outlookId.test(uid)) return Buffer.from(uid, 'hex').toString('base64')
  const data = Buffer.concat([Buffer.from('vCal-Uid\u0001\u0000\u0000\u0000', 'latin1'), Buffer.from(`${uid}\u0000`)])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(data.length)
  return Buffer.concat([header, Buffer.alloc(20), length, data]).toString('base64')
}
