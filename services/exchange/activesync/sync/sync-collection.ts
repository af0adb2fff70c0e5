import type { Folder } from '../../mailbox/folder.ts'
import type { ItemChange } from '../../mailbox/item-changes.ts'
import type { Call } from '../call.ts'
import { contentDigest } from '../content-digest.ts'
import {
  type CollectionKey,
  type CollectionOptions,
  type CollectionState,
  type CommandResult,
  usualOptions,
} from '../devices/device-state.ts'
import { filterWithin } from '../devices/policy-limits.ts'
import { applyCommand } from './apply-command.ts'
import { learnChanges } from './learn-changes.ts'
import { keptSince, SyncProblem } from './sync-options.ts'
import type { ClientCommand, CollectionRequest } from './sync-request.ts'

export interface CollectionResult {
  readonly collectionId: string
  readonly folder?: Folder
  readonly status: number
  readonly syncKey: string
  readonly responses: readonly CommandResponse[]
  readonly changes: readonly ItemChange[]
  readonly more: boolean
  readonly options: CollectionOptions
  readonly supported?: readonly string[] | undefined
  /** Whether the client hears anything by it. */
  readonly isNews: boolean
}

export interface CommandResponse {
  readonly command: ClientCommand
  readonly result: CommandResult
}

/**
 * One collection of a Sync, read, changed and moved on in one transaction: a client that does not hear the answer asks
 * again with the same key, and gets what is new since then, but nothing of its own is done twice ([MS-ASCMD] 3.1.5.9).
 */
export function syncCollection(call: Call, request: CollectionRequest, window: number): Promise<CollectionResult> {
  return call.parts.devices.together(() => sync(call, request, window))
}

async function sync(call: Call, request: CollectionRequest, window: number): Promise<CollectionResult> {
  const { devices, mailboxes } = call.parts
  const folder = await mailboxes.findFolder(call.mailboxId, request.collectionId)
  if (!folder) return failed(request, 12)
  refuseUnfit(folder, request)
  if (request.syncKey === '0') return begin(call, request, folder)
  const state = await devices.collection(call.key, request.collectionId)
  const from = state && baseOf(state, request.syncKey)
  if (!state || !from) return failed(request, 3)
  return proceed(call, { request, folder, window, state, from })
}

const incompleteTasks = 8

/** What is asked of one class of folder and makes no sense for another ([MS-ASCMD] 2.2.3.30, .69, .179). */
function refuseUnfit({ folderClass }: Folder, { options, supported, conversationMode }: CollectionRequest): void {
  if (folderClass === 'mail' && options?.filterType === incompleteTasks)
    throw new SyncProblem(4, 'mail is not filtered by whether tasks are done')
  if (folderClass !== 'mail' && conversationMode !== undefined) throw new SyncProblem(4, 'only mail has conversations')
  if (folderClass === 'notes' && supported) throw new SyncProblem(4, 'notes have no Supported')
}

function failed({ collectionId, syncKey }: CollectionRequest, status: number): CollectionResult {
  const shown = status === 3 ? '0' : syncKey
  const none = { responses: [], changes: [], more: false, options: usualOptions }
  return { collectionId, status, syncKey: shown, ...none, isNews: true }
}

async function begin(call: Call, request: CollectionRequest, folder: Folder): Promise<CollectionResult> {
  const { devices, mailboxes } = call.parts
  const key = await devices.nextKey(call.key)
  const options = request.options ?? usualOptions
  const { collectionId, supported } = request
  const position = await mailboxes.startPosition(call.mailboxId)
  const state: CollectionState = { current: { key, position }, results: {}, options, ...(supported && { supported }) }
  await devices.keepCollection(call.key, collectionId, state)
  const none = { responses: [], changes: [], more: false }
  return { collectionId, folder, status: 1, syncKey: key, ...none, options, supported, isNews: true }
}

/** Where the client is: what it heard last, or, when that got lost, what it heard before. */
interface Base {
  readonly key: CollectionKey
  /** What was done already of the commands that come again. */
  readonly results: Readonly<Record<string, CommandResult>>
}

