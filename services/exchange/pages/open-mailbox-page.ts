import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface OpenMailboxView extends Omit<FrameView, 'title' | 'content'> {
  readonly action: string
  readonly written: string
  readonly problem: string | undefined
  /** Those that the person has Full Access to. */
  readonly openable: readonly { readonly name: string; readonly address: string; readonly url: string }[]
}

export function openMailboxPage(view: OpenMailboxView): PageView {
  const title = 'Open another mailbox'
  const content = html`<main id="content" class="settings" tabindex="-1"><h1>${title}</h1>
${view.problem && html`<p class="problem" role="alert" data-testid="problem">${view.problem}</p>`}
<form class="compose" method="get" action="${view.action}" data-testid="open-mailbox"><input type="hidden" name="path" value="/mail/action/open">
<div class="line"><label for="mailbox">Name or address</label><input id="mailbox" name="mailbox" type="text" value="${view.written}" autocomplete="off" required></div>
<p class="actions"><button class="primary" type="submit">Open</button></p></form>
${view.openable.length > 0 && html`<h2>Mailboxes that are shared with you</h2><ul class="openable">${view.openable.map(({ name, address, url }) => html`<li><a href="${url}" data-testid="openable">${name}</a> <span class="soft">${address}</span></li>`)}</ul>`}</main>`
  return pageFrame({ ...view, title, content })
}
