import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Folder, FolderChanges } from '../../mailbox/folder.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import type { HierarchyKey, HierarchyState } from '../devices/device-state.ts'
import { element, text, textOf } from '../elements.ts'
import { offeredCommands, offeredVersions } from '../versions.ts'

/** A client that begins anew hears again what it may speak ([MS-ASHTTP] 2.2.1.1.2.3). */
const offer = { 'ms-asprotocolversions': offeredVersions, 'ms-asprotocolcommands': offeredCommands }

/** [MS-ASCMD] 2.2.1.5: the folders, or what changed of them. */
export async function folderSync(call: Call): Promise<CommandAnswer> {
  const syncKey = textOf(call.body, 'FolderHierarchy:SyncKey')
  if (!syncKey) return document(element('FolderHierarchy:FolderSync', text('FolderHierarchy:Status', 10)))
  return call.parts.devices.together(async () => {
    const device = await call.parts.devices.find(call.key)
    if (syncKey === '0') return { kind: 'document', root: await begin(call), headers: offer }
    return document(await proceed(call, device?.hierarchy, syncKey))
  })
}

/** [MS-ASCMD] 2.2.1.7, up to 12.1: the folders of mail, all of them each time. */
export async function getHierarchy({ parts, mailboxId }: Call): Promise<CommandAnswer> {
  const folders = (await parts.mailboxes.listFolders(mailboxId)).filter(({ folderClass }) => folderClass === 'mail')
  return document(
    element(
      'FolderHierarchy:Folders',
      folders.map((folder) =>
        element(
          'FolderHierarchy:Folder',
          text('FolderHierarchy:DisplayName', folder.displayName),
          text('FolderHierarchy:ServerId', folder.id),
          text('FolderHierarchy:Type', typeOf(folder)),
          text('FolderHierarchy:ParentId', folder.parentId ?? '0'),
        ),
      ),
    ),
  )
}

async function begin(call: Call): Promise<WbxmlElement> {
  const { devices, mailboxes } = call.parts
  const changes = await mailboxes.folderChanges(call.mailboxId, -1)
  const key = await devices.nextKey(call.key)
  await devices.forgetCollections(call.key)
  await devices.change(call.key, { hierarchy: { current: { key, number: changes.number, own: {} } } })
  return answer(key, { ...changes, deletedIds: [] }, -1)
}

async function proceed(call: Call, state: HierarchyState | undefined, syncKey: string): Promise<WbxmlElement> {
  const { devices, mailboxes } = call.parts
  const from = state && [state.current, state.previous].find((each) => each?.key === syncKey)
  if (!state || !from) {
    call.request.recording.note({ decision: 'folderSyncKeyUnknown', reason: `key ${syncKey} of ${state?.current.key}` })
    return element('FolderHierarchy:FolderSync', text('FolderHierarchy:Status', 9))
  }
  const changes = withoutOwn(await mailboxes.folderChanges(call.mailboxId, from.number), from)
  if (changes.changed.length + changes.deletedIds.length === 0 && from === state.current)
    return answer(from.key, changes, from.number)
  const key = await devices.nextKey(call.key)
  const current = { key, number: changes.number, own: {} }
  await devices.change(call.key, { hierarchy: { current, previous: from } })
  return answer(key, changes, from.number)
}

/** Whether FolderSync would tell the device anything: the same question, so that Ping and FolderSync agree. */
export async function hasHierarchyNews(
  { parts, mailboxId }: Call,
  state: HierarchyState | undefined,
): Promise<boolean> {
  if (!state) return false
  const { current } = state
  const { changed, deletedIds } = withoutOwn(await parts.mailboxes.folderChanges(mailboxId, current.number), current)
  return changed.length + deletedIds.length > 0
}

/** What the device did itself is no news to it. */
function withoutOwn(changes: FolderChanges, { own }: HierarchyKey): FolderChanges {
  return {
    ...changes,
    changed: changes.changed.filter(({ id, hierarchyNumber }) => own[id] !== hierarchyNumber),
    deletedIds: changes.deletedIds.filter((id) => own[id] === undefined),
  }
}

function answer(key: string, { changed, deletedIds }: FolderChanges, since: number): WbxmlElement {
  const isNew = (folder: Folder) => folder.createdNumber > since
  return element(
    'FolderHierarchy:FolderSync',
    text('FolderHierarchy:Status', 1),
    text('FolderHierarchy:SyncKey', key),
    element(
      'FolderHierarchy:Changes',
      text('FolderHierarchy:Count', changed.length + deletedIds.length),
      changed.filter((each) => !isNew(each)).map((each) => folderElement('Update', each)),
      deletedIds.map((id) => element('FolderHierarchy:Delete', text('FolderHierarchy:ServerId', id))),
      changed.filter(isNew).map((each) => folderElement('Add', each)),
    ),
  )
}

function folderElement(change: 'Add' | 'Update', folder: Folder): WbxmlElement {
  return element(
    `FolderHierarchy:${change}`,
    text('FolderHierarchy:ServerId', folder.id),
    text('FolderHierarchy:ParentId', folder.parentId ?? '0'),
    text('FolderHierarchy:DisplayName', folder.displayName),
    text('FolderHierarchy:Type', typeOf(folder)),
  )
}

const wellKnownTypes: Readonly<Record<string, number>> = {
  inbox: 2,
  drafts: 3,
  deleteditems: 4,
  sentitems: 5,
  outbox: 6,
  tasks: 7,
  calendar: 8,
  contacts: 9,
  notes: 10,
}
const classTypes = { mail: 12, calendar: 13, contacts: 14, tasks: 15, notes: 17 } as const

/** [MS-ASCMD] 2.2.3.186.3: of each default type there is one. */
function typeOf({ wellKnown, folderClass }: Folder): number {
  return wellKnownTypes[wellKnown ?? ''] ?? classTypes[folderClass]
}
