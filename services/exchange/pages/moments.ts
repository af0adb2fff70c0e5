import { type Html, html } from '#shared/html/html.ts'

const time = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' })
const date = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })

/** As short as tells it apart: a time today, a day this year, else a date. The server knows no time zone but UTC. */
export function shortMoment(moment: Date, now: Date): Html {
  return html`<time datetime="${moment.toISOString()}">${shortText(moment, now)}</time>`
}

export function fullMoment(moment: Date): Html {
  return html`<time datetime="${moment.toISOString()}">${date.format(moment)}, ${time.format(moment)} UTC</time>`
}

function shortText(moment: Date, now: Date): string {
  const sameDay = moment.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)
  if (sameDay) return time.format(moment)
  return moment.getUTCFullYear() === now.getUTCFullYear() ? day.format(moment) : date.format(moment)
}
