import { all, child, element, empty, opaque, text, textOf } from '../wbxml/elements.ts'
import type { WbxmlElement } from '../wbxml/wbxml-element.ts'
import { ActiveSyncFailure, type ActiveSyncSession, command } from './active-sync-session.ts'

/** @returns The item's id in its new folder, or the status by which the server does not move it. */
export async function moveItem(
  session: ActiveSyncSession,
  { itemId, from, to }: { readonly itemId: string; readonly from: string; readonly to: string },
): Promise<{ readonly itemId: string } | { readonly status: string }> {
  const move = element(
    'Move:Move',
    text('Move:SrcMsgId', itemId),
    text('Move:SrcFldId', from),
    text('Move:DstFldId', to),
  )
  const answer = child(await command(session, 'MoveItems', element('Move:MoveItems', move)), 'Move:Response')
  const status = textOf(answer, 'Move:Status') ?? ''
  // [MS-ASCMD] 2.2.3.177.10: 3 is success here.
  return status === '3' ? { itemId: textOf(answer, 'Move:DstMsgId') ?? itemId } : { status }
}

/** @param clientId Under which the server takes the message once, however often it comes. @returns a Status that refuses it. */
export async function sendMail(
  session: ActiveSyncSession,
  clientId: string,
  mime: Buffer,
): Promise<string | undefined> {
  const letter = element(
    'ComposeMail:SendMail',
    text('ComposeMail:ClientId', clientId),
    empty('ComposeMail:SaveInSentItems'),
    opaque('ComposeMail:Mime', mime),
  )
  // Success says nothing.
  return textOf(await command(session, 'SendMail', letter), 'ComposeMail:Status')
}

export interface SearchHit {
  readonly longId: string
  readonly collectionId: string
  readonly properties: WbxmlElement | undefined
}

export interface MailSearch {
  readonly text: string
  readonly limit: number
}

const shortBody = element(
  'AirSyncBase:BodyPreference',
  text('AirSyncBase:Type', '1'),
  text('AirSyncBase:TruncationSize', '512'),
)

/** Mail of any age whose words begin so. @throws ActiveSyncFailure */
export async function searchMail(
  session: ActiveSyncSession,
  { text: words, limit }: MailSearch,
): Promise<readonly SearchHit[]> {
  const query = element('Search:And', text('AirSync:Class', 'Email'), text('Search:FreeText', words))
  const store = element(
    'Search:Store',
    text('Search:Name', 'Mailbox'),
    element('Search:Query', query),
    element('Search:Options', text('Search:Range', `0-${limit - 1}`), shortBody),
  )
  const answer = await command(session, 'Search', element('Search:Search', store))
  const found = child(child(answer, 'Search:Response'), 'Search:Store')
  const status = textOf(found, 'Search:Status') ?? textOf(answer, 'Search:Status')
  if (status !== '1') throw new ActiveSyncFailure(`Search answered status ${status}`)
  return all(found, 'Search:Result').flatMap((result) => {
    const longId = textOf(result, 'Search:LongId')
    if (!longId) return []
    const properties = child(result, 'Search:Properties')
    return [{ longId, collectionId: textOf(result, 'AirSync:CollectionId') ?? '', properties }]
  })
}

/** One hit of a search with its text. @returns undefined when it is gone. @throws ActiveSyncFailure */
export async function fetchHit(session: ActiveSyncSession, longId: string): Promise<WbxmlElement | undefined> {
  const fetch = element(
    'ItemOperations:Fetch',
    text('ItemOperations:Store', 'Mailbox'),
    text('Search:LongId', longId),
    element('ItemOperations:Options', element('AirSyncBase:BodyPreference', text('AirSyncBase:Type', '1'))),
  )
  const answer = await command(session, 'ItemOperations', element('ItemOperations:ItemOperations', fetch))
  const fetched = child(child(answer, 'ItemOperations:Response'), 'ItemOperations:Fetch')
  return textOf(fetched, 'ItemOperations:Status') === '1' ? child(fetched, 'ItemOperations:Properties') : undefined
}
