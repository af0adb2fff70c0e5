import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { instantOf } from '#shared/scenario/instants.ts'
import type { Scenario, User } from '#shared/scenario/world.ts'
import type { FolderClass } from './folder.ts'
import type { NewItem } from './item.ts'
import type { AppointmentProperties, Attendee } from './item-properties.ts'
import { nameAndAddress } from './mail-address.ts'

export type SeedItem = Omit<NewItem, 'folderId'> & { readonly folder: FolderClass }

type Owned<Kind extends 'appointments' | 'contacts' | 'tasks' | 'notes'> = Scenario['exchange'][Kind][number]

/** Calendar, contacts, tasks and notes of a person, as the scenario has them. */
export function seedItemsOf({ exchange }: Scenario, owner: User, start: Date): readonly SeedItem[] {
  const name = owner.userPrincipalName.toLowerCase()
  const isOwned = (each: { readonly mailbox: string }) => each.mailbox.toLowerCase() === name
  return [
    ...exchange.appointments.filter(isOwned).map((each) => appointmentOf(each, owner, start)),
    ...exchange.contacts.filter(isOwned).map((each) => contactOf(each, start)),
    ...exchange.tasks.filter(isOwned).map((each) => taskOf(each, start)),
    ...exchange.notes.filter(isOwned).map((each) => noteOf(each, start)),
  ]
}

function appointmentOf(given: Owned<'appointments'>, owner: User, start: Date): SeedItem {
  return {
    kind: 'appointment',
    folder: 'calendar',
    subject: given.subject,
    text: given.text,
    categories: given.categories,
    createdAt: start,
    properties: appointmentProperties(given, owner, start),
  }
}

function appointmentProperties(given: Owned<'appointments'>, owner: User, start: Date): AppointmentProperties {
  const begins = beginningOf(given, start)
  const organizer = given.organizer ? nameAndAddress(given.organizer) : undefined
  const self = owner.userPrincipalName
  const isReceived = organizer !== undefined && organizer.address.toLowerCase() !== self.toLowerCase()
  const isMeeting = given.attendees.length > 0
  return {
    uid: derivedGuid('appointment', `${self}/${given.subject}`).replaceAll('-', '').toUpperCase(),
    start: begins.toISOString(),
    end: new Date(begins.getTime() + given.durationMinutes * 60_000).toISOString(),
    allDay: given.allDay,
    location: given.location,
    busyStatus: given.busyStatus,
    sensitivity: 'normal',
    ...(given.reminderMinutes !== undefined && { reminderMinutes: given.reminderMinutes }),
    attendees: given.attendees.map((each): Attendee => {
      return { ...nameAndAddress(each), type: 'required', status: 'notResponded' }
    }),
    organizer: organizer ?? { name: owner.displayName, address: self },
    isMeeting,
    isReceived,
    isCancelled: false,
    response: responseOf(isMeeting, isReceived),
    responseRequested: isMeeting,
    disallowNewTimeProposal: false,
    stamp: start.toISOString(),
    ...(given.repeats && { recurrence: recurrenceOf(given, begins) }),
    exceptions: [],
  }
}

function responseOf(isMeeting: boolean, isReceived: boolean): AppointmentProperties['response'] {
  if (!isMeeting) return 'none'
  return isReceived ? 'notResponded' : 'organizer'
}

function recurrenceOf({ repeats, occurrences }: Owned<'appointments'>, begins: Date) {
  const count = occurrences === undefined ? {} : { occurrences }
  if (repeats === 'daily') return { type: 'daily', interval: 1, ...count } as const
  return { type: 'weekly', interval: 1, dayOfWeek: 2 ** begins.getUTCDay(), firstDayOfWeek: 0, ...count } as const
}

/**
 * On the full minute, so that clients show what the file says; whole days begin at midnight. Nobody meets days after
 * the start to its minute: there it is the full half hour.
 */
function beginningOf(given: Owned<'appointments'>, start: Date): Date {
  const moment = instantOf(given.start, start).getTime()
  const unit = given.allDay ? 86_400_000 : /^-?P\d+D/.test(given.start) ? 1_800_000 : 60_000
  return new Date(Math.floor(moment / unit) * unit)
}

function contactOf(given: Owned<'contacts'>, start: Date): SeedItem {
  const { mailbox: _, text, categories, emailAddress, ...fields } = given
  const fileAs = [given.lastName, given.firstName].filter((name) => name !== '').join(', ') || given.companyName
  const written = { ...fields, fileAs, ...(emailAddress && { email1Address: emailAddress }) }
  return {
    kind: 'contact',
    folder: 'contacts',
    subject: fileAs,
    text,
    categories,
    createdAt: start,
    properties: {
      fields: Object.fromEntries(Object.entries(written).filter(([, value]) => value !== '')),
      children: [],
    },
  }
}

function taskOf(given: Owned<'tasks'>, start: Date): SeedItem {
  const due = given.due && `${instantOf(given.due, start).toISOString().slice(0, 10)}T00:00:00.000Z`
  return {
    kind: 'task',
    folder: 'tasks',
    subject: given.subject,
    text: given.text,
    categories: given.categories,
    importance: given.importance,
    createdAt: start,
    properties: {
      complete: given.complete,
      ...(given.complete && { completedAt: start.toISOString() }),
      ...(due && { due, utcDue: due }),
      sensitivity: 'normal',
    },
  }
}

function noteOf({ subject, text, categories }: Owned<'notes'>, start: Date): SeedItem {
  return {
    kind: 'note',
    folder: 'notes',
    subject,
    text,
    categories,
    createdAt: start,
    properties: { modifiedAt: start.toISOString() },
  }
}
