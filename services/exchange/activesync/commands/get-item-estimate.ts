import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { filterWithin } from '../devices/policy-limits.ts'
import { all, child, element, text, textOf } from '../elements.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import { learnChanges } from '../sync/learn-changes.ts'
import { isServed } from '../sync/sync-collection.ts'
import { keptSince } from '../sync/sync-options.ts'

const mostCounted = 10_000
const mostCollections = 1000

/** [MS-ASCMD] 2.2.1.9: how many changes a Sync would bring; the key does not move. */
export async function getItemEstimate(call: Call): Promise<CommandAnswer> {
  const collections = all(child(call.body, 'GetItemEstimate:Collections'), 'GetItemEstimate:Collection')
  if (collections.length === 0 || collections.length > mostCollections)
    throw new ActiveSyncError('invalidXml', `${collections.length} collections; there are 1 to ${mostCollections}`)
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
  const filterType = filterIn(collection) ?? state.options.filterType
  if (!isServed(folder, call.version)) return response(1, 0)
  const { changes } = await learnChanges(call, {
    folder,
    position: from.position,
    keptSince: keptSince(filterWithin(call.limits, folder, filterType), call.now),
    limit: mostCounted,
  })
  return response(1, changes.length)
}

/** Up to 12.1 beside the key, later among the Options ([MS-ASCMD] 2.2.3.69.1). */
function filterIn(collection: WbxmlElement): number | undefined {
  const written =
    textOf(collection, 'AirSync:FilterType') ?? textOf(child(collection, 'AirSync:Options'), 'AirSync:FilterType')
  if (written !== undefined && !/^\d{1,9}$/.test(written))
    throw new ActiveSyncError('serverError', `FilterType is "${written}"`)
  if (Number(written) > 8) throw new ActiveSyncError('invalidXml', `FilterType ${written}`)
  return written === undefined ? undefined : Number(written)
}
