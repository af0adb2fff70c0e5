import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { urls } from '../../urls.ts'
import type { Judged } from '../../verdicts/schemas.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface VerdictsView {
  /** As it was sent, so that it can be mended. */
  readonly table: string
  readonly judged: Judged | undefined
  readonly problem: string | undefined
  readonly time: StackTime | undefined
}

/** A table of decisions beside what Conditional Access and AD FS decide now. */
export function verdictsPage({ table, judged, problem, time }: VerdictsView): PageView {
  return labPage({
    ...{ title: 'Verdicts', current: 'verdicts', time, problem },
    main: html`<div class="headline"><h1>Verdicts</h1>
<p>A table of decisions that are to stay as they are, judged by the evaluators of Conditional Access and AD FS. Nobody is signed in. In CI: <code>fauxchange verdicts FILE</code>.</p></div>
${judged && resultSection(judged, table)}
<form method="post" action="${urls.verdicts}" class="stacked">
<p hidden data-file-for="table"><label for="file">From a file</label><input id="file" type="file" accept=".yaml,.yml,.json"></p>
<p><label for="table">Table</label><textarea id="table" name="table" rows="20" spellcheck="false" required aria-describedby="table-hint">${table}</textarea>
<span id="table-hint">YAML or JSON; expected is allow, block, or what is demanded, such as mfa or [mfa, compliantDevice].</span></p>
<p><button class="primary">Judge</button></p></form>`,
  })
}

function resultSection({ changed, verdicts }: Judged, table: string): Html {
  const sum =
    changed === 0 ? 'Every decision is as expected.' : `${changed} of ${verdicts.length} decisions are not as expected.`
  return html`<section aria-labelledby="result"><h2 id="result">Now</h2><p role="status" class="notice${changed > 0 && ' problem'}">${sum}</p>
${dataTable({
  caption: 'Decisions',
  captionHidden: true,
  columns: ['Row', 'Expected', 'Got', 'Why', 'Difference'],
  rows: verdicts.map(({ name, expected, got, asExpected, why, problems }) => ({
    cells: [
      name,
      expected.join(', '),
      html`<span class="tag ${asExpected ? 'succeeded' : 'alert'}">${got.join(', ')}</span>`,
      why,
      problems.length === 0 ? '–' : problems.join('; '),
    ],
    classes: asExpected ? '' : 'refused',
  })),
})}
<form method="post" action="${urls.verdictBaseline}"><input type="hidden" name="table" value="${table}"><button>Download with what is now</button></form></section>`
}
