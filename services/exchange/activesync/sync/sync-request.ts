import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { CollectionOptions } from '../devices/device-state.ts'
import { all, child, flagOf, numberOf, textOf } from '../elements.ts'
import { isInOrder, readOptions, SyncProblem } from './sync-options.ts'

export interface SyncRequest {
  readonly collections: readonly CollectionRequest[]
  /** Undefined: answered at once. */
  readonly waitSeconds?: number | undefined
  readonly windowSize: number
  readonly partial: boolean
}

export interface CollectionRequest {
  readonly collectionId: string
  readonly syncKey: string
  readonly getChanges: boolean
  readonly deletesAsMoves: boolean
  readonly windowSize: number
  readonly options: CollectionOptions | undefined
  readonly supported: readonly string[] | undefined
  readonly conversationMode: boolean | undefined
  readonly commands: readonly ClientCommand[]
}

export interface ClientCommand {
  readonly kind: 'Add' | 'Change' | 'Delete' | 'Fetch'
  readonly clientId?: string | undefined
  readonly serverId?: string | undefined
  /** Compact date and time of the occurrence. */
  readonly instanceId?: string | undefined
  readonly send: boolean
  readonly data: WbxmlElement | undefined
  readonly element: WbxmlElement
}

const usualWindow = 100
const largestWindow = 512
const mostCommands = 200
const mostCollections = 300

/** [MS-ASCMD] 2.2.1.21. @throws SyncProblem with the Status of the whole request. */
export function readSyncRequest(root: WbxmlElement): SyncRequest {
  const collections = all(child(root, 'AirSync:Collections'), 'AirSync:Collection').map(readCollection)
  if (collections.length > mostCollections) throw new OutOfBounds(15, mostCollections)
  const commands = collections.reduce((sum, each) => sum + each.commands.length, 0)
  if (commands > mostCommands) throw new SyncProblem(4, `${commands} commands; ${mostCommands} are allowed`)
  return {
    collections,
    waitSeconds: readWait(root),
    windowSize: windowOf(root),
    partial: child(root, 'AirSync:Partial') !== undefined,
  }
}

/** A wait out of range is Status 14, too many collections 15; with the nearest bound ([MS-ASCMD] 2.2.3.93). */
export class OutOfBounds extends SyncProblem {
  readonly limit: number

  constructor(status: 14 | 15, limit: number) {
    super(status, status === 14 ? 'the wait is out of range' : 'there are too many collections')
    this.limit = limit
  }
}

function readWait(root: WbxmlElement): number | undefined {
  const minutes = numberOf(root, 'AirSync:Wait')
  const seconds = numberOf(root, 'AirSync:HeartbeatInterval')
  if (minutes !== undefined && seconds !== undefined) throw new SyncProblem(4, 'Wait and HeartbeatInterval together')
  if (minutes !== undefined) return bounded(minutes, 1, 59) * 60
  return seconds === undefined ? undefined : bounded(seconds, 60, 3540)
}

function bounded(value: number, least: number, most: number): number {
  if (Number.isNaN(value)) throw new SyncProblem(4, 'the wait is no number')
  if (value < least) throw new OutOfBounds(14, least)
  if (value > most) throw new OutOfBounds(14, most)
  return value
}

const order = [
  'AirSync:Class',
  'AirSync:SyncKey',
  'AirSync:CollectionId',
  'AirSync:Supported',
  'AirSync:DeletesAsMoves',
  'AirSync:GetChanges',
  'AirSync:WindowSize',
  'AirSync:ConversationMode',
  'AirSync:Options',
  'AirSync:Commands',
]

function readCollection(collection: WbxmlElement): CollectionRequest {
  if (!isInOrder(collection, order)) throw new SyncProblem(4, 'the children of Collection are out of order')
  const syncKey = textOf(collection, 'AirSync:SyncKey')
  const collectionId = textOf(collection, 'AirSync:CollectionId')
  if (!syncKey || !collectionId) throw new SyncProblem(4, 'a collection has a SyncKey and a CollectionId')
  const getChanges = flagOf(collection, 'AirSync:GetChanges')
  const commands = child(collection, 'AirSync:Commands')?.children.flatMap(readCommand) ?? []
  if (syncKey === '0' && getChanges) throw new SyncProblem(4, 'GetChanges with SyncKey 0')
  return {
    collectionId,
    syncKey,
    getChanges: syncKey !== '0' && (getChanges ?? true),
    deletesAsMoves: flagOf(collection, 'AirSync:DeletesAsMoves') ?? true,
    windowSize: windowOf(collection),
    options: readOptions(collection),
    conversationMode: flagOf(collection, 'AirSync:ConversationMode'),
    supported: child(collection, 'AirSync:Supported')?.children.map(({ name }) => name),
    commands: syncKey === '0' ? [] : commands,
  }
}

function windowOf(parent: WbxmlElement): number {
  const size = numberOf(parent, 'AirSync:WindowSize') ?? usualWindow
  return size >= 1 && size <= largestWindow ? size : largestWindow
}

const kinds: Readonly<Record<string, ClientCommand['kind']>> = {
  'AirSync:Add': 'Add',
  'AirSync:Change': 'Change',
  'AirSync:Delete': 'Delete',
  'AirSync:Fetch': 'Fetch',
}

function readCommand(element: WbxmlElement): readonly ClientCommand[] {
  const kind = kinds[element.name]
  if (!kind) return []
  return [
    {
      kind,
      clientId: textOf(element, 'AirSync:ClientId'),
      serverId: textOf(element, 'AirSync:ServerId'),
      instanceId: textOf(element, 'AirSyncBase:InstanceId'),
      send: child(element, 'Email2:Send') !== undefined,
      data: child(element, 'AirSync:ApplicationData'),
      element,
    },
  ]
}
