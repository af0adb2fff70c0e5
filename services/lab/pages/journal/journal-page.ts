import { flows as documentedFlows } from '#shared/flows.ts'
import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { FindAnchor } from '../../error-guide/error-guide.ts'
import type { Flow } from '../../journal/flow.ts'
import { type Verdict, verdicts } from '../../journal/verdict.ts'
import type { Outcome } from '../../peers/everywhere.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'
import { flowSection } from './flow-section.ts'

export interface JournalFilter {
  readonly user: string
  readonly deployment: string
  readonly flow: string
  readonly text: string
  /** A documented flow, or everything. */
  readonly walks: string
  readonly verdict: Verdict | ''
  /** Whether flows are shown that nobody but services is behind. */
  readonly background: boolean
}

export interface JournalView {
  /** The latest first. */
  readonly flows: readonly Flow[]
  readonly hidden: number
  readonly filter: JournalFilter
  readonly users: readonly string[]
  readonly deployments: readonly string[]
  /** Ids of events that a sign-in of the log came of. */
  readonly signIns: ReadonlySet<string>
  readonly findAnchor: FindAnchor
  readonly missing: readonly Outcome[]
  readonly time: StackTime | undefined
  /** The address of this page with its filter. */
  readonly url: string
}

/** What happened in all deployments, by conversation. */
export function journalPage(view: JournalView): PageView {
  const { flows, missing, hidden } = view
  return labPage({
    title: 'Journal',
    current: 'journal',
    time: view.time,
    live: { url: view.url, everyMs: 2000 },
    main: html`<div class="headline"><h1>Journal</h1>
<p>What happened in all deployments, by conversation, the latest first. Passwords, tokens and codes never enter it.</p></div>
${filterForm(view)}
${missing.map(({ deployment, error }) => html`<p class="notice problem" role="alert">${deployment} gives no answer: ${error}</p>`)}
<div id="flow-list" class="flows" data-live>${
      flows.length === 0
        ? emptyText(view)
        : flows.map((flow, index) =>
            flowSection(flow, {
              isOpen: index === 0 || view.filter.flow !== '',
              signIns: view.signIns,
              findAnchor: view.findAnchor,
            }),
          )
    }</div>
<p id="hidden-flows" data-live class="muted">${hidden > 0 && html`${hidden} more are not shown.`}</p>`,
  })
}

function emptyText({ filter, hidden }: JournalView): Html {
  const { user, deployment, flow, text, walks, verdict } = filter
  if ([user, deployment, flow, text, walks, verdict].some((each) => each !== '')) {
    return html`<p class="muted" id="no-flow">Nothing fits. <a href="${urls.journal}">Show everything</a>.</p>`
  }
  return html`<p class="muted" id="no-flow">Nothing yet. Sign in somewhere${hidden > 0 && ', or show the background traffic'}.</p>`
}

function filterForm({ filter, users, deployments }: JournalView): Html {
  return html`<form method="get" action="${urls.journal}" class="filters" role="search" aria-label="Journal">
<p><label for="user">Person</label><input id="user" name="user" list="users" value="${filter.user}" autocomplete="off"></p>
<datalist id="users">${users.map((user) => html`<option value="${user}"></option>`)}</datalist>
<p><label for="deployment">Deployment</label><select id="deployment" name="deployment"><option value="">all</option>${options(deployments, filter.deployment)}</select></p>
<p><label for="walks">Flow</label><select id="walks" name="walks"><option value="">all</option>${options(Object.keys(documentedFlows), filter.walks)}</select></p>
<p><label for="verdict">Verdict</label><select id="verdict" name="verdict"><option value="">any</option>${options(verdicts, filter.verdict)}</select></p>
<p><label for="text">Text</label><input id="text" type="search" name="text" value="${filter.text}" placeholder="path, status, step, reason" autocomplete="off"></p>
${filter.flow !== '' && html`<p><label for="flow">Conversation</label><input id="flow" name="flow" value="${filter.flow}"></p>`}
<p class="check"><input type="checkbox" id="background" name="background" value="1"${filter.background && html` checked`}><label for="background">with background traffic</label></p>
<p><button>Show</button> <a href="${urls.journal}">Everything</a></p></form>`
}

function options(values: readonly string[], chosen: string): readonly Html[] {
  return values.map((value) => html`<option${value === chosen && html` selected`}>${value}</option>`)
}
