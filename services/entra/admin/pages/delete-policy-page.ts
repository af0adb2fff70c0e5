import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { adminUrls } from '../../urls.ts'
import { adminPage, tokenField, type Viewer } from './frame.ts'

export function deletePolicyPage(
  viewer: Viewer,
  policy: { readonly id: string; readonly displayName: string },
): PageView {
  return adminPage({
    title: 'Delete policy',
    current: 'policies',
    viewer,
    main: html`<h1>Delete “${policy.displayName}”?</h1>
<p>It stops to count with the next sign-in.</p>
<form method="post" action="${adminUrls.deletePolicy(policy.id)}" class="actions">${tokenField(viewer)}<button class="danger">Delete it</button> <a href="${adminUrls.policy(policy.id)}">Keep it</a></form>`,
  })
}
