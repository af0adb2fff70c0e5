import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { filterWithin } from '../devices/policy-limits.ts'
import { all, child, element, text, textOf } from '../elements.ts'
import { learnChanges } from '../sync/learn-changes.ts'
import { keptSince, readOptions } from '../sync/sync-options.ts'

const mostCounted = 10_000

/** [MS-ASCMD] 2.2.1.9: how many changes a Sync would bring; the key does not move. */
export async function getItemEstimate(call: Call): Promise<CommandAnswer> {
  const collections = all(child(call.body, 'GetItemEstimate:Collections'), 'GetItemEstimate:Collection')
  const responses: WbxmlElement[] = []
  for (const collection of collections) responses.push(await responseOf(call, collection))
  return document(element('GetItemEstimate:GetItemEstimate', responses))
}

async function responseOf(call: Call, collection: WbxmlElement): Promise<WbxmlElement> {
  const collectionId = textOf(collection, 'GetItemEstimate:CollectionId') ?? ''
  const response = (status: number, estimate?: number) =>
    element(
      'GetItemEstimate:Response',
      text('GetItemEstimate:Status', status),
      element(
        'GetItemEstimate:Collection',
        text('GetItemEstimate:CollectionId', collectionId),
        estimate !== undefined && text('GetItemEstimate:Estimate', estimate),
      ),
    )
  const { devices, mailboxes } = call.parts
  const folder = await mailboxes.findFolder(call.mailboxId, collectionId)
  if (!folder) return response(2)
  const state = await devices.collection(call.key, collectionId)
  const syncKey = textOf(collection, 'AirSync:SyncKey')
  if (!state || syncKey === '0') return response(3)
  const from = [state.current, state.previous].find((each) => each?.key === syncKey)
  if (!from) return response(4)
  const { filterType } = readOptions(collection) ?? state.options
  const { changes } = await learnChanges(call, {
    folder,
    position: from.position,
    keptSince: keptSince(filterWithin(call.limits, folder, filterType), call.now),
    limit: mostCounted,
  })
  return response(1, changes.length)
}
