import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import type { AppHop, Fact } from '../../outlook-mobile/hop.ts'
import type { StepView, WalkView } from '../../outlook-mobile/walk-view.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'
import { stateTexts } from './start-page.ts'

export interface WalkPageView {
  readonly walk: WalkView
  readonly time: StackTime | undefined
  /** How a browser of the world is opened on this machine. */
  readonly browserCommand: string
}

/** One address on its way to its inbox: what is to be done next, and every step so far. */
export function outlookMobileWalkPage(view: WalkPageView): PageView {
  const { walk, time } = view
  return labPage({
    title: `Outlook mobile: ${walk.address}`,
    current: 'outlookMobile',
    time,
    problem: walk.problem,
    main: html`<div class="headline"><h1>Outlook mobile</h1>
<p><strong>${walk.address}</strong> <span class="tag">${stateTexts[walk.state]}</span> · <a href="${urls.outlookMobile}">Another account</a></p></div>
<section class="app-screen" aria-labelledby="screen"><h2 id="screen">${screenTitles[walk.state]}</h2>${screen(view)}</section>
<section aria-labelledby="steps"><h2 id="steps">${walk.title}</h2>
<ol class="app-steps">${walk.steps.map(stepItem)}</ol></section>
${
  walk.hops.length > 0 &&
  html`<section aria-labelledby="browser"><h2 id="browser">The browser of the phone</h2>
${walk.hops.map(hopDetails)}</section>`
}`,
  })
}

const screenTitles = { signIn: 'Sign in', connect: 'Signed in', done: 'Inbox', failed: 'It did not work' } as const

function screen({ walk, browserCommand }: WalkPageView): HtmlValue {
  if (walk.state === 'done') return inbox(walk)
  if (walk.state === 'connect')
    return html`<p>The app has an access token and a refresh token.</p>
<form method="post" action="${urls.outlookMobileConnect(walk.id)}"><p class="buttons"><button>Open the mailbox</button></p></form>`
  if (walk.state === 'failed' || walk.signInUrl === undefined)
    return html`<p>The steps below show how far it came. <a href="${urls.outlookMobile}">Begin again</a></p>`
  return html`<p><a class="button" href="${walk.signInUrl}" target="_blank" rel="noopener">Open the sign-in page</a> <span class="muted">in a new tab, of a browser that stands in this world:</span> <code>${browserCommand}</code></p>
<form method="post" action="${urls.outlookMobileSignIn(walk.id)}"><p class="buttons"><button>Sign in automatically</button> <span class="muted">with the password and the phone of the scenario</span></p></form>
<details><summary>The browser ended at an address that it cannot open</summary>
<form method="post" action="${urls.outlookMobileAnswer(walk.id)}"><p><label for="url">That address, with its code</label><input id="url" name="url" required autocomplete="off" spellcheck="false"></p><p class="buttons"><button>Hand it to the app</button></p></form></details>`
}

function inbox({ messages = [] }: WalkView): Html {
  if (messages.length === 0) return html`<p class="muted">There is no mail.</p>`
  return dataTable({
    caption: 'Inbox',
    captionHidden: true,
    columns: ['Subject', 'From', 'Received'],
    rows: messages.map(({ subject, from, receivedAt }) => ({
      cells: [subject, from, receivedAt.slice(0, 16).replace('T', ' ')],
    })),
  })
}

function stepItem({ id, text, hops, events }: StepView): Html {
  const seen = hops.length > 0 || events.length > 0
  return html`<li id="${id}"${seen && html` class="seen"`}><p><code>${id}</code> ${text} ${
    seen ? html`<span class="tag succeeded">seen</span>` : html`<span class="muted">not yet</span>`
  }</p>
${hops.map(hopDetails)}${
  events.length > 0 &&
  html`<ul class="hops">${events.map(
    ({ line, said, flowId }) =>
      html`<li><a href="${urls.journalOf({ flow: flowId })}"><code>${line}</code></a>${said.length > 0 && html` <span class="muted">${said.join('; ')}</span>`}</li>`,
  )}</ul>`
}</li>`
}

function hopDetails({ what, method, url, status, sent, answered, facts }: AppHop): Html {
  return html`<details class="hop"><summary>${what}: <code>${method} ${url.split('?')[0]}</code> <strong>${status ?? 'no answer'}</strong></summary>
<div class="hop-sides"><div><h3>Request</h3><pre tabindex="0">${method} ${url}</pre>${factList(sent)}</div>
<div><h3>Answer</h3><pre tabindex="0">${status ?? 'no answer'}</pre>${factList(answered)}${facts && html`<pre tabindex="0">${JSON.stringify(facts, undefined, 2)}</pre>`}</div></div></details>`
}

function factList(facts: readonly Fact[]): HtmlValue {
  return facts.length > 0 && html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
}
