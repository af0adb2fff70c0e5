import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Item, Task } from '../../mailbox/item.ts'
import type { TaskProperties } from '../../mailbox/item-properties.ts'
import { child, element, flagOf, numberOf, optional, text, textOf } from '../elements.ts'
import { dateTime, momentOf } from '../moments.ts'
import { bodyElement } from './item-bodies.ts'
import type { Adding, Changing, ItemClass, Writing } from './item-class.ts'
import { ItemProblem } from './item-problem.ts'
import { categoriesElement, readCategories } from './message.ts'
import { readBody } from './read-body.ts'
import { readRecurrence, recurrenceElements } from './recurrence.ts'
import { importanceOf, importances, sensitivities, sensitivityOf } from './shades.ts'

/** [MS-ASTASK]. */
export const taskClass: ItemClass = { name: 'Tasks', write, add, change }

async function write({ call, item, body, options }: Writing): Promise<readonly WbxmlElement[]> {
  const { properties, subject, importance, categories } = item as Task
  const moment = (name: string, value: string | undefined) => optional(name, value && dateTime(value))
  return [
    optional('Tasks:Subject', subject),
    text('Tasks:Importance', importances[importance]),
    moment('Tasks:UtcStartDate', properties.utcStart),
    moment('Tasks:StartDate', properties.start),
    moment('Tasks:UtcDueDate', properties.utcDue),
    moment('Tasks:DueDate', properties.due),
    recurrenceElement(properties, call.version),
    text('Tasks:Complete', properties.complete),
    moment('Tasks:DateCompleted', properties.completedAt),
    text('Tasks:Sensitivity', sensitivities[properties.sensitivity]),
    text('Tasks:ReminderSet', properties.reminderAt !== undefined),
    moment('Tasks:ReminderTime', properties.reminderAt),
    moment('Tasks:OrdinalDate', properties.ordinal),
    optional('Tasks:SubOrdinalDate', properties.subOrdinal),
    categoriesElement('Tasks', categories),
    await bodyElement({ body, mime: async () => undefined, isSigned: false }, options),
  ].filter((each): each is WbxmlElement => each !== undefined)
}

function recurrenceElement({ recurrence }: TaskProperties, version: number): WbxmlElement | undefined {
  if (!recurrence) return undefined
  const [type, ...rest] = recurrenceElements('Tasks', recurrence, { version, until: dateTime })
  return element(
    'Tasks:Recurrence',
    type,
    text('Tasks:Start', dateTime(recurrence.start)),
    rest,
    recurrence.regenerate && text('Tasks:Regenerate', 1),
    recurrence.deadOccurrence && text('Tasks:DeadOccur', 1),
  )
}

async function add({ call, folder, data }: Adding): Promise<Item> {
  const body = await readBody(data)
  return call.parts.mailboxes.createItem(call.mailboxId, {
    kind: 'task',
    folderId: folder.id,
    subject: textOf(data, 'Tasks:Subject') ?? '',
    importance: importanceOf(numberOf(data, 'Tasks:Importance')),
    categories: readCategories(data, 'Tasks') ?? [],
    ...body,
    properties: readTask(data, undefined),
    createdAt: call.now,
  })
}

/** What is not sent is gone, but for importance, reminder and body ([MS-ASTASK] 3.2.5.3). */
async function change({ call, item, data }: Changing): Promise<Item | undefined> {
  const body = await readBody(data)
  const importance = numberOf(data, 'Tasks:Importance')
  return call.parts.mailboxes.updateItem(call.mailboxId, item.id, {
    subject: textOf(data, 'Tasks:Subject') ?? '',
    categories: readCategories(data, 'Tasks') ?? [],
    ...(importance !== undefined && { importance: importanceOf(importance) }),
    ...(body && { body }),
    properties: readTask(data, (item as Task).properties),
  })
}

function readTask(data: WbxmlElement, before: TaskProperties | undefined): TaskProperties {
  const moment = (name: string) => momentOf(textOf(data, name))
  const complete = flagOf(data, 'Tasks:Complete') ?? false
  const reminderSet = flagOf(data, 'Tasks:ReminderSet')
  const reminderAt =
    reminderSet === undefined ? before?.reminderAt : reminderSet ? moment('Tasks:ReminderTime') : undefined
  const facts = {
    complete,
    completedAt: complete ? moment('Tasks:DateCompleted') : undefined,
    start: moment('Tasks:StartDate'),
    utcStart: moment('Tasks:UtcStartDate'),
    due: moment('Tasks:DueDate'),
    utcDue: moment('Tasks:UtcDueDate'),
    sensitivity: sensitivityOf(numberOf(data, 'Tasks:Sensitivity')),
    reminderAt,
    recurrence: readTaskRecurrence(data),
    ordinal: moment('Tasks:OrdinalDate'),
    subOrdinal: textOf(data, 'Tasks:SubOrdinalDate'),
  }
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as unknown as TaskProperties
}

function readTaskRecurrence(data: WbxmlElement): TaskProperties['recurrence'] {
  const given = child(data, 'Tasks:Recurrence')
  if (!given || given.children.length === 0) return undefined
  const start = momentOf(textOf(given, 'Tasks:Start'))
  if (!start) throw new ItemProblem(6, 'the recurrence of a task has a start')
  const regenerate = flagOf(given, 'Tasks:Regenerate')
  const deadOccurrence = flagOf(given, 'Tasks:DeadOccur')
  return {
    ...readRecurrence('Tasks', given),
    start,
    ...(regenerate !== undefined && { regenerate }),
    ...(deadOccurrence !== undefined && { deadOccurrence }),
  }
}
