import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { type FolderLink, folderList } from './folder-list.ts'
import { sizeText } from './message-parts.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface ComposeView extends Omit<FrameView, 'title' | 'content'> {
  readonly folders: readonly FolderLink[]
  readonly action: string
  readonly canary: string
  /** Who can stand in From; nobody is asked when it is one only. */
  readonly senders: readonly { readonly name: string; readonly address: string }[]
  readonly from: string
  readonly to: string
  readonly cc: string
  readonly bcc: string
  readonly subject: string
  readonly body: string
  /** What the editor begins with; it was made safe already. */
  readonly html: Html
  readonly importance: 'low' | 'normal' | 'high'
  readonly mode: string
  readonly originalId: string
  readonly answers: string
  /** Keeps a draft while somebody writes. */
  readonly script: string
  readonly attachments: readonly { readonly id: string; readonly name: string; readonly bytes: number }[]
  /** Whom the person may mean. */
  readonly people: readonly string[]
  /** Why the message was not sent. */
  readonly problem?: string | undefined
}

const titles: Readonly<Record<string, string>> = {
  reply: 'Reply',
  replyAll: 'Reply to all',
  forward: 'Forward',
  draft: 'Draft',
}

export function composePage(view: ComposeView): PageView {
  const title = titles[view.mode] ?? 'New message'
  const content = html`<div class="columns">${folderList(view.folders)}
<main id="content" tabindex="-1"><h1>${title}</h1>
${view.problem && html`<p class="problem" role="alert" data-testid="problem">${view.problem}</p>`}
<form class="compose" method="post" action="${view.action}" enctype="multipart/form-data" data-testid="compose">
${hidden('X-OWA-CANARY', view.canary)}${hidden('mode', view.mode)}${hidden('ItemID', view.originalId)}${hidden('answers', view.answers)}
${fromLine(view)}${line('to', 'To', view.to, 'people')}${line('cc', 'Cc', view.cc, 'people')}${line('bcc', 'Bcc', view.bcc, 'people')}${line('subject', 'Subject', view.subject)}<datalist id="people">${view.people.map((each) => html`<option value="${each}">`)}</datalist>
${carried(view.attachments)}
<div class="line"><label for="attachments">Attach files</label><input id="attachments" name="attachments" type="file" multiple></div>
<div class="line"><label for="importance">Importance</label><select id="importance" name="importance">${importances(view.importance)}</select></div>
<div data-plain><label class="hidden" for="body">Message</label><textarea id="body" name="body" rows="16">${view.body}</textarea></div>
<template data-editor>${editor}<div class="editor" role="textbox" aria-multiline="true" aria-label="Message" contenteditable="true" data-html>${view.html}</div></template><input type="hidden" name="html" value="">
<p class="actions"><button class="primary" type="submit" name="action" value="send">Send</button> <button type="submit" name="action" value="save">Save draft</button> <button type="submit" name="action" value="discard" formnovalidate>Discard</button> <span class="soft" role="status" data-saved></span></p>
</form></main></div>`
  return pageFrame({ ...view, title, content, scripts: [view.script] })
}

const formats = [
  ['bold', 'Bold'],
  ['italic', 'Italic'],
  ['underline', 'Underline'],
  ['insertUnorderedList', 'Bulleted list'],
  ['insertOrderedList', 'Numbered list'],
  ['createLink', 'Link'],
  ['removeFormat', 'Clear formatting'],
] as const

/** For the script: where none runs, mail is written as plain text. */
const editor = html`<div class="formats" role="toolbar" aria-label="Format">${formats.map(
  ([command, name]) => html`<button type="button" data-format="${command}">${name}</button> `,
)}<button type="button" data-to-plain>Plain text</button></div>`

function fromLine({ senders, from }: ComposeView): Html | undefined {
  if (senders.length < 2) return undefined
  const isChosen = (address: string) => address.toLowerCase() === from.toLowerCase()
  return html`<div class="line"><label for="from">From</label><select id="from" name="from">${senders.map(({ name, address }) => html`<option value="${address}"${isChosen(address) && html` selected`}>${name} (${address})</option>`)}</select></div>
`
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}

function line(name: string, label: string, value: string, list?: string): Html {
  return html`<div class="line"><label for="${name}">${label}</label><input id="${name}" name="${name}" type="text" value="${value}" autocomplete="off"${list && html` list="${list}"`}></div>`
}

function carried(attachments: ComposeView['attachments']): Html | undefined {
  if (attachments.length === 0) return undefined
  return html`<fieldset class="carried"><legend>Attached</legend><ul>${attachments.map(
    ({ id, name, bytes }) =>
      html`<li><span data-testid="carried">${name}</span> (${sizeText(bytes)}) <label><input type="checkbox" name="remove" value="${id}"> Remove <span class="hidden">${name}</span></label></li>`,
  )}</ul></fieldset>`
}

function importances(chosen: string): readonly Html[] {
  return ['low', 'normal', 'high'].map(
    (each) => html`<option value="${each}"${each === chosen && html` selected`}>${each}</option>`,
  )
}
