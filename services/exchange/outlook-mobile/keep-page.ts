import type { SyncPage } from '#shared/activesync/sync.ts'
import { child, textOf } from '#shared/wbxml/elements.ts'
import type { AccountStore, ItemKind } from './account-store.ts'
import type { MobileCollectionRow } from './account-tables.ts'
import { cachedItem, mergedItem } from './cached-item.ts'

/** What a page of a folder brings, into the cache. */
export async function keepPage(
  accounts: AccountStore,
  { account_id, server_id, kind }: MobileCollectionRow,
  page: SyncPage,
): Promise<void> {
  const known = page.changed.length > 0 ? await accounts.items(account_id, kind as ItemKind) : []
  for (const each of [...page.added, ...page.changed]) {
    const serverId = textOf(each, 'AirSync:ServerId') ?? ''
    const data = child(each, 'AirSync:ApplicationData')
    const before = known.find((item) => item.collection_id === server_id && item.server_id === serverId)
    const item = before ? mergedItem(before, data) : cachedItem(kind as ItemKind, data)
    await accounts.keepItem({ account_id, collection_id: server_id, server_id: serverId, kind, ...item })
  }
  for (const serverId of page.gone) await accounts.dropItem(account_id, server_id, serverId)
}
