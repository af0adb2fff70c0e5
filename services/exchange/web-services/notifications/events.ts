import { type Xml, xml } from '#shared/xml/markup.ts'
import type { Folder } from '../../mailbox/folder.ts'
import { type ItemChange, positionAt } from '../../mailbox/item-changes.ts'
import type { Call } from '../call.ts'
import { t } from '../elements.ts'
import { folderIdElement, itemIdElement, writeId } from '../ids.ts'
import { momentIn } from '../zones.ts'
import type { Subscription } from './subscription-store.ts'

/** What happened since a change of the mailbox, and up to which change it is told. */
export interface Happened {
  readonly events: readonly Xml[]
  readonly number: number
}

export const eventTypes = [
  'CopiedEvent',
  'CreatedEvent',
  'DeletedEvent',
  'ModifiedEvent',
  'MovedEvent',
  'NewMailEvent',
  'FreeBusyChangedEvent',
] as const
type EventType = (typeof eventTypes)[number]

interface Event {
  readonly type: EventType
  readonly content: readonly Xml[]
}

const changesAPage = 500

/** Costs what changed: folders in which nothing did are not looked into. */
export async function eventsSince(call: Call, subscription: Subscription, since: number): Promise<Happened> {
  const { mailboxes } = call.parts
  const { mailboxId, folderIds } = subscription
  const number = await mailboxes.changeNumber(mailboxId)
  if (number <= since) return { events: [], number: since }
  const watched = (id: string) => folderIds === undefined || folderIds.includes(id)
  const folders = (await mailboxes.listFolders(mailboxId)).filter(({ id }) => watched(id))
  const found: Event[] = [...(await hierarchyEvents(call, subscription, since))]
  for (const folder of folders)
    if (folder.changeNumber > since) found.push(...(await folderEvents(call, mailboxId, folder, since)))
  const at = t('TimeStamp', momentIn(undefined, call.parts.context.clock.now()))
  const wanted = found.filter(({ type }) => subscription.eventTypes.includes(type))
  const mark = t('Watermark', writeWatermark(number))
  return { events: wanted.map(({ type, content }) => t(type, mark, at, content)), number }
}

async function folderEvents(call: Call, mailboxId: string, folder: Folder, since: number): Promise<readonly Event[]> {
  const events: Event[] = []
  let position = positionAt(since)
  for (let more = true; more; ) {
    const page = await call.parts.mailboxes.itemChanges({
      mailboxId,
      folderId: folder.id,
      position,
      limit: changesAPage,
    })
    events.push(...page.changes.flatMap((change) => itemEvents(change, folder)))
    position = page.position
    more = page.more
  }
  if (events.length === 0 || folder.createdNumber > since) return events
  const counted = [folderIdElement(folder), parentOf(folder), t('UnreadCount', String(folder.unreadCount))]
  return [...events, { type: 'ModifiedEvent', content: counted }]
}

function itemEvents(change: ItemChange, folder: Folder): readonly Event[] {
  const place = folderIdElement(folder, 'ParentFolderId')
  if ('itemId' in change)
    return [{ type: 'DeletedEvent', content: [xml`<t:ItemId Id="${writeId('item', change.itemId)}"/>`, place] }]
  const { item } = change
  const content = [itemIdElement(item), place]
  const busy: readonly Event[] = item.kind === 'appointment' ? [{ type: 'FreeBusyChangedEvent', content }] : []
  if (change.kind === 'change') return [{ type: 'ModifiedEvent', content }, ...busy]
  const isMail = item.kind === 'message' && item.unread && !item.isDraft && folder.wellKnown === 'inbox'
  const arrived: readonly Event[] = isMail ? [{ type: 'NewMailEvent', content }] : []
  return [{ type: 'CreatedEvent', content }, ...arrived, ...busy]
}

/** Of a whole mailbox, and of the folders that are right below one that is watched. */
async function hierarchyEvents(
  call: Call,
  { mailboxId, folderIds }: Subscription,
  since: number,
): Promise<readonly Event[]> {
  const { changed, deletedIds } = await call.parts.mailboxes.folderChanges(mailboxId, since)
  const watched = ({ id, parentId }: Folder) =>
    folderIds === undefined || folderIds.includes(id) || (parentId !== undefined && folderIds.includes(parentId))
  const known = deletedIds.filter((id) => folderIds === undefined || folderIds.includes(id))
  return [
    ...changed.filter(watched).map((folder): Event => {
      const type = folder.createdNumber > since ? 'CreatedEvent' : 'ModifiedEvent'
      return { type, content: [folderIdElement(folder), parentOf(folder)] }
    }),
    ...known.map((id): Event => {
      const gone = xml`<t:FolderId Id="${writeId('folder', id)}"/>`
      return { type: 'DeletedEvent', content: [gone, parentOf({})] }
    }),
  ]
}

function parentOf({ parentId = 'msgfolderroot' }: Pick<Folder, 'parentId'>): Xml {
  return folderIdElement({ id: parentId, changeNumber: 0 }, 'ParentFolderId')
}

/** Opaque to clients. */
export function writeWatermark(number: number): string {
  return Buffer.from(`AQAAA${number}`).toString('base64')
}

/** Undefined for what was not written here. */
export function readWatermark(written: string): number | undefined {
  const [, number] = /^AQAAA(\d{1,15})$/.exec(Buffer.from(written, 'base64').toString()) ?? []
  return number === undefined ? undefined : Number(number)
}
