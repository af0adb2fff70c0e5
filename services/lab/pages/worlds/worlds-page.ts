import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { WorldSnapshot } from '../../snapshots/world-snapshots.ts'
import type { listWorlds } from '../../stacks/routes.ts'
import { type Notice, urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'
import { timeText } from '../time-text.ts'

export interface WorldsView {
  readonly worlds: ReturnType<typeof listWorlds>
  /** Whether worlds can be made here at all. */
  readonly canMakeWorlds: boolean
  readonly snapshots: readonly WorldSnapshot[]
  readonly time: StackTime | undefined
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
}

/** Whole worlds beside this one, and copies of this one's state. */
export function worldsPage(view: WorldsView): PageView {
  const { time, notice, problem } = view
  return labPage({
    ...{ title: 'Worlds and snapshots', current: 'worlds', time, notice, problem },
    main: html`<div class="headline"><h1>Worlds and snapshots</h1>
<p>A world is a whole stack beside this one: the same names, with gateways, clock, journal, faults and state of its own. A snapshot is a copy of this world’s state to come back to.</p></div>
${snapshotSection(view)}
${worldSection(view)}`,
  })
}

function snapshotSection({ snapshots }: WorldsView): Html {
  return html`<section aria-labelledby="snapshots"><h2 id="snapshots">Snapshots of this world</h2>
<p>Accounts, sessions, policies, mailboxes, devices, trusts and the clock. Restoring clears journal and faults, and ends requests that are held.</p>
<form method="post" action="${urls.snapshots}" class="inline"><label for="snapshot-name">Name</label><input id="snapshot-name" name="name" required maxlength="64" pattern="[\\w.\\-]+" placeholder="signed-in" autocomplete="off"><button class="primary">Take</button></form>
${
  snapshots.length === 0
    ? html`<p class="muted">None was taken yet.</p>`
    : dataTable({
        caption: 'Snapshots',
        captionHidden: true,
        columns: ['Snapshot', 'Taken', 'Restore', 'Delete'],
        rows: snapshots.map(({ name, takenAt }) => ({
          cells: [
            name,
            html`<time datetime="${takenAt.toISOString()}">${timeText(takenAt.toISOString())}</time>`,
            button(urls.restoreSnapshot(name), 'Restore', name),
            button(urls.dropSnapshot(name), 'Delete', name),
          ],
        })),
      })
}</section>`
}

function worldSection({ worlds, canMakeWorlds }: WorldsView): Html {
  if (!canMakeWorlds)
    return html`<section aria-labelledby="worlds"><h2 id="worlds">Worlds</h2><p class="muted">Worlds are made by the lab of a stack that runs whole in one process, and not from within such a world. In containers, start another project.</p></section>`
  return html`<section aria-labelledby="worlds"><h2 id="worlds">Worlds beside this one</h2>
<form method="post" action="${urls.worlds}" class="stacked"><details><summary>With a scenario of its own</summary><p><label for="scenario">Scenario</label><textarea id="scenario" name="scenario" rows="8" spellcheck="false" aria-describedby="scenario-hint"></textarea>
<span id="scenario-hint">YAML; this world’s when left empty.</span></p></details><p><button class="primary">Make a world</button></p></form>
${
  worlds.length === 0
    ? html`<p class="muted">There is none beside this one.</p>`
    : dataTable({
        caption: 'Worlds',
        captionHidden: true,
        columns: ['World', 'Lab', 'Proxy outside', 'Proxy inside', 'Mail', 'End'],
        rows: worlds.map(({ id, gateways: { internet, corp }, smtp }) => ({
          cells: [
            html`<code>${id}</code>`,
            html`<a href="${internet.proxy}/">Open</a>`,
            html`<code>${internet.proxy}</code>`,
            html`<code>${corp.proxy}</code>`,
            Object.entries(smtp).map(([name, address]) => html`${name}: <code>${address}</code> `),
            button(urls.endWorld(id), 'End', `world ${id}`),
          ],
        })),
      })
}</section>`
}

function button(action: string, text: string, what: string): Html {
  return html`<form method="post" action="${action}"><button${text !== 'Restore' && html` class="danger"`}>${text}<span class="visually-hidden"> ${what}</span></button></form>`
}
