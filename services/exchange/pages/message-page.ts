import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { TimeZone } from '../mailbox/time-zones.ts'
import { type FolderLink, folderList } from './folder-list.ts'
import { type LiveView, liveRegion } from './live-region.ts'
import { type AttachmentView, attachmentList, type BodyView, messageBody } from './message-parts.ts'
import { type CategoryMark, categoryMarks } from './message-rows.ts'
import { messageThread, type ThreadMessageView } from './message-thread.ts'
import { fullMoment } from './moments.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface MessageView extends Omit<FrameView, 'title' | 'content'> {
  readonly folders: readonly FolderLink[]
  readonly live: LiveView
  readonly subject: string
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  /** What the moment is: `Sent` for what the mailbox sent, `Saved` for a draft. */
  readonly movement: 'Received' | 'Sent' | 'Saved'
  readonly receivedAt: Date
  readonly zone: TimeZone
  readonly importance: 'low' | 'normal' | 'high'
  /** What meeting mail is about. */
  readonly meeting?: Html | undefined
  readonly body: BodyView
  /** The others of the conversation, newest first. */
  readonly conversation: readonly ThreadMessageView[]
  readonly categories: readonly CategoryMark[]
  readonly sourceUrl: string
  readonly remotePictures: boolean
  readonly attachments: readonly AttachmentView[]
  readonly actions: ActionsView
}

export interface ActionsView {
  readonly action: string
  readonly messageId: string
  readonly canary: string
  readonly flag: 'active' | 'complete' | undefined
  readonly isJunk: boolean
  readonly answers: readonly { readonly mode: 'reply' | 'replyAll' | 'forward'; readonly url: string }[]
  readonly moveTo: readonly { readonly id: string; readonly name: string }[]
  /** The mailbox's own categories. */
  readonly categories: readonly CategoryMark[]
}

export function messagePage(view: MessageView): PageView {
  const content = html`<div class="columns">${folderList(view.folders)}
<main id="content" tabindex="-1">${liveRegion(view.live)}<article class="message" data-testid="reading-pane"><h1 data-testid="subject">${view.subject || '(no subject)'}</h1>
${view.importance !== 'normal' && html`<p class="note">Sent with ${view.importance} importance.</p>`}
${messageHead(view)}
${toolbar(view.actions, view.categories)}${view.meeting}${attachmentList(view.attachments)}${messageBody(view.body)}${messageThread(view.conversation, view.zone)}<p class="note"><a href="${view.sourceUrl}" download>Message source</a></p></article></main></div>`
  return pageFrame({
    ...view,
    title: view.subject || '(no subject)',
    content,
    scripts: [view.live.script],
    imageSources: view.remotePictures ? ['https:'] : [],
  })
}

const flagTexts = { active: 'Follow up', complete: 'Completed' } as const

function messageHead({ from, to, cc, movement, receivedAt, zone, categories, actions: { flag } }: MessageView): Html {
  const row = (label: string, value: Html | string) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`
  return html`<dl class="head">${row('From', from)}${row('To', to.join('; '))}${cc.length > 0 && row('Cc', cc.join('; '))}${row(movement, fullMoment(receivedAt, zone))}${flag && row('Flag', flagTexts[flag])}${categories.length > 0 && row('Categories', categoryMarks(categories) || '')}</dl>`
}

const answerNames = { reply: 'Reply', replyAll: 'Reply all', forward: 'Forward' } as const

function button(name: string, label: string): Html {
  return html`<button type="submit" name="action" value="${name}">${label}</button> `
}

/** Everything a person does with a message, each a link or a button of one form. */
function toolbar(
  { action, messageId, canary, flag, isJunk, answers, ...to }: ActionsView,
  own: readonly CategoryMark[],
) {
  const links = answers.map(({ mode, url }) => html`<a class="button" href="${url}">${answerNames[mode]}</a> `)
  const options = to.moveTo.map(({ id, name }) => html`<option value="${id}">${name}</option>`)
  const categories = to.categories.map(({ name }) => html`<option value="${name}">${name}</option>`)
  const flags =
    flag === 'active' ? [button('complete', 'Mark complete'), button('unflag', 'Remove flag')] : button('flag', 'Flag')
  const marks = html`<span class="move"><label for="category">Category</label> <select id="category" name="category">${categories}</select> ${button('categorize', 'Add')}${own.length > 0 && button('uncategorize', 'Remove')}</span>`
  return html`<div class="toolbar">${links}<form method="post" action="${action}"><input type="hidden" name="ItemID" value="${messageId}"><input type="hidden" name="X-OWA-CANARY" value="${canary}">${button('delete', 'Delete')}${button('archive', 'Archive')}${isJunk ? button('notJunk', 'Not junk') : button('junk', 'Junk')}${flags}${button('unread', 'Mark as unread')}<span class="move"><label for="folder">Folder</label> <select id="folder" name="folder">${options}</select> ${button('move', 'Move')}${button('copy', 'Copy')}</span>${categories.length > 0 && marks}</form></div>`
}
