import { all, child, element, text, textOf } from '../wbxml/elements.ts'
import type { WbxmlElement } from '../wbxml/wbxml-element.ts'
import { ActiveSyncFailure, type ActiveSyncSession, command } from './active-sync-session.ts'

export interface SyncPage {
  readonly key: string
  readonly more: boolean
  readonly added: readonly WbxmlElement[]
  readonly changed: readonly WbxmlElement[]
  readonly gone: readonly string[]
  /** What became of the client's own commands, where the server says it. */
  readonly responses: readonly SyncResponse[]
}

/** [MS-ASCMD] 2.2.3.154: of commands that failed, and of every Add. */
export interface SyncResponse {
  readonly clientId: string | undefined
  readonly serverId: string | undefined
  readonly status: string
}

export interface SyncRequest {
  readonly collectionId: string
  readonly key: string
  /** What stands between the collection's id and its commands: WindowSize, Options. */
  readonly options?: readonly WbxmlElement[]
  /** Add, Change and Delete of the client. */
  readonly commands?: readonly WbxmlElement[]
}

/** One page of a collection; `undefined` when its key is not known any more. @throws ActiveSyncFailure */
export async function syncPage(session: ActiveSyncSession, request: SyncRequest): Promise<SyncPage | undefined> {
  const { collectionId, key, options = [], commands = [] } = request
  const collection = element(
    'AirSync:Collection',
    text('AirSync:SyncKey', key),
    text('AirSync:CollectionId', collectionId),
    options,
    commands.length > 0 && element('AirSync:Commands', commands),
  )
  const answer = await command(session, 'Sync', element('AirSync:Sync', element('AirSync:Collections', collection)))
  // An empty answer: nothing has changed.
  if (answer === undefined) return { key, more: false, added: [], changed: [], gone: [], responses: [] }
  const answered = child(child(answer, 'AirSync:Collections'), 'AirSync:Collection')
  const status = textOf(answered, 'AirSync:Status') ?? textOf(answer, 'AirSync:Status')
  if (status === '3') return undefined
  if (status !== '1') throw new ActiveSyncFailure(`Sync answered status ${status}`)
  return pageOf(answered, key)
}

function pageOf(answered: WbxmlElement | undefined, key: string): SyncPage {
  const commands = child(answered, 'AirSync:Commands')
  const idsOf = (name: string) => all(commands, name).map((each) => textOf(each, 'AirSync:ServerId') ?? '')
  return {
    key: textOf(answered, 'AirSync:SyncKey') ?? key,
    more: child(answered, 'AirSync:MoreAvailable') !== undefined,
    added: all(commands, 'AirSync:Add'),
    changed: all(commands, 'AirSync:Change'),
    gone: [...idsOf('AirSync:Delete'), ...idsOf('AirSync:SoftDelete')],
    responses: (child(answered, 'AirSync:Responses')?.children ?? []).map((each) => ({
      clientId: textOf(each, 'AirSync:ClientId'),
      serverId: textOf(each, 'AirSync:ServerId'),
      status: textOf(each, 'AirSync:Status') ?? '1',
    })),
  }
}
