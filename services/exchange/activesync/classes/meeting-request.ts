import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Message } from '../../mailbox/item.ts'
import { type MeetingText, readMeetingText } from '../../mailbox/meeting-text.ts'
import { utcZone } from '../../mailbox/time-zone.ts'
import { element, optional, text } from '../elements.ts'
import { dateTime } from '../moments.ts'

/** [MS-ASEMAIL] 2.2.2.48: only on requests, and only for somebody who is invited. */
export function meetingRequestElement(
  { messageClass, properties }: Message,
  version: number,
): WbxmlElement | undefined {
  if (messageClass !== 'IPM.Schedule.Meeting.Request' || properties.calendarText === undefined) return undefined
  const meeting = readMeetingText(properties.calendarText)
  if (!meeting) return undefined
  return element(
    'Email:MeetingRequest',
    text('Email:AllDayEvent', meeting.allDay),
    text('Email:StartTime', dateTime(meeting.start)),
    text('Email:DtStamp', dateTime(meeting.stamp)),
    text('Email:EndTime', dateTime(meeting.end)),
    text('Email:InstanceType', 0),
    locationElement(meeting, version),
    optional('Email:Organizer', meeting.organizer?.address),
    text('Email:ResponseRequested', 1),
    text('Email:Sensitivity', 0),
    text('Email:BusyStatus', 2),
    text('Email:TimeZone', utcZone),
    version < 160 ? text('Email:GlobalObjId', globalObjectId(meeting.uid)) : text('Calendar:UID', meeting.uid),
    version >= 140 && text('Email:DisallowNewTimeProposal', 0),
    version >= 141 && text('Email2:MeetingMessageType', 1),
  )
}

function locationElement({ location }: MeetingText, version: number): WbxmlElement | undefined {
  if (location === '') return undefined
  if (version < 160) return text('Email:Location', location)
  return element('AirSyncBase:Location', text('AirSyncBase:DisplayName', location))
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
