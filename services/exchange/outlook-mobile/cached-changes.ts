import type { AccountStore, ItemKind, MobileItem } from './account-store.ts'
import type { MobileChangeRow, MobileCollectionRow } from './account-tables.ts'
import { changedItem } from './cached-item.ts'
import type { MobileChange } from './change.ts'

/** The app shows at once what its person did; the server may still say otherwise. */
export async function applyToCache(
  accounts: AccountStore,
  accountId: string,
  { id, change }: { readonly id: string; readonly change: MobileChange },
): Promise<void> {
  if (change.kind === 'setAutomaticReplies')
    return accounts.change(accountId, { out_of_office: String(replyStates.indexOf(change.replies.status)) })
  if (change.kind === 'createItem') {
    const { collectionId: collection_id, itemKind: kind, facts } = change
    return accounts.keepItem({
      account_id: accountId,
      collection_id,
      server_id: id,
      kind,
      ...changedItem(kind, {}, facts),
    })
  }
  if (change.kind === 'sendMail') return
  const item = await accounts.item(accountId, change.item.id)
  if (!item) return
  if (change.kind === 'deleteItem') return accounts.dropItem(accountId, item.collection_id, item.server_id)
  if (change.kind === 'moveItem')
    return keepMoved(accounts, accountId, {
      from: item.server_id,
      to: item.server_id,
      collectionId: change.destinationId,
    })
  return accounts.keepItem({ ...item, ...changedItem(item.kind as ItemKind, factsOf(item), patchOf(change)) })
}

const replyStates = ['disabled', 'alwaysEnabled', 'scheduled']

function patchOf(change: Extract<MobileChange, { kind: 'markMessage' | 'updateItem' }>) {
  if (change.kind === 'updateItem') return change.facts
  const { read, flagged } = change
  return {
    ...(read !== undefined && { Read: read ? '1' : '0' }),
    ...(flagged !== undefined && { Flag: flagged ? [{ Status: '2' }, { FlagType: 'Flag' }] : '' }),
  }
}

export function factsOf({ data }: Pick<MobileItem, 'data'>): Record<string, unknown> {
  return JSON.parse(data) as Record<string, unknown>
}

/** The server has given it an id. */
export async function keepCreated(accounts: AccountStore, row: MobileChangeRow, itemId: string): Promise<void> {
  const item = await accounts.item(row.account_id, row.id)
  if (!item) return
  await accounts.dropItem(row.account_id, item.collection_id, row.id)
  await accounts.keepItem({ ...item, server_id: itemId })
}

interface Moved {
  readonly from: string
  readonly to: string
  readonly collectionId: string
}

export async function keepMoved(
  accounts: AccountStore,
  accountId: string,
  { from, to, collectionId }: Moved,
): Promise<void> {
  const item = await accounts.item(accountId, from)
  if (!item) return
  await accounts.dropItem(accountId, item.collection_id, from)
  await accounts.keepItem({ ...item, server_id: to, collection_id: collectionId })
}

/** Everything of a folder comes again with the next synchronization. */
export async function startAnew(accounts: AccountStore, collection: MobileCollectionRow): Promise<void> {
  await accounts.dropCollection(collection.account_id, collection.server_id)
  await accounts.keepCollection({ ...collection, sync_key: '0' })
}
