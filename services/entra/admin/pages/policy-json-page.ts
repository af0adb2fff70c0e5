import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { adminUrls } from '../../urls.ts'
import { adminPage, type Refusal, tokenField, type Viewer } from './frame.ts'

export interface PolicyJsonView {
  readonly viewer: Viewer
  /** Undefined for a new policy. */
  readonly id: string | undefined
  readonly title: string
  readonly text: string
  readonly refusal?: Refusal | undefined
  readonly notice?: string | undefined
}

export function policyJsonPage({ viewer, id, title, text, refusal, notice }: PolicyJsonView): PageView {
  const [action, form] =
    id === undefined ? [adminUrls.newPolicyJson, adminUrls.newPolicy] : [adminUrls.policyJson(id), adminUrls.policy(id)]
  return adminPage({
    title: `${title} as JSON`,
    current: 'policies',
    viewer,
    refusal,
    notice,
    main: html`<h1>${title}</h1><p class="actions"><a href="${form}">Edit as form</a></p>
<form method="post" action="${action}" class="policy">${tokenField(viewer)}
<p class="field wide"><label for="json">Policy, as Microsoft Graph has it</label>
<textarea id="json" name="json" rows="${Math.min(40, text.split('\n').length + 1)}" spellcheck="false" aria-describedby="hint-json"${!viewer.mayWrite && html` readonly`}>${text}</textarea>
<span class="hint" id="hint-json">${id === undefined ? 'POST' : 'PATCH'} /identity/conditionalAccess/policies would take the same; members that are left out ${id === undefined ? 'have their defaults' : 'stay as they are'}.</span></p>
${viewer.mayWrite && html`<p class="actions"><button class="primary">${id === undefined ? 'Create' : 'Save'}</button> <a href="${adminUrls.policies}">Cancel</a></p>`}</form>`,
  })
}
