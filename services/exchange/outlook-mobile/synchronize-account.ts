import type { ActiveSyncSession } from '#shared/activesync/active-sync-session.ts'
import { folderSync } from '#shared/activesync/folder-sync.ts'
import { readOutOfOffice } from '#shared/activesync/out-of-office.ts'
import { syncPage } from '#shared/activesync/sync.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { element, text } from '#shared/wbxml/elements.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { AccountStore, ItemKind, MobileAccount } from './account-store.ts'
import type { MobileCollectionRow } from './account-tables.ts'
import { remoteSession } from './active-sync-client.ts'
import type { ChangeStore } from './change-store.ts'
import { keepPage } from './keep-page.ts'
import { pushChanges } from './push-changes.ts'
import { renew, type TokenCaller } from './token-pair.ts'

/** Folder types whose items are cached ([MS-ASCMD] 2.2.3.186.1). */
const kinds: Readonly<Record<string, ItemKind>> = {
  '2': 'message',
  '3': 'message',
  '4': 'message',
  '5': 'message',
  '12': 'message',
  '8': 'event',
  '13': 'event',
  '9': 'contact',
  '14': 'contact',
}

const day = 24 * 60 * 60_000
/** "Using hybrid Modern Authentication with Outlook for iOS and Android": four weeks of mail. */
const mailDays = 28
/** [MS-ASCMD] 2.2.3.68.2: one month, the shortest that holds four weeks. */
const mailFilter = '5'
const window = '100'

export interface SynchronizationParts {
  readonly context: DeploymentContext
  readonly accounts: AccountStore
  readonly changes: ChangeStore
  readonly caller: TokenCaller
}

/**
 * Brings the cache up to the mailbox on-premises; `goOn` is called before each step that uses a key of the server.
 * @throws RemoteRefusal when that cannot be done now.
 */
export async function synchronizeAccount(
  parts: SynchronizationParts,
  id: string,
  goOn: () => Promise<void>,
): Promise<void> {
  const { accounts, changes, context } = parts
  const { account, session } = await remoteAccess(parts, id)
  const pushing = { accounts, changes, now: () => context.clock.now().getTime() }
  const pushed = await pushChanges(pushing, session, id)
  await synchronizeFolders(accounts, session, account)
  for (const collection of await accounts.collections(id))
    await synchronizeCollection(accounts, session, { collection, goOn })
  // What waited for a folder that had to come anew.
  if (!pushed) await pushChanges(pushing, session, id)
  const now = context.clock.now().getTime()
  await accounts.dropOlder(id, 'message', now - mailDays * day)
  await accounts.change(id, {
    status: 'ready',
    reason: null,
    remote_status: null,
    failures: 0,
    policy_key: session.policyKey,
    out_of_office: await readOutOfOffice(session),
    synchronized_at: now,
  })
}

/** The way to the server on-premises, with a token that is still good. @throws RemoteRefusal */
export async function remoteAccess(
  parts: SynchronizationParts,
  id: string,
): Promise<{ readonly account: MobileAccount; readonly session: ActiveSyncSession }> {
  const account = await withFreshToken(parts, await existing(parts.accounts, id))
  return { account, session: remoteSession(parts.context, account) }
}

async function existing(accounts: AccountStore, id: string): Promise<MobileAccount> {
  const account = await accounts.find(id)
  if (!account) throw new Error(`no cached mailbox ${id}`)
  return account
}

async function withFreshToken({ context, accounts, caller }: SynchronizationParts, account: MobileAccount) {
  const soon = context.clock.now().getTime() + 60_000
  if (Number(account.access_expires_at) > soon) return account
  const pair = await renew(caller, account.refresh_token, new URL(account.eas_url).origin)
  const patch = {
    access_token: pair.accessToken,
    access_expires_at: pair.expiresAt,
    refresh_token: pair.refreshToken,
  }
  await accounts.change(account.id, patch)
  return { ...account, ...patch }
}

async function synchronizeFolders(
  accounts: AccountStore,
  session: ActiveSyncSession,
  account: MobileAccount,
): Promise<void> {
  const { key, kept, deleted, anew } = await folderSync(session, account.folder_key)
  const known = await accounts.collections(account.id)
  for (const { serverId, name, type } of kept) {
    const kind = kinds[type]
    const before = known.find((each) => each.server_id === serverId)
    if (kind)
      await accounts.keepCollection({
        account_id: account.id,
        server_id: serverId,
        kind,
        name,
        folder_type: type,
        sync_key: before?.sync_key ?? '0',
      })
  }
  const lost = known.filter(({ server_id }) => anew && !kept.some(({ serverId }) => serverId === server_id))
  for (const serverId of [...deleted, ...lost.map(({ server_id }) => server_id)])
    await accounts.dropCollection(account.id, serverId)
  await accounts.change(account.id, { folder_key: key })
}

async function synchronizeCollection(
  accounts: AccountStore,
  session: ActiveSyncSession,
  { collection, goOn }: { readonly collection: MobileCollectionRow; readonly goOn: () => Promise<void> },
) {
  let key = collection.sync_key
  for (;;) {
    await goOn()
    const options = key === '0' ? [] : optionsFor(collection.kind)
    const page = await syncPage(session, { collectionId: collection.server_id, key, options })
    if (page === undefined) {
      // The server has lost our place: everything comes again.
      await accounts.dropCollection(collection.account_id, collection.server_id)
      key = '0'
      continue
    }
    await keepPage(accounts, collection, page)
    const isFirst = key === '0'
    key = page.key
    await accounts.keepCollection({ ...collection, sync_key: key })
    if (!isFirst && !page.more) return
  }
}

function optionsFor(kind: string): readonly WbxmlElement[] {
  const body = element(
    'AirSyncBase:BodyPreference',
    text('AirSyncBase:Type', '1'),
    text('AirSyncBase:TruncationSize', '32768'),
  )
  const filter = kind === 'message' ? [text('AirSync:FilterType', mailFilter)] : []
  return [text('AirSync:WindowSize', window), element('AirSync:Options', filter, body)]
}
