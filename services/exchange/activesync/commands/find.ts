import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Message } from '../../mailbox/item.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { writtenAddress } from '../classes/message.ts'
import { importances } from '../classes/shades.ts'
import { child, element, optional, text, textOf } from '../elements.ts'
import { dateTime } from '../moments.ts'
import { matchingItems } from './matching-items.ts'
import { areThere, galElements, type Range, rangeOf, withFoldersBelow } from './search.ts'
import { wantedPictures } from './wanted-pictures.ts'

const mostResults = 1000

/** [MS-ASCMD] 2.2.1.2, of 16.1: what Search is, for suggestions while somebody types. */
export async function find(call: Call): Promise<CommandAnswer> {
  const execute = child(call.body, 'Find:ExecuteSearch')
  const inMailbox = child(execute, 'Find:MailBoxSearchCriterion')
  const inAddressBook = child(execute, 'Find:GalSearchCriterion')
  const answer = (status: number, response?: WbxmlElement) =>
    document(element('Find:Find', text('Find:Status', status), response))
  const criterion = inMailbox ?? inAddressBook
  if (!criterion || !textOf(call.body, 'Find:SearchId')) return answer(2)
  const range = rangeOf(textOf(child(criterion, 'Find:Options'), 'Find:Range'), 99)
  if (!range || range.last > 999) return answer(2)
  if (!(await isOwnPage(call, range.first))) {
    const wrong = element('Find:Response', text('Find:Status', 4))
    return answer(1, wrong)
  }
  const collectionId = textOf(child(inMailbox, 'Find:Query'), 'AirSync:CollectionId')
  if (!(await areThere(call, collectionId ? [collectionId] : []))) return answer(folderSyncRequired)
  return answer(1, inMailbox ? await mailbox(call, inMailbox, range) : await addressBook(call, criterion, range))
}

/** [MS-ASCMD] 2.2.3.177.6. */
const folderSyncRequired = 3

const searchLifeMs = 3_600_000

/** A search begins with its first page, and only what began is read on ([MS-ASCMD] 2.2.3.177.6). */
async function isOwnPage({ parts: { singleUse }, key, body, now }: Call, first: number): Promise<boolean> {
  const searchId = textOf(body, 'Find:SearchId')
  const device = `${key.mailboxId}/${key.deviceId}`
  const begun = first === 0 ? searchId : await singleUse.take<string>('find', device, now)
  if (begun !== undefined) await singleUse.put('find', device, begun, new Date(now.getTime() + searchLifeMs))
  return begun === searchId
}

function response(store: string, results: readonly WbxmlElement[], { first }: Range, total: number): WbxmlElement {
  return element(
    'Find:Response',
    text('ItemOperations:Store', store),
    text('Find:Status', 1),
    results,
    results.length > 0 && text('Find:Range', `${first}-${first + results.length - 1}`),
    text('Find:Total', total),
  )
}

async function addressBook(call: Call, criterion: WbxmlElement, range: Range): Promise<WbxmlElement> {
  const found = await call.parts.recipients.searchRecipients(textOf(criterion, 'Find:Query') ?? '', mostResults)
  const pictureOf = wantedPictures(call, child(criterion, 'Find:Options'), { asked: 'Find', answered: 'GAL' })
  const results: WbxmlElement[] = []
  for (const each of found.slice(range.first, range.last + 1))
    results.push(element('Find:Result', element('Find:Properties', await galElements(each, pictureOf))))
  return response('GAL', results, range, found.length)
}

async function mailbox(call: Call, criterion: WbxmlElement, range: Range): Promise<WbxmlElement> {
  const query = child(criterion, 'Find:Query')
  const collectionId = textOf(query, 'AirSync:CollectionId')
  const isDeep = child(child(criterion, 'Find:Options'), 'Find:DeepTraversal') !== undefined
  const named = collectionId ? [collectionId] : undefined
  const folderIds = named && isDeep ? await withFoldersBelow(call, named) : named
  const text = textOf(query, 'Find:FreeText') ?? ''
  const items = text === '' ? [] : await matchingItems(call, { text, folderIds })
  const messages = items.filter((item): item is Message => item.kind === 'message')
  return response('Mailbox', messages.slice(range.first, range.last + 1).map(resultElement), range, messages.length)
}

function resultElement(message: Message): WbxmlElement {
  const { to, cc, bcc, from } = message.properties
  const names = (list: typeof to) => list.map(({ name }) => name).join('; ')
  return element(
    'Find:Result',
    text('AirSync:Class', 'Email'),
    text('AirSync:ServerId', message.id),
    text('AirSync:CollectionId', message.folderId),
    element(
      'Find:Properties',
      optional('Email:Subject', message.subject),
      text('Email:DateReceived', dateTime(message.receivedAt)),
      text('Email:DisplayTo', names(to)),
      text('Find:DisplayCc', names(cc)),
      text('Find:DisplayBcc', names(bcc)),
      text('Email:Importance', importances[message.importance]),
      text('Email:Read', !message.unread),
      text('Email2:IsDraft', message.isDraft),
      optional('Find:Preview', message.preview),
      text('Find:HasAttachments', message.hasAttachments),
      optional('Email:From', from && writtenAddress(from)),
    ),
  )
}
