import { type Html, html } from '#shared/html/html.ts'
import type { TokenFacts } from '#shared/journal.ts'
import type { Hop } from '../../diagrams/sequence.ts'
import { signatureState } from '../../diagrams/token-state.ts'
import type { FindAnchor } from '../../error-guide/error-guide.ts'
import type { StitchedEvent } from '../../journal/stitch.ts'
import { urls } from '../../urls.ts'
import { clockText } from '../time-text.ts'
import { verdictTag } from '../verdict-tag.ts'

interface HopSurroundings {
  readonly signIns: ReadonlySet<string>
  readonly findAnchor: FindAnchor
  /** What was seen around it: tells who signed a token. */
  readonly all: readonly StitchedEvent[]
}

/** One arrow with all that is known of it. The number of the item is the arrow's. */
export function hopItem(hop: Hop, { signIns, findAnchor, all }: HopSurroundings): Html {
  const { number, from, to, verdict, event, depth } = hop
  const { method, host, path, status, steps, decisions } = event
  return html`<li id="hop-${number}" class="hop verdict-${verdict} depth-${Math.min(depth, 3)}" data-verdict="${verdict}"><details id="facts-${event.id}"><summary><span class="ends">${from.name} → ${to.name}</span> <code>${method} ${host}${path}</code> <span class="status">${status}</span> ${verdictTag(verdict)}${steps.map((step) => html` <span class="tag step">${step}</span>`)} <span class="muted">${decisions.join(', ')}</span></summary>
${facts(event)}${errorLinks(event, findAnchor)}${signIns.has(event.id) && html`<p><a href="${urls.signIn(event.id)}">Every policy of this sign-in, explained</a></p>`}${(event.tokens ?? []).map((token) => tokenFacts(token, event, all))}</details></li>`
}

/** Where the codes among its decisions are explained. */
function errorLinks({ deployment, decisions }: StitchedEvent, findAnchor: FindAnchor): readonly Html[] {
  return decisions.flatMap((decision) => {
    const anchor = findAnchor(deployment, decision)
    return anchor === undefined ? [] : [html`<p><a href="${urls.error(anchor)}">Cause and fix of ${decision}</a></p>`]
  })
}

function facts(event: StitchedEvent): Html {
  const { time, durationMs, zone, clientAddress, actor, query, location, correlationId, user, reasons, detail } = event
  const rows: readonly (readonly [string, string])[] = [
    ['Decided', event.decisions.join(', ')],
    ['Because', reasons.join(' · ')],
    ['Person', user ?? ''],
    ['At', `${clockText(time)}, after ${durationMs} ms`],
    ['Caller', `${actor} at ${clientAddress}, ${zone}`],
    ['Query', pairs(query)],
    ['Answer', `${event.status}${location === undefined ? '' : `, to ${location}`}`],
    ['Correlation', correlationId],
    ['Request', event.id],
    ...Object.entries(detail).map(([name, value]) => [name, textOf(value)] as const),
  ]
  return html`<dl>${rows
    .filter(([, value]) => value !== '')
    .map(
      ([name, value]) =>
        html`<dt>${name}</dt><dd>${value.includes('\n') ? html`<pre tabindex="0">${value}</pre>` : value}</dd>`,
    )}</dl>`
}

function tokenFacts(token: TokenFacts, event: StitchedEvent, all: readonly StitchedEvent[]): Html {
  const { way, carrier, kind, claims, fingerprint, signature } = token
  const rows = Object.entries(claims).filter(([, value]) => value !== undefined)
  return html`<div class="token"><h3>${kind} ${way} as <code>${carrier}</code></h3>
<p>${signatureState(token, event, all)}${signature.problem !== undefined && html` (${textOf(signature.problem)})`} <span class="muted">#${fingerprint}</span></p>
<dl>${rows.map(([name, value]) => html`<dt><code>${name}</code></dt><dd>${textOf(value)}</dd>`)}</dl></div>`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function pairs(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
