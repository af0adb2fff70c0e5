import { type Html, html } from '#shared/html/html.ts'

export interface EvidenceView {
  readonly facts: readonly { readonly label: string; readonly value: string }[]
}

/** For whoever tests a sign-in: what the session rests on. */
export function signInEvidence({ facts }: EvidenceView): Html {
  return html`<details class="evidence" data-testid="sign-in-evidence"><summary>How you were signed in</summary><dl>${facts.map(
    ({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`,
  )}</dl></details>`
}
