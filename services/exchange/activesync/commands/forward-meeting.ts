import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { timesOf } from '../../calendar/answer-meeting.ts'
import { sendMeetingMail } from '../../calendar/meeting-mail.ts'
import type { Appointment } from '../../mailbox/item.ts'
import type { Attendee } from '../../mailbox/item-properties.ts'
import { forwardNotice } from '../../mailbox/parse-message.ts'
import type { Call } from '../call.ts'
import { instanceOf } from '../classes/appointment.ts'
import { all, child, textOf } from '../elements.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'

const ofMessages = ['Mime', 'SaveInSentItems', 'ReplaceMime']

/** 16.x: a SmartForward that names people in the place of a message ([MS-ASCMD] 2.2.1.19). */
export function isMeetingForward({ version, body }: Pick<Call, 'version' | 'body'>): boolean {
  const isNamed = child(body, 'ComposeMail:Forwardees') ?? child(body, 'AirSyncBase:Body')
  return version >= 160 && isNamed !== undefined
}

/** The server invites the others to the appointment, or to one occurrence of it. */
export async function forwardMeeting(call: Call): Promise<number> {
  const { body } = call
  if (ofMessages.some((name) => child(body, `ComposeMail:${name}`)))
    throw new ActiveSyncError('invalidMimeBodyCombination', 'Forwardees and Body stand without a message')
  const forwardees = all(child(body, 'ComposeMail:Forwardees'), 'ComposeMail:Forwardee').map(forwardeeOf)
  if (forwardees.length === 0) throw new ActiveSyncError('invalidSmartForwardParameters', 'there is no Forwardee')
  const source = child(body, 'ComposeMail:Source')
  const appointment = await appointmentOf(call, source)
  const instanceId = textOf(source, 'ComposeMail:InstanceId')
  if (instanceId !== undefined && !appointment.properties.recurrence)
    throw new ActiveSyncError('noRecurrenceInCalendar', 'InstanceId is for a series')
  const occurrence = instanceId === undefined ? undefined : instanceOf(instanceId)
  const forwarding = { appointment, forwardees, occurrence }
  await invite(call, forwarding)
  await tellOrganizer(call, forwarding)
  return forwardees.length
}

function forwardeeOf(each: WbxmlElement): Attendee {
  const address = textOf(each, 'ComposeMail:ForwardeeEmail') ?? ''
  if (!address.includes('@')) throw new ActiveSyncError('invalidSmartForwardParameters', `"${address}" is no address`)
  return {
    address,
    name: textOf(each, 'ComposeMail:ForwardeeName') || address,
    type: 'required',
    status: 'notResponded',
  }
}

async function appointmentOf(call: Call, source: WbxmlElement | undefined): Promise<Appointment> {
  const itemId = textOf(source, 'ComposeMail:ItemId') ?? textOf(source, 'ComposeMail:LongId')
  const item = itemId === undefined ? undefined : await call.parts.mailboxes.findItem(call.mailboxId, itemId)
  if (!item) throw new ActiveSyncError('itemNotFound', `there is no item "${itemId}" to forward`)
  if (item.kind !== 'appointment')
    throw new ActiveSyncError('invalidSmartForwardParameters', 'only appointments are forwarded without a message')
  return item
}

interface Forwarding {
  readonly appointment: Appointment
  readonly forwardees: readonly Attendee[]
  readonly occurrence: string | undefined
}

async function invite(call: Call, { appointment, forwardees, occurrence }: Forwarding): Promise<void> {
  const { subject, properties } = appointment
  const written = textOf(child(call.body, 'AirSyncBase:Body'), 'AirSyncBase:Data')
  const text = written ?? (await call.parts.mailboxes.readBody(call.mailboxId, appointment.id))?.text ?? ''
  await sendMeetingMail(call.parts, {
    sender: call.user,
    to: forwardees,
    subject: `FW: ${subject}`,
    news: {
      method: 'REQUEST',
      subject,
      properties: { ...properties, ...(occurrence !== undefined && timesOf(properties, occurrence)) },
      attendees: [...properties.attendees, ...forwardees],
      occurrence,
      text,
    },
  })
}

/** [MS-OXOCAL] 3.1.4.10: the organizer hears who else was asked to come. */
async function tellOrganizer(call: Call, { appointment, forwardees }: Forwarding): Promise<void> {
  const { organizer, isReceived } = appointment.properties
  if (!isReceived || !organizer) return
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const { user, now, parts } = call
  const people = forwardees.map(({ name, address }) => (name === address ? address : `${name} <${address}>`))
  const composer = new MailComposer({
    from: { name: user.displayName, address: user.emailAddress },
    to: organizer.address,
    subject: `Meeting Forward Notification: ${appointment.subject}`,
    date: now,
    messageId: `<${parts.context.random.uuid()}@${user.emailAddress.split('@')[1]}>`,
    headers: { 'content-class': forwardNotice, 'auto-submitted': 'auto-generated' },
    text: [
      'Your meeting was forwarded',
      '',
      `${user.displayName} has forwarded your meeting request to additional people.`,
      '',
      `Meeting: ${appointment.subject}`,
      `Time: ${appointment.properties.start}`,
      `Forwarded to: ${people.join('; ')}`,
    ].join('\r\n'),
    newline: '\r\n',
  })
  await parts.transport.submit({ from: '', to: [organizer.address] }, await composer.compile().build())
}
