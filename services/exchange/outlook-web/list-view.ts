import type { Folder, MessageHead } from '../mailbox/mailbox-store.ts'
import type { HeadFilter } from '../mailbox/message-heads.ts'
import type { FilterLink, SelectionView } from '../pages/mailbox-page.ts'
import type { MessageRowView } from '../pages/message-rows.ts'
import { composeUrl, folderActionUrl, folderUrl, messageActionUrl, messageUrl } from '../urls.ts'
import { type Category, colouredBy } from './categories.ts'
import { mailFolders } from './folder-tree.ts'
import { folderKey } from './frame.ts'

type Listed = Pick<
  MessageHead,
  | 'id'
  | 'sender'
  | 'subject'
  | 'preview'
  | 'receivedAt'
  | 'unread'
  | 'importance'
  | 'hasAttachments'
  | 'isDraft'
  | 'flagged'
  | 'categories'
  | 'conversation'
>

/** A draft is opened to go on writing. */
export function rowOf(message: Listed, categories: readonly Category[]): MessageRowView {
  const { id, isDraft, conversation, unread } = message
  return {
    id,
    url: isDraft ? composeUrl('draft', id) : messageUrl(id),
    sender: message.sender,
    subject: message.subject,
    preview: message.preview,
    receivedAt: message.receivedAt,
    unread: conversation ? conversation.unread > 0 : unread,
    flagged: message.flagged,
    hasAttachments: message.hasAttachments,
    importance: message.importance,
    categories: message.categories.length > 0 ? colouredBy(categories, message.categories) : [],
    messages: conversation?.messages,
  }
}

const filterNames = { unread: 'Unread', flagged: 'Flagged', files: 'With files' } as const

/** `filter=unread`, `flagged`, `files`, or `category:` and a name; anything else is no filter. */
export function filterOf(written: unknown): HeadFilter | undefined {
  const text = typeof written === 'string' ? written : ''
  if (text === 'unread' || text === 'flagged' || text === 'files') return { kind: text }
  const name = /^category:(.+)$/s.exec(text)?.[1]
  return name === undefined ? undefined : { kind: 'category', name }
}

export function writtenFilter(filter: HeadFilter | undefined): string | undefined {
  return filter && (filter.kind === 'category' ? `category:${filter.name}` : filter.kind)
}

export function filterLinks(
  key: string,
  filter: HeadFilter | undefined,
  categories: readonly Category[],
): readonly FilterLink[] {
  const current = writtenFilter(filter)
  const link = (name: string, value?: string) => ({
    name,
    url: folderUrl(key, undefined, value),
    current: value === current,
    isCategory: value?.startsWith('category:') ?? false,
  })
  return [
    link('All'),
    ...Object.entries(filterNames).map(([value, name]) => link(name, value)),
    ...categories.map(({ name }) => link(name, `category:${name}`)),
  ]
}

/** The folder that is open, as a scope of the search. */
export function scopeOf(folder: Folder) {
  return { key: folderKey(folder), name: folder.displayName }
}

export function selectionOf(
  folders: readonly Folder[],
  folder: Folder,
  { canary, byConversation, categories }: Pick<SelectionView, 'canary' | 'byConversation' | 'categories'>,
): SelectionView {
  const isRubbish = folder.wellKnown === 'deleteditems' || folder.wellKnown === 'junkemail'
  return {
    action: messageActionUrl,
    canary,
    from: folderKey(folder),
    byConversation,
    categories,
    folders: mailFolders(folders)
      .filter((each) => each.folder.id !== folder.id)
      .map((each) => ({ id: each.folder.id, name: each.path })),
    emptied: isRubbish && folder.totalCount > 0 ? { action: folderActionUrl, folder: folder.id } : undefined,
  }
}
