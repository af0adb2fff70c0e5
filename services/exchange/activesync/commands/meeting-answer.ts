import { submitMail } from '../../transport/submit-mail.ts'
import type { Call } from '../call.ts'
import { compactDateTime } from '../moments.ts'
import type { Meeting, MeetingAnswer } from './meeting-response.ts'

const words = {
  accepted: { status: 'ACCEPTED', prefix: 'Accepted' },
  tentative: { status: 'TENTATIVE', prefix: 'Tentative' },
  declined: { status: 'DECLINED', prefix: 'Declined' },
} as const

/** 16.x: the server mails the answer (RFC 5546 §3.2.3), because the client does not. */
export async function sendMeetingAnswer(
  call: Call,
  { subject, properties }: Meeting,
  answer: MeetingAnswer,
  comment: string | undefined,
): Promise<void> {
  const { organizer } = properties
  if (!organizer) return
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const { user, now, parts } = call
  const composer = new MailComposer({
    from: { name: user.displayName, address: user.emailAddress },
    to: { name: organizer.name, address: organizer.address },
    subject: `${words[answer].prefix}: ${subject}`,
    date: now,
    text: comment ?? '',
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
    icalEvent: { method: 'REPLY', content: replyText(call, { subject, properties }, answer) },
  })
  const mime = await composer.compile().build()
  await submitMail(parts, { sender: user, mime, saveInSent: true })
}

function replyText({ user, now }: Call, { subject, properties }: Meeting, answer: MeetingAnswer): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Fauxchange//ActiveSync//EN',
    'METHOD:REPLY',
    'BEGIN:VEVENT',
    `UID:${properties.uid}`,
    `DTSTAMP:${compactDateTime(now)}`,
    `DTSTART:${compactDateTime(properties.start)}`,
    `DTEND:${compactDateTime(properties.end)}`,
    `SUMMARY:${escaped(subject)}`,
    `ORGANIZER:mailto:${properties.organizer?.address}`,
    `ATTENDEE;PARTSTAT=${words[answer].status};CN="${user.displayName.replaceAll('"', '')}":mailto:${user.emailAddress}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]
  return lines.join('\r\n')
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n')
}
