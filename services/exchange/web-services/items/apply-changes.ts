import type { Contact, Item, ItemPatch, Message, Task } from '../../mailbox/item.ts'
import type { TaskProperties } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'
import { textOf } from '../elements.ts'
import { contactPatch } from './change-contact.ts'
import { composeDraft, draftOf } from './draft.ts'
import { type ItemUpdate, invalidAction, requireDeletable, unsupportedUpdate } from './item-update.ts'
import { keptPatch } from './kept-properties.ts'
import { readWhole } from './read-attachments.ts'
import { taskFacts } from './read-task.ts'
import { sensitivityIn } from './shared-facts.ts'
import { mergedPatch, sharedPatch, textPatch } from './shared-patch.ts'

const draftFields = new Set([
  'item:Subject',
  'item:Body',
  'message:ToRecipients',
  'message:CcRecipients',
  'message:BccRecipients',
  'message:ReplyTo',
  'item:Attachments',
  'item:Sensitivity',
  'item:InReplyTo',
  'message:From',
  'message:References',
  'message:IsReadReceiptRequested',
  'message:IsDeliveryReceiptRequested',
])

/** SetItemField, AppendToItemField and DeleteItemField of [MS-OXWSCORE] 2.2.4, one after the other. */
export async function applyChanges(
  call: Call,
  item: Exclude<Item, { kind: 'appointment' }>,
  updates: readonly ItemUpdate[],
): Promise<ItemPatch> {
  let patch: ItemPatch = {}
  const own: ItemUpdate[] = []
  for (const update of updates) {
    const shared =
      sharedPatch(call, update) ??
      keptPatch(call, item.kind, update) ??
      (item.kind === 'message' ? undefined : await textPatch(call, item, update))
    if (shared) patch = mergedPatch(patch, shared)
    else own.push(update)
  }
  return own.length === 0 ? patch : { ...patch, ...(await ownPatch(call, item, own)) }
}

async function ownPatch(call: Call, item: Item, updates: readonly ItemUpdate[]): Promise<ItemPatch> {
  if (item.kind === 'message') return messagePatch(call, item, updates)
  if (item.kind === 'task') return taskPatch(call, item, updates)
  if (item.kind === 'contact') return contactPatch(item as Contact, updates)
  throw unsupportedUpdate(updates[0] as ItemUpdate)
}

/** The content of a message changes only while it is a draft; its subject may, later on. */
async function messagePatch(call: Call, item: Message, updates: readonly ItemUpdate[]): Promise<ItemPatch> {
  for (const update of updates.filter(({ how }) => how === 'delete')) requireDeletable(update)
  const odd = updates.find(({ how, uri }) => how !== 'delete' && !draftFields.has(uri))
  if (odd) throw unsupportedUpdate(odd)
  if (!item.isDraft) return receivedPatch(item, updates)
  let draft = await draftOf(call, item)
  for (const update of updates) {
    if (update.how === 'delete') draft = { ...draft, ...emptied(update) }
    else if (update.element) draft = await readWhole(call, update.element, draft, update.how === 'append')
  }
  return { mime: await composeDraft(call, draft) }
}

function receivedPatch({ properties }: Message, updates: readonly ItemUpdate[]): ItemPatch {
  const kept = updates.filter(({ how, uri }) => how !== 'delete' || draftFields.has(uri))
  const other = kept.find(({ uri, how }) => !lasting.has(uri) || how === 'append')
  if (other) throw invalidAction(other)
  const [subject, sensitivity] = [...lasting].map((name) => kept.findLast(({ uri }) => uri === name))
  return {
    ...(subject && { subject: textOf(subject.element, 'Subject') ?? '' }),
    ...(sensitivity && {
      properties: {
        ...properties,
        sensitivity: (sensitivity.element && sensitivityIn(sensitivity.element)) ?? 'normal',
      },
    }),
  }
}

/** What may be said of a message that is no draft any more. */
const lasting = new Set(['item:Subject', 'item:Sensitivity'])

const empties = {
  'item:Subject': { subject: '' },
  'item:Body': { text: '', html: undefined },
  'message:ToRecipients': { to: [] },
  'message:CcRecipients': { cc: [] },
  'message:BccRecipients': { bcc: [] },
  'message:ReplyTo': { replyTo: [] },
  'item:Attachments': { attachments: [] },
  'item:Sensitivity': { sensitivity: 'normal' },
  'item:InReplyTo': { inReplyTo: undefined },
  'message:From': { from: undefined },
  'message:References': { references: [] },
  'message:IsReadReceiptRequested': { readReceipt: false },
  'message:IsDeliveryReceiptRequested': { deliveryReceipt: false },
} as const

function emptied({ uri }: ItemUpdate): object {
  return empties[uri as keyof typeof empties] ?? {}
}

const taskRemovals: Readonly<Record<string, readonly (keyof TaskProperties)[]>> = {
  'task:StartDate': ['start', 'utcStart'],
  'task:DueDate': ['due', 'utcDue'],
  'task:Recurrence': ['recurrence'],
  'task:CompleteDate': ['completedAt'],
  'item:ReminderDueBy': ['reminderAt'],
  'item:ReminderIsSet': ['reminderAt'],
}
const taskFields =
  /^(task:(StartDate|DueDate|CompleteDate|Recurrence|Status|PercentComplete)|item:(Sensitivity|Reminder\w+))$/

function taskPatch(call: Call, { properties: before }: Task, updates: readonly ItemUpdate[]): ItemPatch {
  let properties: TaskProperties = before
  for (const update of updates) {
    const { how, uri, element } = update
    if (how === 'append' || !(taskFields.test(uri) || how === 'delete')) throw unsupportedUpdate(update)
    if (how === 'delete' || !element) properties = lacking(properties, update)
    else if (textOf(element, 'ReminderIsSet') === 'false')
      properties = lacking(properties, { ...update, uri: 'item:ReminderIsSet' })
    else properties = { ...properties, ...taskFacts(call, element, properties) }
  }
  return { properties }
}

function lacking(properties: TaskProperties, update: ItemUpdate): TaskProperties {
  if (update.uri === 'item:Sensitivity') return { ...properties, sensitivity: 'normal' }
  const gone = taskRemovals[update.uri]
  if (!gone) {
    requireDeletable(update)
    return properties
  }
  const kept = Object.entries(properties).filter(([name]) => !(gone as readonly string[]).includes(name))
  return Object.fromEntries(kept) as unknown as TaskProperties
}
