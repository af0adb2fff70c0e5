import { all, child, element, text, textOf } from '../wbxml/elements.ts'
import { ActiveSyncFailure, type ActiveSyncSession, command } from './active-sync-session.ts'

export interface RemoteFolder {
  readonly serverId: string
  readonly name: string
  /** [MS-ASCMD] 2.2.3.186.1. */
  readonly type: string
}

export interface FolderAnswer {
  readonly key: string
  readonly kept: readonly RemoteFolder[]
  readonly deleted: readonly string[]
  /** The server had lost our place, and `kept` is all there is. */
  readonly anew: boolean
}

/** What became of the folders since `key`; all of them for `0`. @throws ActiveSyncFailure */
export async function folderSync(session: ActiveSyncSession, key: string): Promise<FolderAnswer> {
  const answer = await command(
    session,
    'FolderSync',
    element('FolderHierarchy:FolderSync', text('FolderHierarchy:SyncKey', key)),
  )
  const status = textOf(answer, 'FolderHierarchy:Status')
  // 9: the key is not known any more.
  if (status === '9' && key !== '0') return folderSync(session, '0')
  if (status !== '1') throw new ActiveSyncFailure(`FolderSync answered status ${status}`)
  const changes = child(answer, 'FolderHierarchy:Changes')
  const folders = [...all(changes, 'FolderHierarchy:Add'), ...all(changes, 'FolderHierarchy:Update')]
  return {
    key: textOf(answer, 'FolderHierarchy:SyncKey') ?? '0',
    kept: folders.map((each) => ({
      serverId: textOf(each, 'FolderHierarchy:ServerId') ?? '',
      name: textOf(each, 'FolderHierarchy:DisplayName') ?? '',
      type: textOf(each, 'FolderHierarchy:Type') ?? '',
    })),
    deleted: all(changes, 'FolderHierarchy:Delete').map((each) => textOf(each, 'FolderHierarchy:ServerId') ?? ''),
    anew: key === '0',
  }
}
