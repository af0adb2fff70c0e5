import type { Appointment } from '../../mailbox/item.ts'
import type { BusyStatus } from '../../mailbox/item-properties.ts'

/** LegacyFreeBusyType of [MS-OXWSCDATA] 2.2.5.14. */
export const busyNames: Readonly<Record<BusyStatus, string>> = {
  free: 'Free',
  tentative: 'Tentative',
  busy: 'Busy',
  outOfOffice: 'OOF',
  elsewhere: 'WorkingElsewhere',
}

/** ResponseTypeType of [MS-OXWSCDATA] 2.2.5.25: of the mailbox's owner, and of attendees. */
export const responseNames: Readonly<Record<Appointment['properties']['response'] | 'unknown', string>> = {
  unknown: 'Unknown',
  none: 'Unknown',
  organizer: 'Organizer',
  tentative: 'Tentative',
  accepted: 'Accept',
  declined: 'Decline',
  notResponded: 'NoResponseReceived',
}
