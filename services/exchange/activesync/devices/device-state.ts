import type { SyncPosition } from '../../mailbox/item-changes.ts'

/** What a device was told of the folders, and before that, in case it did not hear. */
export interface HierarchyState {
  readonly current: HierarchyKey
  readonly previous?: HierarchyKey
}

export interface HierarchyKey {
  readonly key: string
  /** The mailbox's change number. */
  readonly number: number
  /** Folders that the device made, renamed or deleted itself, with the number of that change. */
  readonly own: Readonly<Record<string, number>>
}

/** Where a collection stands: after the last answer, and after the one before it. */
export interface CollectionState {
  readonly current: CollectionKey
  readonly previous?: CollectionKey
  /** What became of the client's own commands on the way from `previous` to `current`, by what identifies them. */
  readonly results: Readonly<Record<string, CommandResult>>
  readonly options: CollectionOptions
  /** Full names of the properties that the client keeps; absent: all of them ([MS-ASCMD] 2.2.3.179). */
  readonly supported?: readonly string[]
}

export interface CollectionKey {
  readonly key: string
  readonly position: SyncPosition
}

export interface CommandResult {
  readonly status: number
  readonly serverId?: string
  /** The item and the change that it was, so that the client does not hear of it. */
  readonly own?: readonly [itemId: string, number: number]
  /** What the files that came with it are called now, by what the client calls them. */
  readonly files?: readonly (readonly [clientId: string, fileReference: string])[]
  /** The conversation of a new draft: its id in digits, the index in base64. */
  readonly conversation?: readonly [id: string, index: string]
  /** What the server calls a new appointment (16.x). */
  readonly uid?: string
}

/** They stay until others come. */
export interface CollectionOptions {
  readonly filterType: number
  readonly conflict: number
  readonly mimeSupport: number
  readonly mimeTruncation?: number
  readonly bodies: readonly BodyPreference[]
  readonly bodyPart?: BodyPreference
}

export interface BodyPreference {
  /** 1 text, 2 HTML, 3 RTF, 4 MIME. */
  readonly type: number
  readonly truncationSize?: number
  readonly allOrNone?: boolean
  readonly preview?: number
}

export const usualOptions: CollectionOptions = { filterType: 0, conflict: 1, mimeSupport: 0, bodies: [] }

export interface KeptPing {
  readonly heartbeatSeconds: number
  readonly folders: readonly { readonly id: string; readonly class: string }[]
}

/** The last request with collections, for requests that say only "again". */
export interface KeptSync {
  readonly collectionIds: readonly string[]
  /** Of each of them, in their order. */
  readonly windowSizes?: readonly number[]
  readonly waitSeconds?: number
  readonly windowSize?: number
}
