import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Call } from '../call.ts'
import { readFileReference } from '../classes/item-bodies.ts'
import { classOfItem } from '../classes/item-class.ts'
import { usualOptions } from '../devices/device-state.ts'
import { decideFile, preferencesWithin, unlimitedText } from '../devices/policy-limits.ts'
import { all, child, element, numberOf, text, textOf } from '../elements.ts'
import { readBodyPart, readBodyPreferences, SyncProblem } from '../sync/sync-options.ts'

/** What travels beside the document when the client takes several parts. */
export class PartList {
  readonly isAccepted: boolean
  readonly parts: Buffer[] = []

  constructor(isAccepted: boolean) {
    this.isAccepted = isAccepted
  }

  /** The number of the part. */
  add(content: Buffer): number {
    return this.parts.push(content)
  }
}

/** One Fetch: an item, a hit of a search, or a file; nothing is marked as read by it. */
export async function fetchOne(call: Call, fetch: WbxmlElement, parts: PartList): Promise<WbxmlElement> {
  const references = all(fetch, 'AirSyncBase:FileReference')
  const store = textOf(fetch, 'ItemOperations:Store')?.toLowerCase()
  if (references.length > 1) return answer(fetch, 2)
  if (references.length === 1) return fetchFile(call, fetch, parts)
  if (store === 'documentlibrary') return answer(fetch, 5)
  if (store !== 'mailbox') return answer(fetch, 9)
  try {
    return await fetchItem(call, fetch, parts)
  } catch (error) {
    if (error instanceof SyncProblem) return answer(fetch, 2)
    throw error
  }
}

const identifiers = ['AirSync:CollectionId', 'AirSync:ServerId', 'Search:LongId', 'AirSyncBase:FileReference']

/** With the identifiers that the client used, and no others. */
function answer(fetch: WbxmlElement, status: number, ...rest: readonly (WbxmlElement | undefined)[]): WbxmlElement {
  const used = fetch.children.filter(({ name }) => identifiers.includes(name))
  return element('ItemOperations:Fetch', text('ItemOperations:Status', status), used, rest)
}

async function fetchItem(call: Call, fetch: WbxmlElement, parts: PartList): Promise<WbxmlElement> {
  const { mailboxes } = call.parts
  const id = textOf(fetch, 'AirSync:ServerId') ?? textOf(fetch, 'Search:LongId') ?? ''
  const item = await mailboxes.findItem(call.mailboxId, id)
  const collectionId = textOf(fetch, 'AirSync:CollectionId')
  const body = item && (await mailboxes.readBody(call.mailboxId, id))
  if (!item || !body || (collectionId !== undefined && collectionId !== item.folderId)) return answer(fetch, 6)
  const given = child(fetch, 'ItemOperations:Options')
  const options = {
    ...usualOptions,
    mimeSupport: numberOf(given, 'AirSync:MIMESupport') ?? 0,
    bodies: readBodyPreferences(given),
    ...(call.version >= 141 && readBodyPart(given)),
  }
  const itemClass = classOfItem(item)
  const written = await itemClass.write({
    call,
    item,
    body,
    options: preferencesWithin(unlimitedText(call.limits), options, item, body),
  })
  const asked = within(child(given, 'ItemOperations:Schema'), written)
  const properties = parts.isAccepted ? asked.map((each) => withPart(each, parts)) : asked
  const type = text('AirSync:Class', itemClass.name)
  return answer(fetch, 1, type, element('ItemOperations:Properties', properties))
}

/** [MS-ASCMD] 2.2.3.158: only the properties that the client names, where it names some. */
function within(schema: WbxmlElement | undefined, properties: readonly WbxmlElement[]): readonly WbxmlElement[] {
  const names = new Set(schema?.children.map(({ name }) => name))
  return names.size === 0 ? properties : properties.filter(({ name }) => names.has(name))
}

/** The text of a body goes into a part. */
function withPart(property: WbxmlElement, parts: PartList): WbxmlElement {
  const data = child(property, 'AirSyncBase:Data')
  if (property.name !== 'AirSyncBase:Body' || typeof data?.value !== 'string') return property
  const part = text('ItemOperations:Part', parts.add(Buffer.from(data.value)))
  return { ...property, children: property.children.map((each) => (each === data ? part : each)) }
}

/** [MS-ASCMD] 2.2.3.177.8. */
const fileStatuses = { attachmentsDisabled: 16, attachmentTooLarge: 11 } as const

async function fetchFile(call: Call, fetch: WbxmlElement, parts: PartList): Promise<WbxmlElement> {
  const { itemId, attachmentId } = readFileReference(textOf(fetch, 'AirSyncBase:FileReference') ?? '')
  const file =
    itemId === '' ? undefined : await call.parts.mailboxes.readAttachment(call.mailboxId, itemId, attachmentId)
  if (!file) return answer(fetch, 15)
  const decision = decideFile(call.limits, file.content.length)
  if (decision !== 'allowed') {
    call.request.recording.note({
      decision,
      reason: `the policy of the mailbox keeps back ${file.content.length} bytes`,
    })
    return answer(fetch, fileStatuses[decision])
  }
  const written = textOf(child(fetch, 'ItemOperations:Options'), 'ItemOperations:Range')
  const range = written === undefined ? undefined : rangeOf(written, file.content.length)
  if (range === 'invalid') return answer(fetch, 8)
  const content = range ? file.content.subarray(range.first, range.last + 1) : file.content
  const data = parts.isAccepted
    ? text('ItemOperations:Part', parts.add(content))
    : text('ItemOperations:Data', content.toString('base64'))
  // Only for who asked: iOS fails at a Range that it did not ask for.
  const span = range && [
    text('ItemOperations:Range', `${range.first}-${range.last}`),
    text('ItemOperations:Total', file.content.length),
  ]
  const properties = element(
    'ItemOperations:Properties',
    span ?? [],
    text('AirSyncBase:ContentType', file.contentType),
    data,
  )
  return answer(fetch, 1, properties)
}

function rangeOf(written: string, size: number): { readonly first: number; readonly last: number } | 'invalid' {
  const [, first, last] = /^(\d{1,10})-(\d{1,10})$/.exec(written) ?? []
  if (first === undefined || Number(first) > Number(last) || Number(first) >= size) return 'invalid'
  return { first: Number(first), last: Math.min(Number(last), size - 1) }
}