function baseOf({ current, previous, results }: CollectionState, syncKey: string): Base | undefined {
  if (syncKey === current.key) return { key: current, results: {} }
  return previous && syncKey === previous.key ? { key: previous, results } : undefined
}

interface Proceeding {
  readonly request: CollectionRequest
  readonly folder: Folder
  readonly window: number
  readonly state: CollectionState
  readonly from: Base
}

async function proceed(call: Call, { request, folder, window, state, from }: Proceeding): Promise<CollectionResult> {
  const { devices } = call.parts
  const options = request.options ?? state.options
  const { collectionId, getChanges } = request
  const { supported } = state
  const outcome = await applyAll(call, { request, folder, supported, options, known: from.results })
  const own = { ...from.key.position.own, ...ownOf(outcome.results) }
  const position = { ...from.key.position, own }
  const bound = keptSince(filterWithin(call.limits, folder, options.filterType), call.now)
  refuseConversations(request, bound)
  const isSynced = getChanges && isServed(folder, call.version)
  const answer = isSynced
    ? await learnChanges(call, { folder, position, keptSince: bound, limit: window })
    : { changes: [], position, more: false }
  const { changes, more } = answer
  const isNews = request.commands.length > 0 || changes.length > 0 || more
  const isAgain = isGivenAgain(state, from, answer, outcome.results)
  const isMoved = !isAgain && (isNews || from.key !== state.current)
  const key = isMoved ? await devices.nextKey(call.key) : state.current.key
  const current = { key, position: answer.position }
  const next = isMoved ? { current, previous: from.key, results: outcome.results } : { ...state, current }
  if (isMoved || !isSame([state.current, state.options], [current, options]))
    await devices.keepCollection(call.key, collectionId, { ...next, options, ...(supported && { supported }) })
  return {
    collectionId,
    folder,
    status: 1,
    syncKey: key,
    responses: outcome.responses,
    changes,
    more,
    options,
    supported,
    isNews: isMoved || isAgain,
  }
}

/** Older mail of a newer conversation is not brought; without a filter there is none that would be missing. */
function refuseConversations({ conversationMode }: CollectionRequest, keptSince: Date | undefined): void {
  if (conversationMode && keptSince)
    throw new SyncProblem(4, 'ConversationMode with a FilterType is not built: services/exchange/README.md, "Gaps"')
}

/** Below 16.0 drafts stay on the server; the folder is only listed ([MS-ASCMD] 3.1.5.4). */
export function isServed({ wellKnown }: Folder, version: number): boolean {
  return wellKnown !== 'drafts' || version >= 160
}

/** An answer got lost, and nothing has happened since: it is given again, key and all ([MS-ASCMD] 3.1.5.9). */
function isGivenAgain(
  { current, previous, results }: CollectionState,
  from: Base,
  next: Pick<CollectionKey, 'position'>,
  nextResults: CollectionState['results'],
): boolean {
  return from.key === previous && isSame([next.position, nextResults], [current.position, results])
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function ownOf(results: Readonly<Record<string, CommandResult>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.values(results).flatMap(({ own }) => (own ? [own] : [])))
}

export interface Applying {
  readonly request: CollectionRequest
  readonly folder: Folder
  readonly supported: readonly string[] | undefined
  readonly options: CollectionOptions
  readonly known: Readonly<Record<string, CommandResult>>
}

async function applyAll(call: Call, applying: Applying) {
  const results: Record<string, CommandResult> = { ...applying.known }
  const responses: CommandResponse[] = []
  for (const command of applying.request.commands) {
    const name = nameOf(command)
    const result = results[name] ?? (await applyCommand(call, applying, command))
    if (command.kind !== 'Fetch') results[name] = result
    responses.push({ command, result })
  }
  return { results, responses }
}

/** The same for a command that comes again, and for no other. */
function nameOf({ kind, clientId, serverId, instanceId, element }: ClientCommand): string {
  if (kind === 'Add') return `Add ${clientId}`
  return `${kind} ${serverId} ${instanceId ?? ''} ${contentDigest(element).slice(0, 16)}`
}
