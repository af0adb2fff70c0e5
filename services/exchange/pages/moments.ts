import { type Html, html } from '#shared/html/html.ts'
import { type TimeZone, wallClock } from '../mailbox/time-zones.ts'

export const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec']

/** As short as tells it apart: a time today, a day this year, else a date. */
export function shortMoment(moment: Date, now: Date, { written }: TimeZone): Html {
  const text = shortText(wallClock(written, moment), wallClock(written, now))
  return html`<time datetime="${moment.toISOString()}">${text}</time>`
}

export function fullMoment(moment: Date, { written }: TimeZone): Html {
  const wall = wallClock(written, moment)
  return html`<time datetime="${moment.toISOString()}">${dateText(wall)}, ${timeText(wall)} ${offsetName(wall.getTime() - moment.getTime())}</time>`
}

/** As the head of a quoted message says it: `Monday, March 2, 2026 12:00 PM`. */
export function longMoment(moment: Date, { written }: TimeZone): string {
  const wall = wallClock(written, moment)
  const [day, time] = [longDay, longTime].map((format) => format.format(wall).replaceAll('\u202f', ' '))
  return `${day} ${time}`
}

const longDay = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeZone: 'UTC' })
const longTime = new Intl.DateTimeFormat('en-US', { timeStyle: 'short', timeZone: 'UTC' })

function offsetName(offset: number): string {
  const minutes = Math.abs(offset) / 60_000
  const rest = minutes % 60 === 0 ? '' : `:${minutes % 60}`
  return offset === 0 ? 'UTC' : `UTC${offset < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`
}

function shortText(wall: Date, now: Date): string {
  if (dayNumber(wall) === dayNumber(now)) return timeText(wall)
  return wall.getUTCFullYear() === now.getUTCFullYear() ? dayText(wall) : dateText(wall)
}

function dayNumber(wall: Date): number {
  return Math.floor(wall.getTime() / 86_400_000)
}

/** These take the wall clock as if it were UTC. */
export function timeText(wall: Date): string {
  return wall.toISOString().slice(11, 16)
}

export function dayText(wall: Date): string {
  return `${dayNames[wall.getUTCDay()]} ${wall.getUTCDate()} ${months[wall.getUTCMonth()]}`
}

export function dateText(wall: Date): string {
  return `${wall.getUTCDate()} ${months[wall.getUTCMonth()]} ${wall.getUTCFullYear()}`
}

export function monthText(wall: Date): string {
  return `${months[wall.getUTCMonth()]} ${wall.getUTCFullYear()}`
}
