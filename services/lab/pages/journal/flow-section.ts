import { flows as documentedFlows, type FlowId, flowOfStep } from '#shared/flows.ts'
import { type Html, html } from '#shared/html/html.ts'
import { callersFirst } from '../../diagrams/callers-first.ts'
import type { FindAnchor } from '../../error-guide/error-guide.ts'
import type { Flow } from '../../journal/flow.ts'
import type { StitchedEvent } from '../../journal/stitch.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { stopLine } from '../stop-line.ts'
import { clockText, timeText } from '../time-text.ts'
import { verdictTag } from '../verdict-tag.ts'

interface FlowLook {
  readonly isOpen: boolean
  /** Ids of events that have an explanation. */
  readonly signIns: ReadonlySet<string>
  readonly findAnchor: FindAnchor
}

/** One conversation: its title, the steps it took, its hops. */
export function flowSection(flow: Flow, look: FlowLook): Html {
  const { id, title, users, startedAt, deployments, verdict } = flow
  return html`<article class="flow" id="flow-${id}" aria-labelledby="title-${id}"><h2 id="title-${id}"><a href="${urls.conversation(id)}">${title}</a></h2>
<p class="muted">${verdictTag(verdict)} <time datetime="${startedAt}">${timeText(startedAt)}</time> · ${
    users.length > 0 ? html`<strong>${users.join(', ')}</strong>` : 'nobody known yet'
  } · ${deployments.join(', ')}</p>
${stepList(flow)}${stopLine(flow)}
${hopList(flow, look)}</article>`
}

function hopList({ id, title, events }: Flow, { isOpen, ...look }: FlowLook): Html {
  return html`<details class="hops" id="hops-${id}"${isOpen && html` open`}><summary>${events.length} ${
    events.length === 1 ? 'request' : 'requests'
  }</summary>
${dataTable({
  caption: `Requests of ${title}`,
  captionHidden: true,
  columns: ['Time', 'Deployment', 'Request', 'Status', 'What was decided'],
  rows: callersFirst(events).map(({ event, depth }) => ({
    cells: cells(event, depth, look),
    classes: event.status >= 400 ? 'refused' : '',
  })),
})}</details>`
}

/** How far the documented flows that it belongs to were walked. */
function stepList({ id, steps: seen, done }: Flow): readonly Html[] {
  const names = [...new Set(seen.map((step) => flowOfStep(step)))]
  return names
    .filter((name) => Object.hasOwn(documentedFlows, name))
    .map((name) => {
      const { title, steps } = documentedFlows[name as FlowId]
      const marks = steps.map((_, index) => (done.includes(`${name}-${index + 1}`) ? 'reached' : 'open'))
      const pips = marks.map((mark) => html`<i class="${mark}"></i>`)
      const items = steps.map(
        (text, index) =>
          html`<li class="${marks[index]}">${text}${marks[index] === 'reached' && html` <span class="visually-hidden">(reached)</span>`}</li>`,
      )
      const count = marks.filter((mark) => mark === 'reached').length
      return html`<details class="steps" id="steps-${id}-${name}"><summary>${name}: ${count} of ${steps.length} steps <span class="pips" aria-hidden="true">${pips}</span></summary>
<p>${title}</p><ol>${items}</ol></details>`
    })
}

function cells(event: StitchedEvent, depth: number, { signIns, findAnchor }: Omit<FlowLook, 'isOpen'>) {
  const { time, deployment, method, host, path, status, decisions, reasons, steps, user } = event
  return [
    html`<time datetime="${time}">${clockText(time)}</time>`,
    html`<span class="depth-${Math.min(depth, 3)}">${deployment}</span>`,
    html`<code>${method} ${host}${path}</code>`,
    html`<span class="status">${status}</span>`,
    html`${eventDetails(event)}${steps.map((step) => html`<span class="tag step">${step}</span> `)}${decisions.map((decision, index) => html`${index > 0 && ', '}${linkedDecision(decision, findAnchor(deployment, decision))}`)}${
      user && html` <span class="muted">${user}</span>`
    }${signIns.has(event.id) && html` <a href="${urls.signIn(event.id)}">Explain</a>`}${reasons.map((reason) => html`<span class="reason">${reason}</span>`)}`,
  ]
}

/** A code leads to what it means. */
function linkedDecision(decision: string, anchor: string | undefined): Html {
  return anchor === undefined ? html`${decision}` : html`<a href="${urls.error(anchor)}">${decision}</a>`
}

function eventDetails(event: StitchedEvent): Html {
  const { id, zone, clientAddress, actor, query, location, correlationId, detail, durationMs } = event
  const facts: readonly (readonly [string, string])[] = [
    ['Caller', `${actor} at ${clientAddress}, ${zone}`],
    ['Query', pairs(query)],
    ['Location', location ?? ''],
    ['Correlation', correlationId],
    ['Took', `${durationMs} ms`],
    ...Object.entries(detail).map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  ]
  return html`<details id="event-${id}"><summary>Details</summary><dl>${facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}</dl></details>`
}

function pairs(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
