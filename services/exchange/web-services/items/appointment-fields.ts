import type { XmlPart } from '#shared/xml/markup.ts'
import type { Appointment } from '../../mailbox/item.ts'
import type { Attendee, BusyStatus } from '../../mailbox/item-properties.ts'
import { field, moment, t } from '../elements.ts'
import { capital, cleaned, type Field } from './item-fields.ts'
import type { ItemView } from './item-view.ts'
import { mailboxElement } from './message-fields.ts'

export const busyNames: Readonly<Record<BusyStatus, string>> = {
  free: 'Free',
  tentative: 'Tentative',
  busy: 'Busy',
  outOfOffice: 'OOF',
  elsewhere: 'WorkingElsewhere',
}

const responses: Readonly<Record<Appointment['properties']['response'], string>> = {
  none: 'Unknown',
  organizer: 'Organizer',
  tentative: 'Tentative',
  accepted: 'Accept',
  declined: 'Decline',
  notResponded: 'NoResponseReceived',
}

const attendeeResponses: Readonly<Record<Attendee['status'], string>> = {
  unknown: 'Unknown',
  tentative: 'Tentative',
  accepted: 'Accept',
  declined: 'Decline',
  notResponded: 'NoResponseReceived',
}

/** [MS-OXWSMTGS] 2.2.4.9 CalendarItemType, in the order of the schema. */
export const appointmentFields: readonly Field[] = [
  of('calendar:UID', 'AllProperties', ({ uid }) => field('UID', uid || undefined)),
  of('calendar:DateTimeStamp', 'AllProperties', ({ stamp }) => t('DateTimeStamp', moment(stamp))),
  of('calendar:Start', 'Default', ({ start }) => t('Start', moment(start))),
  of('calendar:End', 'Default', ({ end }) => t('End', moment(end))),
  of('calendar:IsAllDayEvent', 'AllProperties', ({ allDay }) => t('IsAllDayEvent', String(allDay))),
  of('calendar:LegacyFreeBusyStatus', 'Default', ({ busyStatus }) => t('LegacyFreeBusyStatus', busyNames[busyStatus])),
  of('calendar:Location', 'Default', ({ location }) => location !== '' && t('Location', cleaned(location))),
  of('calendar:IsMeeting', 'AllProperties', ({ isMeeting }) => t('IsMeeting', String(isMeeting))),
  of('calendar:IsCancelled', 'AllProperties', ({ isCancelled }) => t('IsCancelled', String(isCancelled))),
  of('calendar:IsRecurring', 'AllProperties', () => t('IsRecurring', 'false')),
  of('calendar:IsResponseRequested', 'AllProperties', ({ responseRequested }) =>
    t('IsResponseRequested', String(responseRequested)),
  ),
  of('calendar:CalendarItemType', 'Default', ({ recurrence }) =>
    t('CalendarItemType', recurrence ? 'RecurringMaster' : 'Single'),
  ),
  of('calendar:MyResponseType', 'AllProperties', ({ response }) => t('MyResponseType', responses[response])),
  of('calendar:Organizer', 'Default', ({ organizer }) => organizer && t('Organizer', mailboxElement(organizer))),
  attendees('RequiredAttendees', 'required'),
  attendees('OptionalAttendees', 'optional'),
  attendees('Resources', 'resource'),
]

function of(uri: string, shape: Field['in'], write: (properties: Appointment['properties']) => XmlPart): Field {
  return {
    uri,
    in: shape,
    write: ({ item }: ItemView) => (item.kind === 'appointment' ? write(item.properties) : undefined),
  }
}

function attendees(name: string, type: Attendee['type']): Field {
  return of(`calendar:${name}`, 'AllProperties', (properties) => {
    const those = properties.attendees.filter((each) => each.type === type)
    const written = (each: Attendee) =>
      t('Attendee', mailboxElement(each), t('ResponseType', attendeeResponses[each.status]))
    return those.length > 0 && t(capital(name), those.map(written))
  })
}
