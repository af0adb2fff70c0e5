import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { PolicyImport } from '../../import/schemas.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface ImportView {
  /** As it was sent, so that it can be mended. */
  readonly form: { readonly policies: string; readonly namedLocations: string; readonly map: string }
  readonly report: PolicyImport | undefined
  readonly problem: string | undefined
  readonly time: StackTime | undefined
}

/** Conditional Access of a real tenant. */
export function importPage({ form, report, problem, time }: ImportView): PageView {
  return labPage({
    title: 'Import',
    current: 'import',
    time,
    problem,
    main: html`<div class="headline"><h1>Import</h1>
<p>Conditional Access of a real tenant. Relying party trusts and claim rules of a real farm come in at <a href="${urls.federation}#import">Federation</a>.</p></div>
${report && html`<div role="status">${reportSections(report)}</div>`}
<form method="post" action="${urls.import}" enctype="multipart/form-data" class="stacked">
<p><label for="files">Files</label><input id="files" name="files" type="file" multiple accept=".json,.ps1,.txt" aria-describedby="files-hint">
<span id="files-hint">JSON of Graph, one policy a file or many, locations and strengths too; Get-Mg… | ConvertTo-Json -Depth 10; a configuration of Microsoft365DSC; terraform show -json</span></p>
${area('policies', 'Policies', 'Or pasted: GET /identity/conditionalAccess/policies and the other forms', form.policies)}
${area('namedLocations', 'Named locations', 'GET /identity/conditionalAccess/namedLocations', form.namedLocations)}
${area('map', 'Ids and names that stand for something here', '{ "id of a user, group, application or location": "alice@contoso.com" }; what is "" counts as not there', report ? mapWith(form.map, report) : form.map)}
<p class="check"><input id="reportOnly" name="reportOnly" type="checkbox" value="true"><label for="reportOnly">Take enabled policies over as report-only</label></p>
<p class="check"><input id="leaveOutUnknown" name="leaveOutUnknown" type="checkbox" value="true"><label for="leaveOutUnknown">Leave out ids that nobody here has, unless nothing remains of their list</label></p>
<p><button>Import</button></p></form>`,
  })
}

function area(name: string, label: string, hint: string, value: string): Html {
  return html`<p><label for="${name}">${label}</label><textarea id="${name}" name="${name}" rows="6" spellcheck="false" aria-describedby="${name}-hint">${value}</textarea>
<span id="${name}-hint">${hint}</span></p>`
}

/** What was unknown waits for its meaning. */
function mapWith(written: string, { policies }: PolicyImport): string {
  const ids = policies.flatMap(({ unknown }) => unknown.map(({ id }) => id))
  if (ids.length === 0) return written
  const known = (written.trim() === '' ? {} : JSON.parse(written)) as Readonly<Record<string, string>>
  return JSON.stringify({ ...Object.fromEntries(ids.map((id) => [id, ''])), ...known }, undefined, 2)
}

function reportSections({ policies, namedLocations, authenticationStrengths }: PolicyImport): Html {
  const all = [...policies, ...namedLocations, ...authenticationStrengths]
  if (all.length === 0) return html`<p class="notice problem">There was nothing to import.</p>`
  const refused = all.filter(({ outcome }) => outcome === 'refused').length
  return html`<p class="notice${refused > 0 && ' problem'}">${refused === 0 ? 'Everything came in.' : `${refused} of ${all.length} did not come in.`}</p>
${policies.length > 0 && policyTable(policies)}
${namedLocations.length > 0 && broughtTable('Named locations', 'Location', namedLocations)}
${authenticationStrengths.length > 0 && broughtTable('Authentication strengths', 'Strength', authenticationStrengths)}`
}

function broughtTable(caption: string, what: string, brought: PolicyImport['namedLocations']): Html {
  return dataTable({
    caption,
    columns: [what, 'Outcome'],
    rows: brought.map(({ name, outcome, reason }) => ({ cells: [name, withReason(outcome, reason)] })),
  })
}

function policyTable(policies: PolicyImport['policies']): Html {
  return dataTable({
    caption: 'Policies',
    columns: ['Policy', 'Outcome', 'Not here', 'Left out', 'Mapped'],
    rows: policies.map(({ name, outcome, reason, state, unknown, mapped, leftOut }) => ({
      cells: [
        name,
        withReason(state === undefined ? outcome : `${outcome}, ${state}`, reason),
        list(unknown.map(placeOf)),
        list(leftOut.map(placeOf)),
        list(mapped.map(({ id, to }) => html`<code>${id}</code> → <code>${to}</code>`)),
      ],
    })),
  })
}

function placeOf({ path, id }: { readonly path: string; readonly id: string }): Html {
  return html`<code>${path}</code>: <code>${id}</code>`
}

function withReason(outcome: string, reason: string | undefined): string {
  return reason === undefined ? outcome : `${outcome}: ${reason}`
}

function list(items: readonly Html[]): Html | string {
  return items.length === 0 ? '–' : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
}
