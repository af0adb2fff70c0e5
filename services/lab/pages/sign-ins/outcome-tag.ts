import { type Html, html } from '#shared/html/html.ts'

/** Interrupts: something is asked for, and the sign-in may go on ("Microsoft Entra authentication error codes"). */
const interrupts = new Set([
  16000, 50055, 50058, 50072, 50074, 50076, 50079, 50125, 50127, 50129, 50140, 50144, 50158, 50203, 65001,
])

export type Outcome = 'succeeded' | 'interrupted' | 'refused'

export function outcomeOf(errorCode: number): Outcome {
  if (errorCode === 0) return 'succeeded'
  return interrupts.has(errorCode) ? 'interrupted' : 'refused'
}

export function outcomeTag(errorCode: number): Html {
  const outcome = outcomeOf(errorCode)
  return html`<span class="tag ${outcome}">${outcome}</span>${errorCode !== 0 && html` <code>AADSTS${errorCode}</code>`}`
}
