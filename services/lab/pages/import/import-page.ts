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
<form method="post" action="${urls.import}" class="stacked">
${area('policies', 'Policies', 'GET /identity/conditionalAccess/policies: one, an array, or { "value": […] }', form.policies)}
${area('namedLocations', 'Named locations', 'GET /identity/conditionalAccess/namedLocations', form.namedLocations)}
${area('map', 'Ids that stand for something here', '{ "id of a user, group, application or location": "alice@contoso.com" }', form.map)}
<p class="check"><input id="reportOnly" name="reportOnly" type="checkbox" value="true"><label for="reportOnly">Take enabled policies over as report-only</label></p>
<p><button>Import</button></p></form>`,
  })
}

function area(name: string, label: string, hint: string, value: string): Html {
  return html`<p><label for="${name}">${label}</label><textarea id="${name}" name="${name}" rows="6" spellcheck="false" aria-describedby="${name}-hint">${value}</textarea>
<span id="${name}-hint">${hint}</span></p>`
}

function reportSections({ policies, namedLocations }: PolicyImport): Html {
  return html`${policies.length > 0 && policyTable(policies)}
${
  namedLocations.length > 0 &&
  dataTable({
    caption: 'Named locations',
    columns: ['Location', 'Outcome'],
    rows: namedLocations.map(({ name, outcome, reason }) => ({ cells: [name, withReason(outcome, reason)] })),
  })
}`
}

function policyTable(policies: PolicyImport['policies']): Html {
  return dataTable({
    caption: 'Policies',
    columns: ['Policy', 'Outcome', 'Not here', 'Mapped'],
    rows: policies.map(({ name, outcome, reason, state, unknown, mapped }) => ({
      cells: [
        name,
        withReason(state === undefined ? outcome : `${outcome}, ${state}`, reason),
        list(unknown.map(({ path, id }) => html`<code>${path}</code>: <code>${id}</code>`)),
        list(mapped.map(({ id, to }) => html`<code>${id}</code> → <code>${to}</code>`)),
      ],
    })),
  })
}

function withReason(outcome: string, reason: string | undefined): string {
  return reason === undefined ? outcome : `${outcome}: ${reason}`
}

function list(items: readonly Html[]): Html | string {
  return items.length === 0 ? '–' : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
}
