import { type Html, html } from '#shared/html/html.ts'
import { signInPaths } from '../urls.ts'
import { type FormTokens, hiddenTokens, inlineError } from './frame.ts'

export interface SecurityInfoView {
  readonly tokens: FormTokens
  readonly methods: readonly ListedMethod[]
  readonly error?: string | undefined
}

export interface ListedMethod {
  readonly id: string
  readonly name: string
  readonly detail: string
  readonly isDefault: boolean
  /** A passkey is never what is asked first by default, and a pass is the administrator's. */
  readonly canBeDefault: boolean
  readonly canBeRemoved: boolean
}

export function securityInfoBody({ tokens, methods, error }: SecurityInfoView): Html {
  return html`${inlineError('registrationError', error)}
<p>These are the methods you use to sign in.</p>
${methods.length === 0 ? html`<p id="noMethods">No method is registered yet.</p>` : html`<ul class="methods" id="securityInfoMethods">${methods.map((method) => item(tokens, method))}</ul>`}
<form method="post" action="${signInPaths.securityInfo}">${hiddenTokens(tokens)}
<div class="actions"><button type="submit" id="addMethod" name="action" value="begin">Add sign-in method</button>
<button type="submit" class="quiet" id="done" name="action" value="done">Done</button></div></form>`
}

function item(tokens: FormTokens, method: ListedMethod): Html {
  const { id, name, detail, isDefault, canBeDefault, canBeRemoved } = method
  const called = `${name} ${detail}`.trim()
  return html`<li data-method="${id}"><form method="post" action="${signInPaths.securityInfo}">${hiddenTokens(tokens)}
<input type="hidden" name="methodId" value="${id}">
<p><strong>${name}</strong> ${detail}${isDefault && html` <em>(default)</em>`}</p>
${canBeDefault && !isDefault && html`<button type="submit" class="link" name="action" value="default" aria-label="Use ${called} by default">Use by default</button> `}${canBeRemoved && html`<button type="submit" class="link" name="action" value="remove" aria-label="Delete ${called}">Delete</button>`}</form></li>`
}

export function allSetBody(): Html {
  return html`<p id="allSet">Your security info is saved. You may close this window.</p>`
}
