import type { Element } from '@xmldom/xmldom'
import type { FollowUpFlag, Item, ItemPatch } from '../../mailbox/item.ts'
import type { Call } from '../call.ts'
import { child, children, flagOf, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { composeDraft, draftOf, readBody, readDraft, readImportance } from './draft.ts'
import { extendedPatch, extendedRemoval, isExtended } from './extended-properties.ts'
import { fieldUriOf } from './item-view.ts'
import { appointmentFacts, contactTextsOf, taskFacts } from './new-item.ts'

const sharedFields = new Set(['item:Categories', 'item:Importance', 'message:IsRead', 'item:Flag'])
const draftFields = new Set([
  'item:Subject',
  'item:Body',
  'message:ToRecipients',
  'message:CcRecipients',
  'message:BccRecipients',
  'message:ReplyTo',
  'item:Attachments',
])
const otherFields = new Set(['item:Subject', 'item:Body', 'item:Sensitivity'])

/** SetItemField, AppendToItemField and DeleteItemField of [MS-OXWSCORE] 2.2.4, one after the other. */
export async function applyChanges(call: Call, before: Item, updates: readonly Element[]): Promise<ItemPatch> {
  let patch: ItemPatch = {}
  for (const update of updates) patch = { ...patch, ...(await patchOf(call, { item: before, patch, update })) }
  return patch
}

interface Change {
  readonly item: Item
  readonly patch: ItemPatch
  readonly update: Element
}

async function patchOf(call: Call, change: Change): Promise<ItemPatch> {
  const [path, element] = children(change.update)
  const uri = path ? fieldUriOf(path) : ''
  if (change.update.localName === 'DeleteItemField') return deletionOf(uri)
  if (!element) throw new WebServicesError('ErrorSchemaValidation', `the change of ${uri} has no item`)
  if (change.update.localName !== 'SetItemField') throw unsupported(`appending to ${uri}`)
  if (isExtended(uri)) return extendedPatch(uri, element, call.now) ?? refuse(`setting ${uri}`)
  if (sharedFields.has(uri)) return sharedPatch(element)
  if (change.item.kind === 'message') return draftPatch(call, change.item, uri, updatesSoFar(change, element))
  return { ...otherPatch(element, uri), ...propertiesPatch(change, element, uri) }
}

function updatesSoFar({ update }: Change, element: Element): readonly Element[] {
  const all = children(update.parentNode as Element)
  const until = all.slice(0, all.indexOf(update)).filter(({ localName }) => localName === 'SetItemField')
  return [...until.flatMap((each) => children(each).slice(1)), element]
}

function deletionOf(uri: string): ItemPatch {
  if (uri === 'item:Categories') return { categories: [] }
  if (uri === 'item:Flag') return { flag: null }
  return extendedRemoval(uri) ?? refuse(`deleting ${uri}`)
}

function refuse(what: string): never {
  throw unsupported(what)
}

function unsupported(what: string): WebServicesError {
  return new WebServicesError('ErrorInvalidPropertySet', `gap: ${what}`, {
    text: `Fauxchange does not implement ${what.slice(0, 80)}. See services/exchange/README.md.`,
  })
}

function sharedPatch(element: Element): ItemPatch {
  const isRead = flagOf(element, 'IsRead')
  const importance = readImportance(element)
  const categories = child(element, 'Categories')
  const flag = child(element, 'Flag')
  return {
    ...(isRead !== undefined && { unread: !isRead }),
    ...(importance && { importance }),
    ...(categories && { categories: children(categories).map((each) => each.textContent ?? '') }),
    ...(flag && { flag: flagPatch(flag) }),
  }
}

function flagPatch(flag: Element): FollowUpFlag | null {
  const status = textOf(flag, 'FlagStatus')
  if (status === 'NotFlagged') return null
  return { status: status === 'Complete' ? 'complete' : 'active' }
}

/** The content of a message changes only while it is a draft. */
async function draftPatch(
  call: Call,
  item: Extract<Item, { kind: 'message' }>,
  uri: string,
  elements: readonly Element[],
): Promise<ItemPatch> {
  if (!draftFields.has(uri)) throw unsupported(`setting ${uri} of a message`)
  if (!item.isDraft) {
    const subject = textOf(elements.at(-1), 'Subject')
    if (subject !== undefined) return { subject }
    throw new WebServicesError('ErrorInvalidPropertySet', `${uri} of a message that is no draft`)
  }
  const before = await draftOf(call, item)
  const draft = elements.reduce((draft, element) => readDraft(element, draft), before)
  return { mime: await composeDraft(call, draft) }
}

function otherPatch(element: Element, uri: string): ItemPatch {
  if (!otherFields.has(uri) && !/^(calendar|contacts|task):/.test(uri)) throw unsupported(`setting ${uri}`)
  const subject = textOf(element, 'Subject')
  const { text, html } = readBody(element)
  return {
    ...(subject !== undefined && { subject }),
    ...(text !== undefined && { body: { text } }),
    ...(html !== undefined && { body: { html } }),
  }
}

function propertiesPatch({ item, patch }: Change, element: Element, uri: string): ItemPatch {
  const facts = factsOf(item, element)
  if (Object.keys(facts).length === 0) {
    if (uri.startsWith('item:')) return {}
    throw unsupported(`setting ${uri}`)
  }
  const known = { ...item.properties, ...patch.properties }
  return { properties: { ...known, ...facts } as NonNullable<ItemPatch['properties']> }
}

function factsOf(item: Item, element: Element): object {
  if (item.kind === 'appointment') return appointmentFacts(element)
  if (item.kind === 'task') return taskFacts(element)
  if (item.kind !== 'contact') return {}
  const texts = contactTextsOf(element)
  return Object.keys(texts).length === 0 ? {} : { fields: { ...item.properties.fields, ...texts } }
}
