import { ExchangeError } from '../errors.ts'
import type { MailboxStore, Message, WellKnownFolder } from '../mailbox/mailbox-store.ts'
import { isSame } from './categories.ts'

export interface MessageAction {
  readonly mailboxes: MailboxStore
  readonly mailboxId: string
  readonly message: Message
  /** What stands after the colon: a folder's id, or a category. */
  readonly argument: string
  readonly now: Date
}

/** Where the person is afterwards: with the folder, or still with the message. */
type Place = 'folder' | 'message'
type Act = (action: MessageAction) => Promise<Place>

function toWellKnown(name: WellKnownFolder): Act {
  return async ({ mailboxes, mailboxId, message }) => {
    const { id } = await mailboxes.wellKnownFolder(mailboxId, name)
    if (id !== message.folderId) await mailboxes.moveItem(mailboxId, message.id, id)
    return 'folder'
  }
}

async function mailFolder({ mailboxes, mailboxId, argument }: MessageAction): Promise<string> {
  const folder = await mailboxes.findFolder(mailboxId, argument)
  if (folder?.folderClass === 'mail') return folder.id
  throw new ExchangeError('noSuchItem', `the mailbox has no mail folder "${argument}"`)
}

/** What can be done with a message; some are written with an argument, such as `move:` and a folder's id. */
export const messageActions: Readonly<Record<string, Act>> = {
  delete: async ({ mailboxes, mailboxId, message }) => {
    await mailboxes.deleteItem(mailboxId, message.id, 'toDeletedItems')
    return 'folder'
  },
  archive: toWellKnown('archive'),
  junk: toWellKnown('junkemail'),
  notJunk: toWellKnown('inbox'),
  move: async (action) => {
    await action.mailboxes.moveItem(action.mailboxId, action.message.id, await mailFolder(action))
    return 'folder'
  },
  copy: async (action) => {
    await action.mailboxes.copyItem(action.mailboxId, action.message.id, await mailFolder(action))
    return 'message'
  },
  flag: async ({ mailboxes, mailboxId, message }) => {
    await mailboxes.updateItem(mailboxId, message.id, { flag: { status: 'active' } })
    return 'message'
  },
  complete: async ({ mailboxes, mailboxId, message, now }) => {
    const flag = { status: 'complete', completedAt: now.toISOString() } as const
    await mailboxes.updateItem(mailboxId, message.id, { flag })
    return 'message'
  },
  unflag: async ({ mailboxes, mailboxId, message }) => {
    await mailboxes.updateItem(mailboxId, message.id, { flag: null })
    return 'message'
  },
  read: async ({ mailboxes, mailboxId, message }) => {
    await mailboxes.setUnread(mailboxId, message.id, false)
    return 'folder'
  },
  unread: async ({ mailboxes, mailboxId, message }) => {
    await mailboxes.setUnread(mailboxId, message.id, true)
    return 'folder'
  },
  categorize: async ({ mailboxes, mailboxId, message, argument }) => {
    const others = message.categories.filter((each) => !isSame(each, argument))
    await mailboxes.updateItem(mailboxId, message.id, { categories: [...others, argument] })
    return 'message'
  },
  uncategorize: async ({ mailboxes, mailboxId, message, argument }) => {
    const categories = argument === '' ? [] : message.categories.filter((each) => !isSame(each, argument))
    await mailboxes.updateItem(mailboxId, message.id, { categories })
    return 'message'
  },
}
