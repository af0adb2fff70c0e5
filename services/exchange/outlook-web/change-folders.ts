import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../errors.ts'
import type { Folder } from '../mailbox/folder.ts'
import { MailboxRefusal } from '../mailbox/mailbox-refusal.ts'
import { foldersPage } from '../pages/folders-page.ts'
import { folderActionUrl, foldersUrl, folderUrl } from '../urls.ts'
import { requireCanary, type Visit, type WebParts } from '../web-session/visit.ts'
import { childrenOf, mailFolders } from './folder-tree.ts'
import { folderKey, folderLinks, frameOf } from './frame.ts'

/** `/owa/?path=/mail/action/folders`: own folders are made, renamed, moved, emptied and deleted here. */
export async function showFolders(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  request.recording.note({ decision: 'foldersPage' })
  return sendFolders(reply, parts, visit)
}

async function sendFolders(reply: FastifyReply, parts: WebParts, visit: Visit, problem?: string) {
  const folders = await parts.mailboxes.listFolders(visit.session.mailboxId)
  const mail = mailFolders(folders)
  const view = {
    ...frameOf(parts.config, visit),
    folders: folderLinks(folders, ''),
    action: folderActionUrl,
    canary: visit.canary,
    problem,
    places: mail.map(({ folder, path }) => ({ id: folder.id, name: path })),
    rows: mail.map(({ folder, depth, path }) => ({
      id: folder.id,
      name: folder.displayName,
      path,
      depth,
      url: folderUrl(folderKey(folder)),
      count: folder.totalCount,
      isOwn: folder.wellKnown === undefined,
      isEmpty: folder.totalCount === 0,
    })),
  }
  return sendPage(reply, foldersPage(view), problem === undefined ? 200 : 400)
}

interface FolderChange {
  readonly parts: WebParts
  readonly mailboxId: string
  readonly name: string
  /** Undefined for right below the root. */
  readonly parentId: string | undefined
  readonly folder: () => Promise<Folder>
}

const longestName = 255

const actions: Readonly<Record<string, (change: FolderChange) => Promise<unknown>>> = {
  create: ({ parts, mailboxId, name, parentId }) =>
    parts.mailboxes.createFolder(mailboxId, { displayName: name, parentId }),
  move: async ({ parts, mailboxId, parentId, folder }) =>
    parts.mailboxes.updateFolder(mailboxId, (await folder()).id, { parentId: parentId ?? null }),
  rename: async ({ parts, mailboxId, name, folder }) =>
    parts.mailboxes.updateFolder(mailboxId, (await folder()).id, { displayName: name }),
  empty: async ({ parts, mailboxId, folder }) => parts.mailboxes.emptyFolder(mailboxId, (await folder()).id),
  delete: async ({ parts, mailboxId, folder }) => throwAway(parts, mailboxId, await folder()),
}

/** Into Deleted Items with all that is in it, and from there for good. */
async function throwAway({ mailboxes }: WebParts, mailboxId: string, folder: Folder): Promise<void> {
  const bin = await mailboxes.wellKnownFolder(mailboxId, 'deleteditems')
  const folders = await mailboxes.listFolders(mailboxId)
  if (isBelow(folders, folder, bin.id)) return mailboxes.deleteFolder(mailboxId, folder.id)
  const taken = new Set(childrenOf(folders, bin.id).map(({ displayName }) => displayName.toLowerCase()))
  const names = [folder.displayName, ...Array.from(taken, (_, index) => `${folder.displayName}${index + 1}`)]
  const displayName = names.find((name) => !taken.has(name.toLowerCase()))
  await mailboxes.updateFolder(mailboxId, folder.id, { parentId: bin.id, displayName })
}

function isBelow(folders: readonly Folder[], { parentId }: Folder, above: string): boolean {
  const parent = folders.find(({ id }) => id === parentId)
  return parentId === above || (parent !== undefined && isBelow(folders, parent, above))
}

const problems: Readonly<Record<string, string>> = {
  folderExists: 'There is a folder of this name.',
  folderIsWellKnown: 'This folder belongs to the mailbox and stays.',
  emptyName: 'A folder has a name.',
  folderInsideItself: 'A folder cannot be inside itself.',
}

/** `POST /owa/folder-action.owa` with action, folder, name, and parent (the root when empty). */
export async function changeFolders(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  const form = (request.body ?? {}) as Record<string, unknown>
  const { mailboxId } = visit.session
  const action = String(form.action)
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (!act) throw new ExchangeError('noSuchItem', `there is no action "${action}"`)
  const named = async (id: unknown) => {
    const found = await parts.mailboxes.findFolder(mailboxId, String(id))
    if (found?.folderClass === 'mail') return found
    throw new ExchangeError('noSuchItem', `the mailbox has no mail folder "${id}"`)
  }
  const parentId = form.parent ? (await named(form.parent)).id : undefined
  const name = String(form.name ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, longestName)
  try {
    await act({ parts, mailboxId, name, parentId, folder: () => named(form.folder) })
  } catch (error) {
    const problem = error instanceof MailboxRefusal ? problems[error.code] : undefined
    if (problem === undefined) throw error
    request.recording.note({ decision: 'folderNotChanged', reason: problem })
    return sendFolders(reply, parts, visit, problem)
  }
  request.recording.note({ decision: `folder ${action}` })
  return reply.redirect(foldersUrl, 303)
}
