import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExchangeError } from '../../errors.ts'
import type { Importance, Task } from '../../mailbox/item.ts'
import type { TaskProperties } from '../../mailbox/item-properties.ts'
import { instantOfWall, type TimeZone } from '../../mailbox/time-zones.ts'
import { tasksUrl, taskUrl } from '../../urls.ts'
import { requireCanary, type Visit, type WebParts } from '../../web-session/visit.ts'
import { readDay } from '../calendar/calendar-span.ts'
import { unlessFull } from '../compose/submit-compose.ts'
import { preferencesOf } from '../preferences.ts'
import { findTask, sendTaskForm, type TaskValues } from './show-tasks.ts'

/** `POST /owa/tasks.owa`: saves, completes, opens again or deletes a task. */
export async function submitTask(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  const form = (request.body ?? {}) as Record<string, unknown>
  const { mailboxes } = parts
  const { mailboxId } = visit.session
  const before = form.ItemID ? await findTask(mailboxes, mailboxId, form.ItemID) : undefined
  if (form.action === 'save') return save(request, reply, parts, { visit, before, values: readValues(form) })
  if (!before) throw new ExchangeError('noSuchItem', `there is no action "${form.action}" without a task`)
  request.recording.note({ decision: `task ${form.action}` })
  if (form.action === 'delete') {
    await mailboxes.deleteItem(mailboxId, before.id, 'toDeletedItems')
    return reply.redirect(tasksUrl(), 303)
  }
  if (form.action !== 'complete' && form.action !== 'reopen')
    throw new ExchangeError('noSuchItem', `there is no action "${form.action}"`)
  const properties = marked(before.properties, form.action === 'complete' ? parts.context.clock.now() : undefined)
  await mailboxes.updateItem(mailboxId, before.id, { properties })
  return reply.redirect(taskUrl(before.id), 303)
}

function marked({ completedAt: _, ...properties }: TaskProperties, at: Date | undefined): TaskProperties {
  return at ? { ...properties, complete: true, completedAt: at.toISOString() } : { ...properties, complete: false }
}

function readValues(form: Readonly<Record<string, unknown>>): TaskValues {
  const text = (name: string) => (typeof form[name] === 'string' ? (form[name] as string) : '')
  return {
    subject: text('subject')
      .replace(/[\r\n]+/g, ' ')
      .trim()
      .slice(0, 255),
    startDate: text('startDate'),
    dueDate: text('dueDate'),
    importance: text('importance'),
    notes: text('notes'),
  }
}

interface Writing {
  readonly visit: Visit
  readonly before: Task | undefined
  readonly values: TaskValues
}

async function save(request: FastifyRequest, reply: FastifyReply, parts: WebParts, { visit, before, values }: Writing) {
  const problem = problemWith(values)
  if (problem !== undefined) {
    request.recording.note({ decision: 'taskNotSaved', reason: problem })
    return sendTaskForm(reply, parts, visit, { values, itemId: before?.id, problem })
  }
  const { zone } = await preferencesOf(parts, visit.session)
  const id = await unlessFull(keep(parts, visit.session.mailboxId, { values, before, zone }))
  request.recording.note({ decision: before ? 'taskChanged' : 'taskMade' })
  return reply.redirect(taskUrl(id), 303)
}

function problemWith({ subject, startDate, dueDate }: TaskValues): string | undefined {
  if (subject === '') return 'A task has a subject.'
  if (startDate !== '' && !readDay(startDate)) return 'The start is no date.'
  if (dueDate !== '' && !readDay(dueDate)) return 'The due date is no date.'
  return startDate !== '' && dueDate !== '' && dueDate < startDate ? 'The task is due before it starts.' : undefined
}

interface Kept {
  readonly values: TaskValues
  readonly before: Task | undefined
  readonly zone: TimeZone
}

async function keep({ mailboxes, context }: WebParts, mailboxId: string, { values, before, zone }: Kept) {
  const { subject, notes } = values
  const importance: Importance = (['low', 'high'] as const).find((each) => each === values.importance) ?? 'normal'
  const properties = propertiesOf(values, before?.properties, zone)
  if (before) {
    await mailboxes.updateItem(mailboxId, before.id, { subject, importance, properties, body: { text: notes } })
    return before.id
  }
  const folderId = (await mailboxes.wellKnownFolder(mailboxId, 'tasks')).id
  const facts = { folderId, subject, importance, properties, text: notes, createdAt: context.clock.now() }
  return (await mailboxes.createItem(mailboxId, { kind: 'task', ...facts })).id
}

/** Each date as the day, and as the instant at which it begins for the person ([MS-ASTASK] 2.2.2.10, 2.2.2.29). */
function propertiesOf(
  { startDate, dueDate }: TaskValues,
  before: TaskProperties | undefined,
  zone: TimeZone,
): TaskProperties {
  const { start: _start, utcStart: _utcStart, due: _due, utcDue: _utcDue, ...rest } = before ?? newTask
  const dates = (name: 'start' | 'due', written: string) => {
    const day = readDay(written)
    if (!day) return {}
    const instant = instantOfWall(zone.written, day).toISOString()
    return { [name]: day.toISOString(), [name === 'start' ? 'utcStart' : 'utcDue']: instant }
  }
  return { ...rest, ...dates('start', startDate), ...dates('due', dueDate) }
}

const newTask: TaskProperties = { complete: false, sensitivity: 'normal' }
