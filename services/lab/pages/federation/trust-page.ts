import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { Decision, RelyingPartyTrust, RulesTrial } from '../../adfs/administration.ts'
import { type Notice, urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import type { StackTime } from '../frame.ts'
import { federationFrame } from './federation-frame.ts'

export interface TrustView {
  readonly trust: RelyingPartyTrust
  readonly users: readonly string[]
  readonly policies: readonly string[]
  /** As typed: they may have a mistake. */
  readonly rules: string
  /** One claim a line: type, an equals sign, value. */
  readonly claims: string
  readonly trial?: RulesTrial | undefined
  readonly decision?: Decision | undefined
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
  readonly time: StackTime | undefined
}

/** One trust: rules with a box to try them, and a question to its policy. */
export function trustPage(view: TrustView): PageView {
  const { trust, time, notice, problem } = view
  return federationFrame({
    title: trust.name,
    about: `${trust.identifiers.join(', ')} · ${trust.protocolProfile} · ${trust.accessControlPolicy.name}`,
    current: undefined,
    time,
    notice,
    problem,
    main: html`${ruleSection(view)}
${policySection(view)}
${trustSection(view)}`,
  })
}

function trustSection({ trust, policies }: TrustView): Html {
  const { objectIdentifier: id, name, enabled, accessControlPolicy } = trust
  const own = urls.trust(id)
  return html`<section aria-labelledby="trust"><h2 id="trust">The trust</h2>
<form method="post" action="${own}/change" class="stacked"><p><label for="new-policy">Access control policy</label><select id="new-policy" name="policy">${policies.map(
    (policy) => html`<option${policy === accessControlPolicy.name && html` selected`}>${policy}</option>`,
  )}</select></p>
<p><label for="policy-groups">Its groups, where it has some</label><input id="policy-groups" name="groups" value="${(accessControlPolicy.parameters.groups ?? []).join(', ')}"></p>
<p><button>Change policy</button></p></form>
<p>Export: <a href="${urls.exportTrust(id)}">as here</a>, <a href="${urls.exportTrustForPowerShell(id)}">by PowerShell’s names</a>.</p>
<div class="inline-forms"><form method="post" action="${own}/change"><button name="enabled" value="${String(!enabled)}">${enabled ? 'Disable' : 'Enable'} <span class="visually-hidden">${name}</span></button></form>
<form method="post" action="${own}/delete"><button class="danger">Delete <span class="visually-hidden">${name}</span></button></form></div></section>`
}

function ruleSection({ trust, rules, claims, trial }: TrustView): Html {
  return html`<section aria-labelledby="rules"><h2 id="rules">Issuance transform rules</h2>
<form method="post" action="${urls.trust(trust.objectIdentifier)}/rules" class="stacked">
<p hidden data-file-for="rule-text"><label for="rule-file">From a file</label><input id="rule-file" type="file" accept=".txt,.ps1,text/plain"></p>
<p><label for="rule-text">Rules</label><textarea id="rule-text" name="rules" rows="14" spellcheck="false">${rules}</textarea></p>
<p><label for="claim-text">Claims in, one a line: type = value</label><textarea id="claim-text" name="claims" rows="4" spellcheck="false">${claims}</textarea></p>
<p><button name="act" value="try">Try</button> <button name="act" value="save">Save</button></p></form>
${trial && trialPart(trial)}</section>`
}

function trialPart({ steps, issued, error }: RulesTrial): Html {
  const made = (list: RulesTrial['issued']) =>
    list.length === 0
      ? '–'
      : html`<ul>${list.map(({ type, value }) => html`<li><code>${type}</code> = ${value}</li>`)}</ul>`
  return html`<div id="trial">${error && html`<p class="notice problem" role="alert">${error.message}</p>`}
${
  steps.length > 0 &&
  dataTable({
    caption: 'Rule by rule',
    columns: ['Rule', 'Target', 'Matches', 'Claims'],
    rows: steps.map((step) => ({ cells: [step.rule, step.target, String(step.matches), made(step.made)] })),
  })
}
${!error && html`<h3>Claims out</h3>${made(issued)}`}</div>`
}

const devices = ['none', 'authenticated', 'managed', 'compliant']

function policySection({ trust, users, decision }: TrustView): Html {
  return html`<section aria-labelledby="policy"><h2 id="policy">Access control</h2>
${decision && html`<p class="notice" role="status"><strong>${decision.outcome}</strong>: ${decision.reason}</p>`}
<form method="post" action="${urls.trust(trust.objectIdentifier)}/policy" class="inline">
<label for="policy-user">User</label><select id="policy-user" name="user">${users.map((user) => html`<option>${user}</option>`)}</select>
<label for="policy-network">Network</label><select id="policy-network" name="network"><option>extranet</option><option>intranet</option></select>
<label for="policy-device">Device</label><select id="policy-device" name="device">${devices.map((device) => html`<option>${device}</option>`)}</select>
<button>Ask</button></form></section>`
}
