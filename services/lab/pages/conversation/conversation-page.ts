import { flowOfStep } from '#shared/flows.ts'
import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { mermaidText } from '../../diagrams/mermaid-text.ts'
import type { Sequence } from '../../diagrams/sequence.ts'
import type { FindAnchor } from '../../error-guide/error-guide.ts'
import type { Flow } from '../../journal/flow.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'
import { stopLine } from '../stop-line.ts'
import { timeText } from '../time-text.ts'
import { verdictTag } from '../verdict-tag.ts'
import { hopItem } from './hop-item.ts'

export interface ConversationView {
  readonly flow: Flow
  readonly sequence: Sequence
  /** Ids of events that an explained sign-in came of. */
  readonly signIns: ReadonlySet<string>
  readonly findAnchor: FindAnchor
  readonly time: StackTime | undefined
}

/** One conversation as a sequence diagram; without scripts, the list of its arrows tells the same. */
export function conversationPage(view: ConversationView): PageView {
  const { flow, sequence, time } = view
  return {
    ...labPage({
      title: flow.title,
      current: 'journal',
      time,
      live: { url: urls.conversation(flow.id), everyMs: 1500 },
      scripts: [urls.diagramScript],
      main: html`${headline(flow)}
<section aria-labelledby="picture"><h2 id="picture">Sequence</h2>
<div id="diagram" class="diagram" hidden></div><p id="diagram-state" class="muted" role="status"></p>
<noscript><p>The picture needs scripts. The list below tells the same.</p></noscript>
${exportLinks(flow.id)}
<details id="source"><summary>Mermaid text</summary><div id="mermaid" data-live><pre id="mermaid-source" tabindex="0">${mermaidText(sequence, flow.title)}</pre></div></details></section>
<section aria-labelledby="hops"><h2 id="hops">Every hop</h2>
<ol class="hop-list" id="hop-list" data-live>${sequence.hops.map((hop) => hopItem(hop, { ...view, all: flow.events }))}</ol></section>`,
    }),
    // The library lays its picture out with style elements of its own.
    inlineStyles: true,
  }
}

function headline(flow: Flow): Html {
  const { title, users, startedAt, endedAt, deployments, verdict, steps } = flow
  return html`<div class="headline"><h1>${title}</h1>
<p id="facts" data-live>${verdictTag(verdict)} <time datetime="${startedAt}">${timeText(startedAt)}</time> to ${timeText(endedAt).slice(11)} · ${
    users.length > 0 ? html`<strong>${users.join(', ')}</strong>` : 'nobody known yet'
  } · ${deployments.join(', ')}</p>${flowLinks(steps)}<div id="stop" data-live>${stopLine(flow)}</div></div>`
}

/** The documented flows that it is part of. */
function flowLinks(steps: readonly string[]): Html | false {
  const names = [...new Set(steps.map((step) => flowOfStep(step)))]
  if (names.length === 0) return false
  return html`<p>Part of ${names.map((name, index) => html`${index > 0 && ', '}<a href="${urls.documentedFlow(name)}">${name}</a>`)}</p>`
}

function exportLinks(id: string): Html {
  const links = (['mermaid', 'har', 'json'] as const).map(
    (format) =>
      html`<a class="button" href="${urls.conversationExport(id, format)}" download>${exportNames[format]}</a>`,
  )
  return html`<p class="exports" role="group" aria-label="Export">${links} <button type="button" id="save-svg" hidden>SVG</button> <a href="${urls.journalOf({ flow: id, background: '1' })}">In the journal</a></p>`
}

const exportNames = { mermaid: 'Mermaid', har: 'HAR', json: 'JSON' } as const
