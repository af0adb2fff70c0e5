import type { MailAddress } from '../mailbox/item-properties.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { type Submitting, submitMail } from '../transport/submit-mail.ts'
import { type MeetingNews, meetingCalendar } from './meeting-calendar.ts'

/*
 * Meetings between people, whatever protocol they use: invitations, answers and cancellations by mail (RFC 5546 and
 * RFC 6047), and what becomes of them in the calendars of both sides. Owns neither how a protocol writes an
 * appointment nor how mail travels.
 */
export type MeetingParts = Submitting

export interface MeetingMail {
  readonly sender: Recipient
  readonly to: readonly MailAddress[]
  /** Of the mail; the meeting's own is in `news`. */
  readonly subject: string
  readonly news: Omit<MeetingNews, 'now'>
  /** Whether a copy is kept in Sent Items; true unless told otherwise. */
  readonly saveInSent?: boolean
}

/** Sends news of a meeting; nothing when there is nobody to tell. */
export async function sendMeetingMail(
  parts: MeetingParts,
  { sender, to, subject, news, saveInSent = true }: MeetingMail,
): Promise<void> {
  if (to.length === 0) return
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const now = parts.context.clock.now()
  const calendar = await meetingCalendar({ ...news, now })
  const composer = new MailComposer({
    from: { name: sender.displayName, address: sender.emailAddress },
    to: to.map(({ name, address }) => ({ name, address })),
    subject,
    date: now,
    text: news.text,
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
    // Beside the text, and not as a file as well.
    alternatives: [{ contentType: `text/calendar; charset=utf-8; method=${news.method}`, content: calendar }],
  })
  await submitMail(parts, { sender, mime: await composer.compile().build(), saveInSent })
}
