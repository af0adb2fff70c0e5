import { type Html, html } from '#shared/html/html.ts'
import { urls } from '../../urls.ts'
import { timeText } from '../time-text.ts'
import type { OverviewView } from './overview-page.ts'

const steps = [
  { duration: 'PT5M', text: '5 minutes' },
  { duration: 'PT1H', text: '1 hour' },
  { duration: 'P1D', text: '1 day' },
] as const

/** Clock, synchronization, reset. */
export function controlSection({ time, lastCycle }: OverviewView): Html {
  return html`<aside class="controls" aria-label="Controls">
<section aria-labelledby="clock"><h2 id="clock">Clock</h2>
${time ? clockControls(time) : html`<p>The clock does not answer.</p>`}</section>
<section aria-labelledby="synchronization"><h2 id="synchronization">Synchronization</h2>
<p id="last-cycle" data-live>${
    lastCycle
      ? html`Last cycle ${timeText(lastCycle.startedAt)}: ${lastCycle.result}, ${lastCycle.counts.added} added, ${lastCycle.counts.updated} updated, ${lastCycle.counts.deleted} deleted.`
      : html`No cycle is known.`
  }</p>
<form method="post" action="${urls.synchronize}"><button>Synchronize now</button></form></section>
<section aria-labelledby="reset"><h2 id="reset">Reset</h2>
<p>Back to the scenario: accounts, sessions, mailboxes, journals, clock.</p>
<p><a class="button danger" href="${urls.reset}">Reset everything…</a></p></section>
</aside>`
}

function clockControls({ now, frozen }: NonNullable<OverviewView['time']>): Html {
  return html`<p class="big-time" id="clock-time" data-live><time datetime="${now}"${!frozen && html` data-running`}>${timeText(now)}</time> UTC${
    frozen && html` <span class="tag">stopped</span>`
  }</p>
<form method="post" action="${urls.clock}" id="clock-switch" data-live>${
    frozen
      ? html`<button name="freeze" value="false">Let it run</button>`
      : html`<button name="freeze" value="true">Stop it here</button>`
  }</form>
<form method="post" action="${urls.clock}"><fieldset><legend>Advance by</legend>${steps.map(
    ({ duration, text }) => html`<button name="advance" value="${duration}">${text}</button> `,
  )}</fieldset></form>
<form method="post" action="${urls.clock}" class="inline"><label for="set-time">Set to (UTC)</label>
<input type="datetime-local" id="set-time" name="now" step="1" required value="${now.slice(0, 19)}"><button>Set</button></form>`
}
