import { flows } from '#shared/flows.ts'
import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { browserCommand } from '../../connect/client-settings.ts'
import type { Walker } from '../../flows/instructions.ts'
import type { Walk } from '../../flows/walks.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface TourView {
  readonly walker: Walker
  /** The latest walk of WEB-ONLINE that is the walker’s, or nobody’s yet. */
  readonly walk: Walk | undefined
  /** The lab's own address, without a slash at the end. */
  readonly lab: string
  /** The HTTP proxy of the internet. */
  readonly proxy: string
  readonly time: StackTime | undefined
}

interface Stop {
  readonly text: Html
  readonly line?: string
  /** Which step of WEB-ONLINE, seen in the journal, shows that it was done. */
  readonly step?: number
}

/** The way of WEB-ONLINE for somebody new: what to do next, ticked as the journal sees it done. */
export function tourPage(view: TourView): PageView {
  const { walk, time } = view
  return labPage({
    title: 'First five minutes',
    current: 'tour',
    time,
    live: { url: urls.tour, everyMs: 1500 },
    main: html`<div class="headline"><h1>First five minutes</h1>
<p>One sign-in, from the address bar to the mailbox. Each tick is set by what the stack saw, not by this page.</p></div>
<section aria-labelledby="sign-in"><h2 id="sign-in">Sign in</h2>
<ol class="walk-steps tour" id="tour-steps">${signIn(view).map((stop, index) => stopItem(stop, index, walk))}</ol></section>
<section aria-labelledby="next"><h2 id="next">Then</h2><ol class="tour-next">${further(view).map(
      ({ text, line }) => html`<li><p>${text}</p>${line && command(line)}</li>`,
    )}</ol></section>`,
  })
}

function stopItem({ text, line, step }: Stop, index: number, walk: Walk | undefined): Html {
  const seen = step !== undefined && walk?.reached.has(step)
  return html`<li><p>${text} <span id="stop-${index + 1}" data-live>${seen && html`<span class="tag done">done</span>`}</span></p>${line && command(line)}${
    step !== undefined &&
    html`<span class="observable">${flows['WEB-ONLINE'].steps[step - 1]} <code>WEB-ONLINE-${step}</code></span>`
  }</li>`
}

function command(line: string): Html {
  return html`<pre data-copy tabindex="0" role="group" aria-label="Command"><code>${line}</code></pre>`
}

function signIn({ walker: { upn, password }, proxy }: TourView): readonly Stop[] {
  const phone = html`<a href="${urls.phone(upn)}" target="_blank" rel="noopener">the phone</a>`
  return [
    {
      text: html`Open the mailbox from the internet, in a browser with a profile of its own.`,
      line: `${browserCommand('internet', proxy)} https://outlook.office.com/owa`,
      step: 1,
    },
    { text: html`Exchange has sent the browser to Entra ID. Type <code>${upn}</code>.`, step: 2 },
    {
      text: html`The domain is federated, so that the company’s own AD FS asks, through Web Application Proxy. The password is <code>${password}</code>. Back at Entra ID, Conditional Access decides.`,
      step: 3,
    },
    { text: html`A policy wants a second factor: the page shows a number.`, step: 4 },
    { text: html`Open ${phone}, type the number and approve; or use the code that it shows.`, step: 5 },
    { text: html`Say whether to stay signed in, and read mail.`, step: 6 },
  ]
}

function further({ walker: { upn }, walk, lab }: TourView): readonly Stop[] {
  const last = walk?.reached.get(6)?.[0]
  const drawn = last ? html` <a href="${urls.conversation(last.flowId)}">This one is drawn here</a>.` : ''
  return [
    {
      text: html`<a href="${urls.journal}">Journal</a>: every hop of it with its decision.${drawn} <a href="${urls.signInsOf(upn)}">Sign-ins</a> says which policies matched, and why.`,
      line: `curl '${lab}/api/journal?user=${upn}'`,
    },
    {
      text: html`Break something: under <a href="${urls.faults}?q=mfa">Faults</a>, let notifications never arrive, and sign in again. A code that a page shows is explained under <a href="${urls.errors}">Errors</a>.`,
      line: `curl -X POST ${lab}/api/fault-catalogue/mfa-push-lost -d '{"user":"${upn}","count":1}'`,
    },
    {
      text: html`Change the rules: under <a href="${urls.presets}">Presets</a>, ask for a compliant device; under <a href="${urls.verdicts}">Verdicts</a>, see which decisions that changes.`,
    },
    { text: html`Put your own application in front: <a href="${urls.connect}">Connect</a> has its settings.` },
    { text: html`Make a test of it: <a href="${urls.guide('playwright')}">second factor in Playwright</a>.` },
    { text: html`Go back to the beginning: <a href="${urls.reset}">Reset</a>.`, line: `curl -X POST ${lab}/api/reset` },
  ]
}
