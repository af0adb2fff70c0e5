import { type Html, html } from '#shared/html/html.ts'
import { explanationPath } from '../urls.ts'

export interface ErrorView {
  readonly lead: string
  /** `AADSTS50011: …` */
  readonly text: string
  readonly traceId: string
  readonly correlationId: string
  readonly timestamp: string
  /** Where the request can be made again. */
  readonly signInAgain?: string | undefined
}

export function errorBody(view: ErrorView): Html {
  return html`<p>${view.lead}</p>
<div class="error" id="exceptionMessageContainer" role="alert">${view.text}</div>
<h2>Troubleshooting details</h2>
<p>If you contact your administrator, send this info to them.</p>
<dl class="trace"><dt>Request Id</dt><dd><a href="${explanationPath}${view.traceId}">${view.traceId}</a></dd><dt>Correlation Id</dt><dd>${view.correlationId}</dd><dt>Timestamp</dt><dd>${view.timestamp}</dd></dl>
${view.signInAgain !== undefined && html`<p><a href="${view.signInAgain}">Sign out and sign in with a different account</a></p>`}`
}
