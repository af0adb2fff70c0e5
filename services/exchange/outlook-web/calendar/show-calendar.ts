import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { wallClock } from '../../mailbox/time-zones.ts'
import { calendarPage, type DayView, type EntryView } from '../../pages/calendar-page.ts'
import { dateText, dayText, monthText } from '../../pages/moments.ts'
import { appointmentUrl, calendarUrl, newAppointmentUrl } from '../../urls.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { frameOf } from '../frame.ts'
import { preferencesOf } from '../preferences.ts'
import { type CalendarEntry, calendarEntries, isOnDay } from './calendar-entries.ts'
import {
  type CalendarSpan,
  type CalendarView,
  calendarSpan,
  calendarViews,
  instantsOf,
  midnight,
  readDay,
} from './calendar-span.ts'

const viewNames: Readonly<Record<CalendarView, string>> = { month: 'Month', week: 'Week', day: 'Day' }

/** `/owa/?path=/calendar/view/Month&date=2026-03-02`: the calendar around a day, or around today. */
export async function showCalendar(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, context, mailboxes } = parts
  const { path, date } = request.query as Record<string, unknown>
  const { zone, weekStart } = await preferencesOf(parts, visit.session)
  const today = midnight(wallClock(zone.written, context.clock.now()))
  const view = viewIn(String(path))
  const span = calendarSpan(view, readDay(date) ?? today, weekStart)
  const { mailboxId } = visit.session
  const { id: folderId } = await mailboxes.wellKnownFolder(mailboxId, 'calendar')
  const entries = await calendarEntries(mailboxes, { mailboxId, folderId, span: instantsOf(span, zone), zone })
  request.recording.note({ step: config.steps.read, decision: 'calendarPage', detail: { view } })
  return sendPage(
    reply,
    calendarPage({
      ...frameOf(config, visit, 'calendar'),
      view,
      heading: headingOf(span),
      zoneLabel: zone.label,
      days: span.days.map((day) => dayOf(day, { entries, span, today })),
      views: calendarViews.map((each) => ({
        name: viewNames[each],
        url: calendarUrl(each, span.day),
        current: each === view,
      })),
      previousUrl: calendarUrl(view, span.previous),
      nextUrl: calendarUrl(view, span.next),
      todayUrl: calendarUrl(view),
      newUrl: newAppointmentUrl(span.day),
    }),
  )
}

function viewIn(path: string): CalendarView {
  const named = /^\/calendar\/view\/(\w+)/.exec(path)?.[1]?.toLowerCase()
  return calendarViews.find((each) => each === named) ?? 'month'
}

function headingOf({ view, day, days }: CalendarSpan): string {
  if (view === 'month') return monthText(day)
  const [first = day, last = day] = [days[0], days.at(-1)]
  return view === 'day' ? `${dayText(day)} ${day.getUTCFullYear()}` : `${dayText(first)} – ${dateText(last)}`
}

interface Shown {
  readonly entries: readonly CalendarEntry[]
  readonly span: CalendarSpan
  readonly today: Date
}

function dayOf(day: Date, { entries, span, today }: Shown): DayView {
  return {
    day,
    url: calendarUrl('day', day),
    isToday: day.getTime() === today.getTime(),
    isOutside: span.view === 'month' && day.getUTCMonth() !== span.day.getUTCMonth(),
    entries: entries.filter((each) => isOnDay(each, day)).map((each) => viewOf(each, day)),
  }
}

function viewOf(entry: CalendarEntry, day: Date): EntryView {
  const isOn = (moment: Date) => midnight(moment).getTime() === day.getTime()
  return {
    url: appointmentUrl(entry.itemId, entry.occurrence),
    subject: entry.subject,
    location: entry.location,
    busyStatus: entry.busyStatus,
    allDay: entry.allDay,
    isPrivate: entry.isPrivate,
    isSeries: entry.occurrence !== undefined,
    ...(isOn(entry.start) && { start: entry.start }),
    ...(isOn(entry.end) && { end: entry.end }),
  }
}
