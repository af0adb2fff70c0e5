import type { Folder, FolderClass } from '../../mailbox/folder.ts'
import { MailboxRefusal, type RefusalCode } from '../../mailbox/mailbox-refusal.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { child, element, numberOf, text, textOf } from '../elements.ts'

type Statuses = Readonly<Partial<Record<RefusalCode, number>>>

interface FolderCommand {
  readonly name: 'FolderCreate' | 'FolderUpdate' | 'FolderDelete'
  readonly statuses: Statuses
  /** The folder; and its number, when it is gone. */
  readonly work: (
    call: Call,
  ) => Promise<Folder | { readonly id: string; readonly hierarchyNumber: number } | 'malformed'>
  readonly tellsId: boolean
}

/** [MS-ASCMD] 2.2.1.2 to 2.2.1.4. */
export function folderCreate(call: Call): Promise<CommandAnswer> {
  return run(call, { name: 'FolderCreate', work: create, tellsId: true, statuses: createStatuses })
}

export function folderUpdate(call: Call): Promise<CommandAnswer> {
  return run(call, { name: 'FolderUpdate', work: update, tellsId: false, statuses: updateStatuses })
}

export function folderDelete(call: Call): Promise<CommandAnswer> {
  return run(call, { name: 'FolderDelete', work: remove, tellsId: false, statuses: deleteStatuses })
}

const createStatuses: Statuses = { folderExists: 2, noSuchParent: 5, emptyName: 10 }
const updateStatuses: Statuses = {
  folderExists: 2,
  folderIsWellKnown: 2,
  noSuchFolder: 4,
  noSuchParent: 5,
  folderInsideItself: 5,
  emptyName: 10,
}
const deleteStatuses: Statuses = { folderIsWellKnown: 3, noSuchFolder: 4 }

const classes: Readonly<Record<number, FolderClass>> = {
  1: 'mail',
  12: 'mail',
  13: 'calendar',
  14: 'contacts',
  15: 'tasks',
  17: 'notes',
}

async function create({ parts, mailboxId, body }: Call) {
  const displayName = textOf(body, 'FolderHierarchy:DisplayName')
  const folderClass = classes[numberOf(body, 'FolderHierarchy:Type') ?? 0]
  if (displayName === undefined || displayName.length > 256 || !folderClass) return 'malformed'
  const parentId = parentOf(body)
  return parts.mailboxes.createFolder(mailboxId, { displayName, folderClass, ...(parentId && { parentId }) })
}

function parentOf(body: Call['body']): string | undefined {
  const parentId = textOf(body, 'FolderHierarchy:ParentId')
  return parentId === '0' || parentId === '' ? undefined : parentId
}

async function update({ parts, mailboxId, body }: Call) {
  const serverId = textOf(body, 'FolderHierarchy:ServerId')
  const displayName = textOf(body, 'FolderHierarchy:DisplayName')
  if (!serverId || displayName === undefined || !child(body, 'FolderHierarchy:ParentId')) return 'malformed'
  return parts.mailboxes.updateFolder(mailboxId, serverId, { displayName, parentId: parentOf(body) ?? null })
}

async function remove({ parts, mailboxId, body }: Call) {
  const id = textOf(body, 'FolderHierarchy:ServerId')
  if (!id) return 'malformed'
  await parts.mailboxes.deleteFolder(mailboxId, id)
  return { id, hierarchyNumber: 0 }
}

/** The new key is the hierarchy's, and the change does not come back to the device that made it. */
async function run(call: Call, command: FolderCommand): Promise<CommandAnswer> {
  const root = `FolderHierarchy:${command.name}`
  const refused = (status: number) => document(element(root, text('FolderHierarchy:Status', status)))
  const { devices } = call.parts
  return devices.together(async () => {
    const state = (await devices.find(call.key))?.hierarchy
    const syncKey = textOf(call.body, 'FolderHierarchy:SyncKey')
    if (!syncKey) return refused(10)
    if (!state || syncKey !== state.current.key) return refused(9)
    const done = await attempt(call, command)
    if (typeof done === 'number') return refused(done)
    const key = await devices.nextKey(call.key)
    const own = { ...state.current.own, [done.id]: done.hierarchyNumber }
    await devices.change(call.key, { hierarchy: { current: { ...state.current, key, own }, previous: state.current } })
    return document(
      element(
        root,
        text('FolderHierarchy:Status', 1),
        text('FolderHierarchy:SyncKey', key),
        command.tellsId && text('FolderHierarchy:ServerId', done.id),
      ),
    )
  })
}

async function attempt(call: Call, { work, statuses }: FolderCommand) {
  try {
    const done = await work(call)
    return done === 'malformed' ? 10 : done
  } catch (error) {
    if (!(error instanceof MailboxRefusal)) throw error
    call.request.recording.note({ decision: error.code, reason: error.message })
    return statuses[error.code] ?? 6
  }
}
