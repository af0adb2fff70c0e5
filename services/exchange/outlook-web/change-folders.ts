import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../errors.ts'
import type { Folder } from '../mailbox/folder.ts'
import { MailboxRefusal } from '../mailbox/mailbox-refusal.ts'
import { foldersPage } from '../pages/folders-page.ts'
import { folderActionUrl, foldersUrl, folderUrl } from '../urls.ts'
import { requireCanary, type Visit, type WebParts } from '../web-session/visit.ts'
import { folderKey, folderLinks, frameOf } from './frame.ts'

/** `/owa/?path=/mail/action/folders`: own folders are made, renamed, emptied and deleted here. */
export async function showFolders(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  request.recording.note({ decision: 'foldersPage' })
  return sendFolders(reply, parts, visit)
}

async function sendFolders(reply: FastifyReply, parts: WebParts, visit: Visit, problem?: string) {
  const folders = await parts.mailboxes.listFolders(visit.session.mailboxId)
  const mail = folders.filter(({ folderClass }) => folderClass === 'mail')
  const view = {
    ...frameOf(parts.config, visit),
    folders: folderLinks(folders, ''),
    action: folderActionUrl,
    canary: visit.canary,
    problem,
    rows: mail.map((folder) => ({
      id: folder.id,
      name: folder.displayName,
      url: folderUrl(folderKey(folder)),
      count: folder.totalCount,
      isOwn: folder.wellKnown === undefined,
    })),
  }
  return sendPage(reply, foldersPage(view), problem === undefined ? 200 : 400)
}

interface FolderChange {
  readonly parts: WebParts
  readonly mailboxId: string
  readonly name: string
  readonly folder: () => Promise<Folder>
}

const longestName = 255

const actions: Readonly<Record<string, (change: FolderChange) => Promise<unknown>>> = {
  create: ({ parts, mailboxId, name }) => parts.mailboxes.createFolder(mailboxId, { displayName: name }),
  rename: async ({ parts, mailboxId, name, folder }) =>
    parts.mailboxes.updateFolder(mailboxId, (await folder()).id, { displayName: name }),
  empty: async ({ parts, mailboxId, folder }) => parts.mailboxes.emptyFolder(mailboxId, (await folder()).id),
  delete: async ({ parts, mailboxId, folder }) => parts.mailboxes.deleteFolder(mailboxId, (await folder()).id),
}

const problems: Readonly<Record<string, string>> = {
  folderExists: 'There is a folder of this name.',
  folderIsWellKnown: 'This folder belongs to the mailbox and stays.',
  emptyName: 'A folder has a name.',
}

/** `POST /owa/folder-action.owa` with action, folder and name. */
export async function changeFolders(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  const form = (request.body ?? {}) as Record<string, unknown>
  const { mailboxId } = visit.session
  const action = String(form.action)
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (!act) throw new ExchangeError('noSuchItem', `there is no action "${action}"`)
  const folder = async () => {
    const found = await parts.mailboxes.findFolder(mailboxId, String(form.folder))
    if (found?.folderClass === 'mail') return found
    throw new ExchangeError('noSuchItem', `the mailbox has no mail folder "${form.folder}"`)
  }
  const name = String(form.name ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, longestName)
  try {
    await act({ parts, mailboxId, name, folder })
  } catch (error) {
    const problem = error instanceof MailboxRefusal ? problems[error.code] : undefined
    if (problem === undefined) throw error
    request.recording.note({ decision: 'folderNotChanged', reason: problem })
    return sendFolders(reply, parts, visit, problem)
  }
  request.recording.note({ decision: `folder ${action}` })
  return reply.redirect(foldersUrl, 303)
}
