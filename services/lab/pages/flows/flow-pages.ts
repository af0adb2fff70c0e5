import { type FlowId, flows, variants } from '#shared/flows.ts'
import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { Instruction } from '../../flows/instructions.ts'
import type { SeenVariant, StoppedWalk, Walk } from '../../flows/walks.ts'
import type { StitchedEvent } from '../../journal/stitch.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'
import { timeText } from '../time-text.ts'
import { verdictTag } from '../verdict-tag.ts'

interface FlowListView {
  readonly walks: ReadonlyMap<FlowId, readonly Walk[]>
  readonly time: StackTime | undefined
}

/** The documented flows, each with how far it was walked last. */
export function flowListPage({ walks, time }: FlowListView): PageView {
  const cards = [...walks].map(([id, own]) => {
    const [latest] = own
    return html`<li id="card-${id}"><h2><a href="${urls.documentedFlow(id)}">${flows[id].title}</a></h2>
<p><code>${id}</code> · ${flows[id].steps.length} steps</p>${latest ? walkLine(id, latest) : html`<p class="muted">Nobody has walked it yet.</p>`}</li>`
  })
  return labPage({
    title: 'Flows',
    current: 'flows',
    time,
    live: { url: urls.documentedFlows, everyMs: 2000 },
    main: html`<div class="headline"><h1>Flows</h1>
<p>The ways to a mailbox that this world reproduces step by step. A step is ticked when a request was seen that did it.</p></div>
<ul class="flow-cards" id="flow-cards" data-live>${cards}</ul>`,
  })
}

export interface FlowPageView {
  readonly id: FlowId
  /** The latest first. */
  readonly walks: readonly Walk[]
  /** The one that is shown step by step. */
  readonly shown: Walk | undefined
  /** What is drawn beside the steps. */
  readonly variants: readonly SeenVariant[]
  readonly user: string
  readonly users: readonly string[]
  readonly instructions: readonly Instruction[]
  readonly time: StackTime | undefined
}

/** One documented flow: every step with its tick, and how to walk it. */
export function flowPage(view: FlowPageView): PageView {
  const { id, walks, shown, user, time } = view
  return labPage({
    title: flows[id].title,
    current: 'flows',
    time,
    live: {
      url: user === '' ? urls.documentedFlow(id) : `${urls.documentedFlow(id)}?${new URLSearchParams({ user })}`,
      everyMs: 1500,
    },
    main: html`<div class="headline"><h1>${flows[id].title}</h1>
<p><code>${id}</code> · <a href="${urls.documentedFlows}">All flows</a> · <a href="${urls.journalOf({ walks: id })}">Conversations of this flow</a></p></div>
${userForm(view)}
<section aria-labelledby="steps"><h2 id="steps">Steps</h2><div id="walk" data-live>${shown ? walkLine(id, shown) : html`<p id="no-walk" class="muted">Nobody has walked it yet${user && html` as ${user}`}. The ticks appear as it happens.</p>`}</div>
<ol class="walk-steps" id="walk-steps" data-live>${flows[id].steps.map((_, index) => stepItem(id, index, shown))}</ol></section>
${view.variants.length > 0 && variantSection(view.variants)}
<section aria-labelledby="how"><h2 id="how">How to walk it</h2><ol>${view.instructions.map(
      ({ text, lines }) =>
        html`<li><p>${text}</p>${lines.map((line) => html`<pre data-copy tabindex="0">${line}</pre>`)}</li>`,
    )}</ol></section>
<section aria-labelledby="walks"><h2 id="walks">Who walked it</h2><ul class="walks" id="walk-list" data-live>${
      walks.length === 0
        ? html`<li id="no-walks" class="muted">Nobody yet.</li>`
        : walks
            .slice(0, 30)
            .map((walk, index) => html`<li class="walk" id="walk-${walks.length - index}">${walkLine(id, walk)}</li>`)
    }</ul></section>`,
  })
}

function userForm({ id, user, users }: FlowPageView): Html {
  return html`<form method="get" action="${urls.documentedFlow(id)}" class="filters" role="search" aria-label="Walks"><p><label for="user">Person</label><input id="user" name="user" list="users" value="${user}" autocomplete="off"></p>
<datalist id="users">${users.map((each) => html`<option value="${each}"></option>`)}</datalist><p><button>Show</button> <a href="${urls.documentedFlow(id)}">Everybody</a></p></form>`
}

function stepItem(id: FlowId, index: number, walk: Walk | undefined): Html {
  const { steps, observable } = flows[id]
  const [first] = walk?.reached.get(index + 1) ?? []
  const stopped = walk?.stopped?.number === index + 1 ? walk.stopped : undefined
  return html`<li id="step-${index + 1}" class="${markOf(walk, index)}"><strong>${steps[index]}</strong> <code class="muted">${id}-${index + 1}</code>${first && hopLink(first)}<span class="observable">${observable[index]}</span>${stopped && stopText(stopped)}</li>`
}

function stopText({ event, because }: StoppedWalk): Html {
  return html`<span class="stopped">Stopped here, because ${because} <a href="${urls.hop(event)}">${event.method} ${event.host}${event.path}</a></span>`
}

function markOf(walk: Walk | undefined, index: number): 'stopped' | 'reached' | 'open' {
  if (walk?.stopped?.number === index + 1) return 'stopped'
  return walk?.reached.has(index + 1) ? 'reached' : 'open'
}

function variantSection(seen: readonly SeenVariant[]): Html {
  return html`<section aria-labelledby="variants"><h2 id="variants">Beside the steps</h2><ul class="walk-steps" id="variant-list" data-live>${seen.map(
    ({ id, events: [latest] }) =>
      html`<li id="${id}" class="${latest ? 'reached' : 'open'}"><strong>${variants[id].text}</strong> <code class="muted">${id}</code>${latest && hopLink(latest)}<span class="observable">${variants[id].observable}</span></li>`,
  )}</ul></section>`
}

function hopLink(event: StitchedEvent): Html {
  const { method, host, path, time } = event
  return html` <span class="tag">seen</span> <a href="${urls.hop(event)}">${method} ${host}${path}</a> <time datetime="${time}" class="muted">${timeText(time).slice(11)}</time>`
}

function walkLine(id: FlowId, walk: Walk): Html {
  const { steps } = flows[id]
  const { user, reached, startedAt, verdict, stopped } = walk
  const pips = steps.map((_, index) => html`<i class="${markOf(walk, index)}"></i>`)
  return html`<p>${verdictTag(verdict)} <strong>${user ?? 'nobody known yet'}</strong> ${reached.size} of ${steps.length} steps <span class="pips" aria-hidden="true">${pips}</span> <time class="muted" datetime="${startedAt}">${timeText(startedAt)}</time>${stopped && html`<span class="muted">, stopped at ${id}-${stopped.number}</span>`}</p>`
}
