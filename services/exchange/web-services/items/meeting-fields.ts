import type { XmlPart } from '#shared/xml/markup.ts'
import { propertiesOf } from '../../calendar/answer-meeting.ts'
import type { Message } from '../../mailbox/item.ts'
import type { AppointmentProperties } from '../../mailbox/item-properties.ts'
import { type MeetingText, readMeetingText } from '../../mailbox/meeting-text.ts'
import { t } from '../elements.ts'
import { itemIdElement } from '../ids.ts'
import { momentIn } from '../zones.ts'
import { type AppointmentField, calendarElements } from './appointment-fields.ts'
import { busyNames } from './appointment-names.ts'
import type { Field } from './item-fields.ts'
import type { ItemView } from './item-view.ts'

interface Meeting {
  readonly text: MeetingText
  readonly properties: AppointmentProperties
}

/** [MS-OXWSMTGS] MeetingMessageType: what requests, answers and cancellations have in common. */
const common: readonly Field[] = [
  of('meeting:AssociatedCalendarItemId', associatedItem),
  of('meeting:IsDelegated', () => t('IsDelegated', 'false')),
  of('meeting:IsOutOfDate', outOfDate),
  of('meeting:HasBeenProcessed', () => t('HasBeenProcessed', 'true')),
  of('meeting:ResponseType', ({ item }) => t('ResponseType', responseOf(item.messageClass))),
  of('calendar:UID', (_, { text }) => t('UID', text.uid)),
  of('calendar:RecurrenceId', ({ call }, { text }) =>
    text.occurrence === undefined ? undefined : t('RecurrenceId', momentIn(call.zone, text.occurrence)),
  ),
  of('calendar:DateTimeStamp', ({ call }, { text }) => t('DateTimeStamp', momentIn(call.zone, text.stamp))),
  of('calendar:IsOrganizer', ({ call }, { text }) =>
    t('IsOrganizer', String(text.organizer?.address.toLowerCase() === call.owner.emailAddress.toLowerCase())),
  ),
]

const requestOnly: readonly Field[] = [
  of('meetingRequest:MeetingRequestType', ({ item }, { text }) =>
    t('MeetingRequestType', text.sequence > 0 && item.kind === 'message' ? 'FullUpdate' : 'NewMeetingRequest'),
  ),
  of('meetingRequest:IntendedFreeBusyStatus', (_, { text }) => t('IntendedFreeBusyStatus', busyNames[text.busyStatus])),
]

const told = new Set(['UID', 'RecurrenceId', 'DateTimeStamp', 'IsOrganizer', 'IsCancelled'])
const briefly = new Set(['Start', 'End', 'Location', 'Recurrence', 'CalendarItemType'])

const details = calendarElements.filter(({ name }) => !told.has(name)).map(fromText)
const fewDetails = calendarElements.filter(({ name }) => briefly.has(name)).map(fromText)

/** By the name of the element, in the order of the schema. */
export const meetingFields: Readonly<Record<string, readonly Field[]>> = {
  MeetingRequest: [...common, ...requestOnly, ...details],
  MeetingResponse: [...common, ...fewDetails, proposal('ProposedStart', 'start'), proposal('ProposedEnd', 'end')],
  MeetingCancellation: [...common, ...fewDetails],
}

function proposal(name: string, moment: 'start' | 'end'): Field {
  return of(`meeting:${name}`, ({ call }, { text }) =>
    text.method === 'COUNTER' ? t(name, momentIn(call.zone, text[moment])) : undefined,
  )
}

function fromText({ name, in: shape, write }: AppointmentField): Field {
  const field = of(`calendar:${name}`, (view, { properties, text }) =>
    write({
      view,
      properties,
      ...(text.occurrence !== undefined && { occurrence: { originalStart: text.occurrence } }),
    }),
  )
  return { ...field, in: shape }
}

function of(uri: string, write: (view: ItemView, meeting: Meeting) => XmlPart | Promise<XmlPart>): Field {
  return {
    uri,
    in: 'Default',
    write: async (view) => {
      const meeting = view.item.kind === 'message' ? await meetingIn(view.item) : undefined
      return meeting && write(view, meeting)
    },
  }
}

async function meetingIn({ properties }: Message): Promise<Meeting | undefined> {
  const text = properties.calendarText === undefined ? undefined : readMeetingText(properties.calendarText)
  return text && { text, properties: await propertiesOf(text) }
}

async function associatedItem({ call }: ItemView, { text }: Meeting): Promise<XmlPart> {
  const found = await call.parts.mailboxes.findByUid(call.mailboxId, text.uid)
  return found && itemIdElement(found, 'AssociatedCalendarItemId')
}

async function outOfDate({ call }: ItemView, { text }: Meeting): Promise<XmlPart> {
  const found = await call.parts.mailboxes.findByUid(call.mailboxId, text.uid)
  return t('IsOutOfDate', String((found?.properties.sequence ?? 0) > text.sequence))
}

function responseOf(messageClass: string): string {
  const answers = { Pos: 'Accept', Tent: 'Tentative', Neg: 'Decline' } as const
  return answers[messageClass.split('.').at(-1) as keyof typeof answers] ?? 'NoResponseReceived'
}
