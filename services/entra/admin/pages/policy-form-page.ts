import type { PageView } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html } from '#shared/html/html.ts'
import { adminUrls } from '../../urls.ts'
import { type Field, type FieldGroup, fieldGroups, type OptionSource } from '../form/fields.ts'
import type { FormValues } from '../form/form-values.ts'
import { type Option, states } from '../form/options.ts'
import { adminPage, type Refusal, tokenField, type Viewer } from './frame.ts'

/** What of the tenant a policy can name. */
export type FormOptions = Readonly<Record<OptionSource, readonly Option[]>>

export interface PolicyFormView {
  readonly viewer: Viewer
  /** Undefined for a new policy. */
  readonly id: string | undefined
  readonly values: FormValues
  readonly options: FormOptions
  /** Members that only JSON shows; the form keeps them. */
  readonly jsonOnly: readonly string[]
  readonly refusal?: Refusal | undefined
  readonly notice?: string | undefined
}

export function policyFormPage(view: PolicyFormView): PageView {
  const { viewer, id, values, jsonOnly } = view
  const title = id === undefined ? 'New policy' : (values.displayName?.[0] ?? 'Policy')
  const action = id === undefined ? adminUrls.newPolicy : adminUrls.policy(id)
  const json = id === undefined ? adminUrls.newPolicyJson : adminUrls.policyJson(id)
  return adminPage({
    title,
    current: 'policies',
    viewer,
    refusal: view.refusal,
    notice: view.notice,
    main: html`<h1>${title}</h1>
<p class="actions"><a href="${json}">Edit as JSON</a>${id !== undefined && viewer.mayWrite && html` <a href="${adminUrls.deletePolicy(id)}">Delete</a>`}</p>
${jsonOnly.length > 0 && html`<p class="notice">Only JSON shows ${jsonOnly.join(', ')}; saving this form keeps that.</p>`}
<form method="post" action="${action}" class="policy">${tokenField(viewer)}
<p class="field"><label for="displayName">Name</label><input id="displayName" name="displayName" value="${values.displayName?.[0] ?? ''}" required maxlength="256" autocomplete="off"></p>
<fieldset class="field"><legend>Enable policy</legend>${stateChoices(values.state?.[0])}</fieldset>
${fieldGroups.map((group) => groupPart(group, view))}
${viewer.mayWrite && html`<p class="actions"><button class="primary">${id === undefined ? 'Create' : 'Save'}</button> <a href="${adminUrls.policies}">Cancel</a></p>`}</form>`,
  })
}

function stateChoices(current: string | undefined): readonly Html[] {
  return states.map(
    ({ value, text }) =>
      html`<label class="box"><input type="radio" name="state" value="${value}"${value === current && html` checked`}> ${text}</label> `,
  )
}

function groupPart({ legend, fields }: FieldGroup, { values, options }: PolicyFormView): Html {
  const id = `group-${legend.toLowerCase().replaceAll(' ', '-')}`
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${legend}</h2><div class="fields">${fields.map((field) =>
    fieldPart(field, values[field.name] ?? [], options),
  )}</div></section>`
}

function fieldPart(field: Field, values: readonly string[], options: FormOptions): HtmlValue {
  if (field.kind === 'checks') return checks(field, values, optionsOf(field, options))
  const { name, label, hint } = field
  const described = hint !== undefined && html` aria-describedby="hint-${name}"`
  return html`<p class="field"><label for="${name}">${label}</label>${control(field, values, options, described)}${hint !== undefined && html`<span class="hint" id="hint-${name}">${hint}</span>`}</p>`
}

function control(field: Field, values: readonly string[], options: FormOptions, described: HtmlValue): Html {
  const { name, kind } = field
  if (kind === 'lines') {
    const rows = Math.max(2, values.length + 1)
    return html`<textarea id="${name}" name="${name}" rows="${rows}" spellcheck="false"${described}>${values.join('\n')}</textarea>`
  }
  if (kind === 'choice') {
    const choices = optionsOf(field, options).map(
      ({ value, text }) =>
        html`<option value="${value}"${value === (values[0] ?? '') && html` selected`}>${text}</option>`,
    )
    return html`<select id="${name}" name="${name}"${described}>${choices}</select>`
  }
  const type = kind === 'number' ? html`type="number" min="1" max="365"` : html`type="text" spellcheck="false"`
  return html`<input id="${name}" name="${name}" ${type} value="${values.join(' ')}" autocomplete="off"${described}>`
}

/** Values that the form does not know are shown too, so that saving never loses one. */
function checks({ name, label }: Field, values: readonly string[], known: readonly Option[]): Html {
  const unknown = values.filter((value) => !known.some((option) => option.value === value))
  const boxes = [...known, ...unknown.map((value) => ({ value, text: value }))]
  return html`<fieldset class="field"><legend>${label}</legend>${boxes.length === 0 && html`<span class="hint">The tenant has none.</span>`}${boxes.map(
    ({ value, text }) =>
      html`<label class="box"><input type="checkbox" name="${name}" value="${value}"${values.includes(value) && html` checked`}> ${text}</label> `,
  )}</fieldset>`
}

function optionsOf({ options = [] }: Field, sources: FormOptions): readonly Option[] {
  return typeof options === 'string' ? sources[options] : options
}
