import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { dayNames, dayText, timeText } from './moments.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface CalendarPageView extends Omit<FrameView, 'title' | 'content'> {
  readonly view: 'month' | 'week' | 'day'
  readonly heading: string
  readonly zoneLabel: string
  readonly days: readonly DayView[]
  readonly views: readonly { readonly name: string; readonly url: string; readonly current: boolean }[]
  readonly previousUrl: string
  readonly nextUrl: string
  readonly todayUrl: string
  readonly newUrl: string
}

export interface DayView {
  /** As if it were UTC. */
  readonly day: Date
  readonly url: string
  readonly isToday: boolean
  /** Of the month before or after. */
  readonly isOutside: boolean
  readonly entries: readonly EntryView[]
}

export interface EntryView {
  readonly url: string
  readonly subject: string
  readonly location: string
  readonly busyStatus: string
  readonly allDay: boolean
  readonly isPrivate: boolean
  readonly isSeries: boolean
  /** Absent for one that began on an earlier day. */
  readonly start?: Date
  readonly end?: Date
}

export function calendarPage(view: CalendarPageView): PageView {
  const content = html`<main id="content" class="calendar" tabindex="-1"><h1>Calendar, ${view.heading}</h1>
<nav class="calendar-bar" aria-label="Calendar"><a class="button primary" href="${view.newUrl}">New event</a> <a class="button" href="${view.todayUrl}">Today</a> <a class="button" href="${view.previousUrl}" rel="prev">Previous <span class="hidden">${view.view}</span></a> <a class="button" href="${view.nextUrl}" rel="next">Next <span class="hidden">${view.view}</span></a> <span class="views">${view.views.map(viewLink)}</span></nav>
${view.view !== 'day' && html`<p class="day-names" aria-hidden="true">${view.days.slice(0, 7).map(({ day }) => html`<span>${dayNames[day.getUTCDay()]}</span>`)}</p>`}
<ol class="days ${view.view}" data-testid="days">${view.days.map((each) => dayCell(each, view.view))}</ol>
<p class="note">Times are those of ${view.zoneLabel}.</p></main>`
  return pageFrame({ ...view, title: `Calendar, ${view.heading}`, content })
}

function viewLink({ name, url, current }: CalendarPageView['views'][number]): Html {
  return html`<a class="button" href="${url}"${current && html` aria-current="true"`}>${name}</a> `
}

function dayCell({ day, url, isToday, isOutside, entries }: DayView, view: string): Html {
  const state = [isToday && 'today', isOutside && 'outside', entries.length === 0 && 'free'].filter(Boolean).join(' ')
  const number = html`<span class="number" aria-hidden="true">${day.getUTCDate()}</span><span class="full">${dayText(day)}</span>`
  return html`<li class="${state}" data-testid="day"><h2><a href="${url}"${isToday && html` aria-current="date"`}><time datetime="${day.toISOString().slice(0, 10)}">${view === 'month' ? number : dayText(day)}</time></a></h2>${
    entries.length > 0 && html`<ul>${entries.map(entryLine)}</ul>`
  }</li>`
}

function entryLine(entry: EntryView): Html {
  const { url, subject, location, busyStatus, allDay, isPrivate, isSeries } = entry
  const marks = [
    isSeries && html` <span class="repeats" aria-hidden="true">↻</span><span class="hidden"> Repeats.</span>`,
    isPrivate && html`<span class="hidden"> Private.</span>`,
    busyStatus === 'tentative' && html`<span class="hidden"> Tentative.</span>`,
  ]
  return html`<li><a class="event ${busyStatus} ${allDay ? 'all-day' : 'timed'}" href="${url}" data-testid="event">${timesOf(entry)}<span class="what">${subject || '(no subject)'}</span>${location && html` <span class="place">${location}</span>`}${marks}</a></li>`
}

function timesOf({ allDay, start, end }: EntryView): Html {
  if (allDay) return html`<span class="hidden">All day: </span>`
  const until = end ? html`<span class="until">–${timeText(end)}</span>` : ''
  return html`<span class="at">${start ? timeText(start) : '…'}${until}</span> `
}
