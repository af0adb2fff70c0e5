import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../../errors.ts'
import type { Item, Task } from '../../mailbox/item.ts'
import type { MailboxStore } from '../../mailbox/mailbox-store.ts'
import { wallClock } from '../../mailbox/time-zones.ts'
import { dateText, timeText } from '../../pages/moments.ts'
import { itemListPage, itemPage, type TaskFormView, taskFormPage } from '../../pages/tasks-page.ts'
import { newTaskUrl, notesUrl, taskActionUrl, tasksUrl, taskUrl } from '../../urls.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { recurrenceWords } from '../calendar/recurrence-words.ts'
import { frameOf } from '../frame.ts'
import { preferencesOf } from '../preferences.ts'
import { requestedItems } from '../requested-items.ts'

/** `/owa/?path=/tasks`: newest first; what is done is struck through. */
export async function showTasks(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config } = parts
  const { items, next } = await requestedItems(request, parts, visit, 'tasks')
  request.recording.note({ step: config.steps.read, decision: 'tasksPage' })
  return sendPage(
    reply,
    itemListPage({
      ...frameOf(config, visit, 'tasks'),
      heading: 'Tasks',
      rows: items.filter(isTask).map(rowOf),
      empty: 'There are no tasks.',
      newItem: { text: 'New task', url: newTaskUrl },
      beside: { text: 'Notes', url: notesUrl() },
      olderUrl: next && tasksUrl(next),
    }),
  )
}

function isTask(item: Item): item is Task {
  return item.kind === 'task'
}

function rowOf({ id, subject, importance, categories, properties: { complete, due } }: Task) {
  const detail = [due && `Due ${dateText(new Date(due))}`, importance === 'high' && 'Important', ...categories]
  return { name: subject, detail: detail.filter((each) => each).join(', '), isDone: complete, url: taskUrl(id) }
}

/** @throws ExchangeError noSuchItem for what is no task of the mailbox. */
export async function findTask(mailboxes: MailboxStore, mailboxId: string, id: unknown): Promise<Task> {
  const item = await mailboxes.findItem(mailboxId, String(id))
  if (item?.kind === 'task') return item
  throw new ExchangeError('noSuchItem', `the mailbox has no task "${id}"`)
}

/** `/owa/?path=/tasks/item&ItemID=…` */
export async function showTask(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, mailboxes } = parts
  const { mailboxId } = visit.session
  const task = await findTask(mailboxes, mailboxId, (request.query as Record<string, unknown>).ItemID)
  const { zone } = await preferencesOf(parts, visit.session)
  request.recording.note({ step: config.steps.read, decision: 'taskPage' })
  return sendPage(
    reply,
    itemPage({
      ...frameOf(config, visit, 'tasks'),
      subject: task.subject,
      facts: factsOf(task, (moment) => wallClock(zone.written, new Date(moment))),
      text: (await mailboxes.readBody(mailboxId, task.id))?.text ?? '',
      back: { text: 'Back to tasks', url: tasksUrl() },
      actions: {
        action: taskActionUrl,
        canary: visit.canary,
        itemId: task.id,
        editUrl: taskUrl(task.id, 'action/edit'),
        isComplete: task.properties.complete,
      },
    }),
  )
}

/** Its dates are days of the person's own calendar; only the reminder is an instant. */
function factsOf({ properties, importance, categories }: Task, wall: (moment: string) => Date) {
  const { complete, completedAt, start, due, sensitivity, reminderAt, recurrence } = properties
  const day = (moment: string | undefined) => moment && dateText(new Date(moment))
  const reminder = reminderAt && wall(reminderAt)
  const facts: Readonly<Record<string, string | undefined>> = {
    Status: complete ? `Complete${completedAt ? `, ${day(completedAt)}` : ''}` : 'Not complete',
    Start: day(start),
    Due: day(due),
    Repeats: recurrence && recurrenceWords(recurrence),
    Reminder: reminder ? `${dateText(reminder)}, ${timeText(reminder)}` : undefined,
    Importance: importance === 'normal' ? undefined : importance,
    Sensitivity: sensitivity === 'normal' ? undefined : sensitivity,
    Categories: categories.join(', '),
  }
  return Object.entries(facts).flatMap(([label, value]) => (value ? [{ label, value }] : []))
}

/** `/owa/?path=/tasks/action/compose` and `/tasks/action/edit&ItemID=…`. */
export async function showTaskForm(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { ItemID } = request.query as Record<string, unknown>
  request.recording.note({ decision: 'taskForm' })
  if (ItemID === undefined) return sendTaskForm(reply, parts, visit, { values: emptyTask })
  const { mailboxId } = visit.session
  const { id, subject, importance, properties } = await findTask(parts.mailboxes, mailboxId, ItemID)
  const values = {
    subject,
    startDate: properties.start?.slice(0, 10) ?? '',
    dueDate: properties.due?.slice(0, 10) ?? '',
    importance,
    notes: (await parts.mailboxes.readBody(mailboxId, id))?.text ?? '',
  }
  return sendTaskForm(reply, parts, visit, { values, itemId: id })
}

export type TaskValues = TaskFormView['values']
const emptyTask: TaskValues = { subject: '', startDate: '', dueDate: '', importance: 'normal', notes: '' }

export interface TaskForm {
  readonly values: TaskValues
  /** Absent for a new one. */
  readonly itemId?: string | undefined
  readonly problem?: string
}

export function sendTaskForm(
  reply: FastifyReply,
  parts: WebParts,
  visit: Visit,
  { values, itemId, problem }: TaskForm,
) {
  const view = {
    ...frameOf(parts.config, visit, 'tasks'),
    heading: itemId === undefined ? 'New task' : 'Edit task',
    action: taskActionUrl,
    canary: visit.canary,
    itemId: itemId ?? '',
    values,
    cancelUrl: itemId === undefined ? tasksUrl() : taskUrl(itemId),
    problem,
  }
  return sendPage(reply, taskFormPage(view), problem === undefined ? 200 : 400)
}
