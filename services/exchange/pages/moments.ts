import { type Html, html } from '#shared/html/html.ts'

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec']

/** As short as tells it apart: a time today, a day this year, else a date. The server knows no time zone but UTC. */
export function shortMoment(moment: Date, now: Date): Html {
  return html`<time datetime="${moment.toISOString()}">${shortText(moment, now)}</time>`
}

export function fullMoment(moment: Date): Html {
  return html`<time datetime="${moment.toISOString()}">${dateText(moment)}, ${timeText(moment)} UTC</time>`
}

function shortText(moment: Date, now: Date): string {
  const sameDay = moment.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)
  if (sameDay) return timeText(moment)
  return moment.getUTCFullYear() === now.getUTCFullYear() ? dayText(moment) : dateText(moment)
}

function timeText(moment: Date): string {
  return moment.toISOString().slice(11, 16)
}

function dayText(moment: Date): string {
  return `${days[moment.getUTCDay()]} ${moment.getUTCDate()} ${months[moment.getUTCMonth()]}`
}

function dateText(moment: Date): string {
  return `${moment.getUTCDate()} ${months[moment.getUTCMonth()]} ${moment.getUTCFullYear()}`
}
