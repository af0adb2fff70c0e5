import { ActiveSyncFailure, type ActiveSyncSession } from '#shared/activesync/active-sync-session.ts'
import { moveItem, sendMail } from '#shared/activesync/client-commands.ts'
import { type OutOfOfficeState, setOutOfOffice } from '#shared/activesync/out-of-office.ts'
import { syncPage } from '#shared/activesync/sync.ts'
import { element, text } from '#shared/wbxml/elements.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { AccountStore } from './account-store.ts'
import type { MobileChangeRow } from './account-tables.ts'
import { applicationData } from './application-data.ts'
import { keepCreated, keepMoved, startAnew } from './cached-changes.ts'
import type { AutomaticReplies, ItemPlace, MobileChange } from './change.ts'
import type { ChangeEnd, ChangeStore } from './change-store.ts'
import { keepPage } from './keep-page.ts'

export interface PushParts {
  readonly accounts: AccountStore
  readonly changes: ChangeStore
  readonly now: () => number
}

/**
 * Carries what people did in the app to the server on-premises, oldest first, each in a request of its own: whoever
 * repeats a request whose answer was lost repeats exactly that request, and nothing is done twice.
 * @returns False when the next change has to wait until its folder was synchronized anew.
 * @throws What keeps the server from answering; the change stays where it is, and those behind it.
 */
export async function pushChanges(parts: PushParts, session: ActiveSyncSession, accountId: string): Promise<boolean> {
  for (;;) {
    const row = await parts.changes.next(accountId)
    if (!row) return true
    const end = await endOf(parts, session, row)
    if (end === 'waits') return false
    await parts.changes.end(row.id, end, parts.now())
    if (end.state !== 'done') await takeBack(parts, row)
  }
}

/** HTTP statuses that the same request would get again. */
const final = new Set([400, 404, 413, 501, 507])

async function endOf(parts: PushParts, session: ActiveSyncSession, row: MobileChangeRow): Promise<ChangeEnd | 'waits'> {
  try {
    return await push(parts, session, row, JSON.parse(row.payload) as MobileChange)
  } catch (error) {
    const isFinal = error instanceof ActiveSyncFailure && (error.status === undefined || final.has(error.status))
    if (isFinal) return { state: 'refused', reason: error.message }
    throw error
  }
}

async function push(
  parts: PushParts,
  session: ActiveSyncSession,
  row: MobileChangeRow,
  change: MobileChange,
): Promise<ChangeEnd | 'waits'> {
  switch (change.kind) {
    case 'markMessage':
    case 'updateItem':
    case 'deleteItem':
      return synchronized(parts, session, row, { collectionId: change.item.collectionId, command: commandOf(change) })
    case 'createItem':
      return create(parts, session, row, change)
    case 'moveItem':
      return move(parts, session, row, change)
    case 'sendMail': {
      const status = await sendMail(session, row.id, Buffer.from(change.mime, 'base64'))
      return status === undefined
        ? { state: 'done' }
        : { state: 'refused', reason: `SendMail answered status ${status}` }
    }
    default:
      await setOutOfOffice(session, outOfOfficeOf(change.replies))
      return { state: 'done' }
  }
}

function commandOf(change: MobileChange & { readonly item: ItemPlace }): WbxmlElement {
  const serverId = text('AirSync:ServerId', change.item.id)
  if (change.kind === 'deleteItem') return element('AirSync:Delete', serverId)
  if (change.kind === 'updateItem')
    return element('AirSync:Change', serverId, applicationData(change.item.itemKind, change.facts))
  const { read, flagged } = change as Extract<MobileChange, { kind: 'markMessage' }>
  const data = element(
    'AirSync:ApplicationData',
    read !== undefined && text('Email:Read', read),
    flagged !== undefined &&
      element('Email:Flag', flagged && [text('Email:Status', '2'), text('Email:FlagType', 'Flag')]),
  )
  return element('AirSync:Change', serverId, data)
}

