import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import type { PresetView } from '../../presets/routes.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface PresetsView {
  readonly presets: readonly PresetView[]
  readonly time: StackTime | undefined
  readonly problem?: string | undefined
}

/** Restrictions of the documented architecture, each with its switch. */
export function presetsPage({ presets, time, problem }: PresetsView): PageView {
  return labPage({
    title: 'Presets',
    current: 'presets',
    time,
    problem,
    main: html`<div class="headline"><h1>Presets</h1>
<p>Restrictions of the documented architectures, done where an administrator does them. <a href="${urls.outlookMobile}">Try them with Outlook mobile</a>.</p></div>
${dataTable({
  caption: 'Presets',
  captionHidden: true,
  columns: ['Restriction', 'What it does', 'Where', 'State', 'Change'],
  rows: presets.map(({ id, title, text, surfaces, applied }) => ({
    cells: [
      title,
      text,
      surfaces.join(', '),
      applied ? html`<span class="tag succeeded">on</span>` : 'off',
      html`<form method="post" action="${urls.preset(id)}"><button name="act" value="${applied ? 'off' : 'on'}" aria-label="${
        applied ? 'Turn off' : 'Turn on'
      }: ${title}">${applied ? 'Turn off' : 'Turn on'}</button></form>`,
    ],
  })),
})}`,
  })
}
