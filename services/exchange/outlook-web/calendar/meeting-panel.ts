import { type Html, html } from '#shared/html/html.ts'
import { propertiesOf } from '../../calendar/answer-meeting.ts'
import type { Message } from '../../mailbox/mailbox-store.ts'
import { type MeetingText, readMeetingText } from '../../mailbox/meeting-text.ts'
import type { TimeZone } from '../../mailbox/time-zones.ts'
import { answerForm } from '../../pages/appointment-page.ts'
import { calendarActionUrl, calendarUrl } from '../../urls.ts'
import { recurrenceWords } from './recurrence-words.ts'
import { whenText } from './show-appointment.ts'

export interface PanelRequest {
  readonly message: Message
  readonly zone: TimeZone
  readonly canary: string
}

/** Above the text of meeting mail: what it is about, and what to do with it. */
export async function meetingPanel({ message, zone, canary }: PanelRequest): Promise<Html | undefined> {
  const { calendarText } = message.properties
  const meeting = calendarText === undefined ? undefined : readMeetingText(calendarText)
  if (!meeting || !message.messageClass.startsWith('IPM.Schedule.Meeting')) return undefined
  return html`<section class="meeting" aria-label="Meeting" data-testid="meeting">${await facts(meeting, zone)}${doing(meeting, message, canary)}</section>`
}

async function facts(meeting: MeetingText, zone: TimeZone): Promise<Html> {
  const properties = await propertiesOf(meeting)
  const [start, end] = [new Date(meeting.start), new Date(meeting.end)]
  const when = whenText(start, end, { allDay: meeting.allDay, properties, zone })
  const repeats = properties.recurrence && recurrenceWords(properties.recurrence)
  return html`<dl class="head"><div><dt>When</dt><dd data-testid="when">${when}</dd></div>${repeats && html`<div><dt>Repeats</dt><dd>${repeats}</dd></div>`}${meeting.location && html`<div><dt>Where</dt><dd>${meeting.location}</dd></div>`}</dl>`
}

const answers: Readonly<Record<string, string>> = {
  accepted: 'accepted',
  declined: 'declined',
  tentative: 'may come',
}

function doing(meeting: MeetingText, message: Message, canary: string): Html {
  const day = new Date(`${meeting.start.slice(0, 10)}T00:00:00Z`)
  const inCalendar = html`<p><a href="${calendarUrl('week', day)}">Show in the calendar</a></p>`
  if (meeting.method === 'REPLY') {
    const status = answers[meeting.attendees[0]?.status ?? ''] ?? 'answered'
    return html`<p class="note">${message.sender} ${status}.</p>${inCalendar}`
  }
  if (meeting.method === 'REQUEST')
    return html`${inCalendar}${answerForm({ action: calendarActionUrl, canary, itemId: message.id, occurrence: '', canAnswer: true })}`
  return html`<p class="note">The organizer canceled this meeting.</p><form class="toolbar" method="post" action="${calendarActionUrl}"><input type="hidden" name="X-OWA-CANARY" value="${canary}"><input type="hidden" name="ItemID" value="${message.id}"><button type="submit" name="action" value="removeCancelled">Remove from the calendar</button></form>`
}
