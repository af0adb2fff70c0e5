import { type Html, html } from '#shared/html/html.ts'
import type { ConditionExplanation, PolicyExplanation, SignInExplanation } from '../../sign-ins/schemas.ts'

type Names = SignInExplanation['names']

const groups: readonly (readonly [title: string, has: (policy: PolicyExplanation) => boolean])[] = [
  ['Applied', ({ result }) => result === 'success' || result === 'failure'],
  ['Report-only', ({ result }) => result.startsWith('reportOnly') || result === 'unknown'],
  ['Did not apply', ({ result }) => result === 'notApplied'],
  ['Off', ({ result }) => result === 'notEnabled'],
]

/** Every policy of that moment, those that counted first. */
export function policySection({ policies, names }: SignInExplanation): Html {
  const parts = groups.map(([title, has]) => {
    const members = policies.filter(has)
    return members.length > 0 && html`<h3>${title}</h3>${members.map((policy) => policyPart(policy, names))}`
  })
  return html`<section aria-labelledby="policies" class="policies"><h2 id="policies">Policies</h2>${parts}</section>`
}

const resultLooks: Readonly<Record<string, string>> = {
  success: 'succeeded',
  failure: 'refused',
  reportOnlySuccess: 'succeeded',
  reportOnlyFailure: 'refused',
  reportOnlyInterrupted: 'interrupted',
}

function policyPart(policy: PolicyExplanation, names: Names): Html {
  const { id, displayName, result, reason, conditions, controls, operator, sessionControls, applies } = policy
  return html`<details id="policy-${id}"${(result === 'success' || result === 'failure') && html` open`}><summary><strong>${displayName}</strong> <span class="tag ${resultLooks[result] ?? ''}">${result}</span> <span class="muted">${reason}</span></summary>
<ul class="conditions">${conditions.map((condition) => conditionPart(condition, names))}</ul>
${
  controls.length > 0 &&
  html`<p>${applies ? 'Demanded' : 'Would demand'}${controls.length > 1 && (operator === 'AND' ? ' all of' : ' one of')}:</p>
<ul class="conditions">${controls.map(
    ({ control, detail, verdict, because }) =>
      html`<li><span class="tag ${verdict === 'satisfied' ? 'succeeded' : 'refused'}">${verdict}</span> <strong>${control}</strong>${detail && ` (${named(detail, names)})`}: ${named(because, names)}</li>`,
  )}</ul>`
}
${sessionControls.length > 0 && html`<p>Session: ${sessionControls.join(', ')}</p>`}</details>`
}

const verdicts = { met: 'met', notMet: 'not met', gap: 'cannot be told' } as const

function conditionPart({ condition, verdict, gap, includes, excludes, saw }: ConditionExplanation, names: Names): Html {
  const excluded = excludes.filter(({ matched }) => matched)
  const included = includes.filter(({ matched }) => matched)
  const list = (rules: ConditionExplanation['includes']) => rules.map(({ value }) => named(value, names)).join(', ')
  const why =
    excluded.length > 0
      ? html`excluded by <strong>${list(excluded)}</strong>`
      : included.length > 0
        ? html`included by <strong>${list(included)}</strong>`
        : html`wants ${list(includes) || 'nothing'}`
  return html`<li><span class="tag ${verdict === 'met' ? 'succeeded' : 'refused'}">${verdicts[verdict]}</span> <strong>${condition}</strong>: ${gap ?? why}<span class="saw muted">came: ${named(saw, names)}</span></li>`
}

/** Ids in a text by the names that people know them by. */
export function named(text: string, names: Names): string {
  return text.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, (id) => names[id.toLowerCase()] ?? id)
}