interface Pushed {
  readonly collectionId: string
  readonly command: WbxmlElement
}

/** [MS-ASCMD] 2.2.3.177.17. */
const conflict = '7'
const gone = '8'

async function synchronized(
  parts: PushParts,
  session: ActiveSyncSession,
  row: MobileChangeRow,
  { collectionId, command }: Pushed,
): Promise<ChangeEnd | 'waits'> {
  const collection = await parts.accounts.collection(row.account_id, collectionId)
  if (!collection) return { state: 'refused', reason: 'the folder is gone' }
  if (collection.sync_key === '0') return 'waits'
  const page = await syncPage(session, { collectionId, key: collection.sync_key, commands: [command] })
  // The server has lost our place, and done nothing.
  if (!page) {
    await startAnew(parts.accounts, collection)
    return 'waits'
  }
  await keepPage(parts.accounts, collection, page)
  await parts.accounts.keepCollection({ ...collection, sync_key: page.key })
  const [response] = page.responses
  if (!response || response.status === '1') return { state: 'done', itemId: response?.serverId }
  if (response.status === conflict) return { state: 'conflict', reason: 'changed on the server, whose version counts' }
  if (response.status === gone && row.kind === 'deleteItem') return { state: 'done' }
  return { state: 'refused', reason: `Sync answered status ${response.status} for it` }
}

async function create(
  parts: PushParts,
  session: ActiveSyncSession,
  row: MobileChangeRow,
  { collectionId, itemKind, facts }: Extract<MobileChange, { kind: 'createItem' }>,
): Promise<ChangeEnd | 'waits'> {
  const command = element('AirSync:Add', text('AirSync:ClientId', row.id), applicationData(itemKind, facts))
  const end = await synchronized(parts, session, row, { collectionId, command })
  if (end !== 'waits' && end.state === 'done' && end.itemId !== undefined) {
    await keepCreated(parts.accounts, row, end.itemId)
    await parts.changes.renameItem(row.account_id, row.id, { id: end.itemId, collectionId })
  }
  return end
}

async function move(
  parts: PushParts,
  session: ActiveSyncSession,
  row: MobileChangeRow,
  { item, destinationId: to }: Extract<MobileChange, { kind: 'moveItem' }>,
): Promise<ChangeEnd> {
  const moved = await moveItem(session, { itemId: item.id, from: item.collectionId, to })
  if ('status' in moved) return { state: 'refused', reason: `MoveItems answered status ${moved.status}` }
  await keepMoved(parts.accounts, row.account_id, { from: item.id, to: moved.itemId, collectionId: to })
  await parts.changes.renameItem(row.account_id, item.id, { id: moved.itemId, collectionId: to })
  return { state: 'done', itemId: moved.itemId }
}

const outOfOfficeStates: Readonly<Record<AutomaticReplies['status'], OutOfOfficeState>> = {
  disabled: '0',
  alwaysEnabled: '1',
  scheduled: '2',
}

function outOfOfficeOf({ status, start, end, message }: AutomaticReplies) {
  return {
    state: outOfOfficeStates[status],
    ...(status === 'scheduled' && start !== undefined && { start }),
    ...(status === 'scheduled' && end !== undefined && { end }),
    ...(message !== undefined && { message }),
  }
}

/** What the app showed already is not so: the folder comes again from the server. */
async function takeBack({ accounts }: PushParts, row: MobileChangeRow): Promise<void> {
  const change = JSON.parse(row.payload) as MobileChange
  const places = 'item' in change ? [change.item.collectionId] : []
  if (change.kind === 'moveItem') places.push(change.destinationId)
  if (change.kind === 'createItem') await accounts.dropItem(row.account_id, change.collectionId, row.id)
  for (const place of places) {
    const collection = await accounts.collection(row.account_id, place)
    if (collection) await startAnew(accounts, collection)
  }
}
