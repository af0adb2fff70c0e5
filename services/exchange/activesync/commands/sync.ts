import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { type Call, type CommandAnswer, document, nothing } from '../call.ts'
import type { KeptSync } from '../devices/device-state.ts'
import { element, text } from '../elements.ts'
import { connectionLoss } from '../held-requests.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import { hasPending } from '../sync/pending.ts'
import { type CollectionResult, syncCollection } from '../sync/sync-collection.ts'
import { SyncProblem } from '../sync/sync-options.ts'
import { type CollectionRequest, OutOfBounds, readSyncRequest, type SyncRequest } from '../sync/sync-request.ts'
import { collectionElement } from '../sync/write-collection.ts'
import { waitForChange } from '../wait-for-change.ts'
import { areThere } from './search.ts'

/** [MS-ASCMD] 2.2.1.21: a new request of a device ends the one that it has waiting. */
export async function sync(call: Call): Promise<CommandAnswer> {
  call.parts.held.end(call.key)
  try {
    const request = await completed(call, call.body && readSyncRequest(call.body))
    return await answer(call, request)
  } catch (error) {
    if (!(error instanceof SyncProblem)) throw error
    call.request.recording.note({ decision: `syncStatus${error.status}`, reason: error.message })
    if (error.status === 103) throw new ActiveSyncError('invalidXml', error.message, { cause: error })
    const limit = error instanceof OutOfBounds && text('AirSync:Limit', error.limit)
    return document(element('AirSync:Sync', text('AirSync:Status', error.status), limit))
  }
}

async function answer(call: Call, request: SyncRequest): Promise<CommandAnswer> {
  let results = await run(call, request)
  const isQuiet = results.every(({ isNews }) => !isNews)
  if (isQuiet && request.waitSeconds !== undefined) {
    if ((await wait(call, request, request.waitSeconds)) !== 'due') return nothing
    results = await run(call, request)
  }
  const news = results.filter(({ isNews }) => isNews)
  if (news.length === 0) return nothing
  if (news.every(({ status }) => status === 12)) return document(element('AirSync:Sync', text('AirSync:Status', 12)))
  const collections: WbxmlElement[] = []
  for (const result of news) if (result.status !== 12) collections.push(await collectionElement(call, result))
  return document(element('AirSync:Sync', element('AirSync:Collections', collections)))
}

/** In the order of the request, each within its own window and what is left of that of all. */
async function run(call: Call, request: SyncRequest): Promise<readonly CollectionResult[]> {
  const results: CollectionResult[] = []
  let left = request.windowSize
  for (const collection of request.collections) {
    const result = await syncCollection(call, collection, Math.max(0, Math.min(collection.windowSize, left)))
    left -= result.changes.length
    results.push(result)
  }
  return results
}

async function wait(call: Call, { collections }: SyncRequest, seconds: number) {
  const ids = collections.map(({ collectionId }) => collectionId)
  const { clock } = call.parts.context
  using held = await call.parts.held.hold(call.key)
  using gone = connectionLoss(call.request.raw.socket)
  // A folder that goes while the request is held is 12, as it is in the next ([MS-ASCMD] 2.2.3.177.17).
  let isHierarchySuspect = true
  call.request.recording.note({ decision: 'syncHeld', reason: `for ${seconds} s` })
  return await waitForChange({
    mailboxes: call.parts.mailboxes,
    clock,
    mailboxId: call.mailboxId,
    until: new Date(call.now.getTime() + seconds * 1000),
    signals: [held.signal, gone.signal],
    concerns: ({ folderId, what }) => {
      if (what === 'hierarchy' || what === 'missed') isHierarchySuspect = true
      return what === 'hierarchy' || (folderId !== undefined && ids.includes(folderId))
    },
    isDue: async () => {
      const suspected = isHierarchySuspect
      isHierarchySuspect = false
      if (suspected && !(await areThere(call, ids))) return true
      for (const id of ids) if (await hasPending(call, id)) return true
      return false
    },
  })
}

/** Without a body, or with Partial, what was said last counts for what is not said now ([MS-ASCMD] 2.2.3.130). */
async function completed(call: Call, request: SyncRequest | undefined): Promise<SyncRequest> {
  const { devices } = call.parts
  const kept = (await devices.find(call.key))?.syncRequest
  if (!request || request.partial) return remembered(call, request, kept)
  if (request.collections.length === 0 && request.waitSeconds === undefined)
    throw new SyncProblem(4, 'the request names no collection')
  const next: KeptSync = {
    collectionIds: request.collections.map(({ collectionId }) => collectionId),
    windowSizes: request.collections.map(({ windowSize }) => windowSize),
    ...(request.waitSeconds !== undefined && { waitSeconds: request.waitSeconds }),
    windowSize: request.windowSize,
  }
  if (JSON.stringify(next) !== JSON.stringify(kept)) await devices.change(call.key, { syncRequest: next })
  return request
}

async function remembered(
  call: Call,
  request: SyncRequest | undefined,
  kept: KeptSync | undefined,
): Promise<SyncRequest> {
  if (!kept) throw new SyncProblem(13, 'the request is incomplete, and nothing is remembered of an earlier one')
  const named = request?.collections ?? []
  const others = kept.collectionIds.filter((id) => !named.some(({ collectionId }) => collectionId === id))
  const again = await Promise.all(
    others.map((id) => currentRequest(call, id, kept.windowSizes?.[kept.collectionIds.indexOf(id)])),
  )
  return {
    collections: [...named, ...again],
    waitSeconds: request?.waitSeconds ?? kept.waitSeconds,
    windowSize: request?.windowSize ?? kept.windowSize ?? 100,
    partial: false,
  }
}

async function currentRequest(call: Call, collectionId: string, windowSize = 100): Promise<CollectionRequest> {
  const state = await call.parts.devices.collection(call.key, collectionId)
  if (!state) throw new SyncProblem(13, `nothing is remembered of collection ${collectionId}`)
  return {
    collectionId,
    syncKey: state.current.key,
    getChanges: true,
    deletesAsMoves: true,
    windowSize,
    options: undefined,
    supported: undefined,
    conversationMode: undefined,
    commands: [],
  }
}
