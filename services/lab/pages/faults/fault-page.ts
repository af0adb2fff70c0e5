import type { FaultState } from '#shared/faults.ts'
import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { CataloguedFault } from '../../faults/catalogue/catalogued-fault.ts'
import { type ActiveFault, nameOf } from '../../faults/fault-catalogue.ts'
import { type Notice, urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface FaultPageView {
  readonly catalogue: readonly CataloguedFault[]
  readonly active: readonly ActiveFault[]
  readonly filter: string
  readonly deployments: readonly string[]
  readonly users: readonly string[]
  readonly time: StackTime | undefined
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
}

/** What is broken now, and everything that can be. */
export function faultPage(view: FaultPageView): PageView {
  const { catalogue, active, filter, time, notice, problem } = view
  const shown = catalogue.filter((entry) => mentions(entry, filter))
  return labPage({
    ...{ title: 'Faults', current: 'faults', time, notice, problem },
    live: { url: urls.faults, everyMs: 2000 },
    main: html`<div class="headline"><h1>Faults</h1>
<p>What goes wrong in real environments, by name. A fault strikes the real hop; the journal says which one it was.</p></div>
<section aria-labelledby="active"><h2 id="active">Broken now</h2><div id="active-faults" data-live>${
      active.length === 0
        ? html`<p class="muted" id="no-fault">Nothing is broken.</p>`
        : html`<ul class="active-faults">${active.map(activeItem)}</ul>`
    }</div>${active.length > 0 && html`<form method="post" action="${urls.clearFaults}"><button class="danger">Mend everything</button></form>`}</section>
<section aria-labelledby="catalogue"><h2 id="catalogue">Catalogue</h2>
<form method="get" action="${urls.faults}" class="inline" role="search" aria-label="Faults"><label for="q">Search</label><input id="q" type="search" name="q" value="${filter}" placeholder="AD FS, 429, signature …" data-filters="fault-list" data-what="faults" autocomplete="off"><button>Search</button><output for="q">${
      shown.length === catalogue.length ? `${shown.length} faults` : `${shown.length} of ${catalogue.length} faults`
    }</output></form>
<datalist id="users">${view.users.map((user) => html`<option value="${user}"></option>`)}</datalist>
<div class="fault-list" id="fault-list">${shown.map((entry) => entryItem(entry, view))}</div></section>`,
  })
}

function mentions({ id, title, cause, effect, deployment }: CataloguedFault, filter: string): boolean {
  const text = [id, title, cause, effect, deployment].join(' ').toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function activeItem({ deployment, fault }: ActiveFault): Html {
  const { hits, tooEarly, left, match } = fault
  const name = nameOf(fault)
  const counted = [
    `struck ${hits}×`,
    ...(tooEarly > 0 ? [`${tooEarly} came too early`] : []),
    ...(left === null ? [] : [`${left} left`]),
  ]
  return html`<li><strong>${name ?? 'set by hand'}</strong> <span class="tag">${deployment}</span> ${match.user} ${match.path && html`<code>${match.path}</code>`} <span class="muted">${counted.join(' · ')}</span>${
    name &&
    html` <form method="post" action="${urls.turnFaultOff(name)}"><button>Off<span class="visually-hidden"> (${name})</span></button></form>`
  }</li>`
}

function entryItem(entry: CataloguedFault, { active, deployments }: FaultPageView): Html {
  const { id, title, cause, effect, deployment, fault } = entry
  const on = active.some((each) => nameOf(each.fault) === id)
  return html`<details class="fault" id="fault-${id}" data-filterable><summary><strong>${title}</strong> <code class="muted">${id}</code> <span class="tag">${deployment}</span>${on && html` <span class="tag alert">on</span>`}</summary>
<dl><dt>Cause</dt><dd>${cause}</dd><dt>Effect</dt><dd>${effect}</dd></dl>
<form method="post" action="${urls.turnFaultOn(id)}" class="filters">${[
    field(id, 'user', 'Person', html`list="users" placeholder="anybody" autocomplete="off"`),
    field(id, 'count', 'How often', html`type="number" min="1" placeholder="always"`),
    field(id, 'path', 'Path', html`placeholder="${fault.match.path ?? 'any'}" autocomplete="off"`),
    field(
      id,
      'probability',
      'Probability',
      html`type="number" min="0.01" max="1" step="0.01" placeholder="${fault.probability ?? 1}"`,
    ),
    field(id, 'delayMs', 'Delay (ms)', html`type="number" min="0" placeholder="${fault.delayMs ?? 0}"`),
    ...(fault.retryAfterSeconds === undefined
      ? []
      : [
          field(
            id,
            'retryAfterSeconds',
            'Retry-After (s)',
            html`type="number" min="1" placeholder="${fault.retryAfterSeconds}"`,
          ),
        ]),
  ]}<p><label for="${id}-deployment">Where</label><select id="${id}-deployment" name="deployment">${deployments.map(
    (name) => html`<option${name === deployment && html` selected`}>${name}</option>`,
  )}</select></p><p><button class="primary">Turn on<span class="visually-hidden"> ${id}</span></button></p></form></details>`
}

function field(id: string, name: keyof FaultState | 'user' | 'path', label: string, attributes: Html): Html {
  return html`<p><label for="${id}-${name}">${label}</label><input id="${id}-${name}" name="${name}" ${attributes}></p>`
}
