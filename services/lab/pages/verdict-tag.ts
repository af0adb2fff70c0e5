import { type Html, html } from '#shared/html/html.ts'
import type { Verdict } from '../journal/verdict.ts'

export function verdictTag(verdict: Verdict): Html {
  return html`<span class="tag verdict-${verdict}">${verdict}</span>`
}
