import type { XmlPart } from '#shared/xml/markup.ts'
import { t } from '../elements.ts'
import type { ShownItem } from '../shown-item.ts'
import { momentIn } from '../zones.ts'
import type { Field } from './item-fields.ts'
import type { ItemView } from './item-view.ts'
import { keptValues } from './kept-properties.ts'

interface Reminder {
  readonly due?: string | undefined
  readonly minutes: number
}

/** When somebody is reminded of an appointment, task or message; in the order of [MS-OXWSCORE] 2.2.4.24. */
export const reminderFields: readonly Field[] = [
  of('ReminderDueBy', ({ call }, reminder) => reminder?.due && t('ReminderDueBy', momentIn(call.zone, reminder.due))),
  of('ReminderIsSet', ({ item }, reminder) => hasReminders(item) && t('ReminderIsSet', String(reminder !== undefined))),
  of(
    'ReminderMinutesBeforeStart',
    ({ item }, reminder) => hasReminders(item) && t('ReminderMinutesBeforeStart', String(reminder?.minutes ?? 0)),
  ),
]

function of(name: string, write: (view: ItemView, reminder: Reminder | undefined) => XmlPart): Field {
  return { uri: `item:${name}`, in: 'AllProperties', write: (view) => write(view, reminderOf(view.item)) }
}

/** Of contacts those that were given one. */
function hasReminders(item: ShownItem): boolean {
  return item.kind === 'contact' ? keptIsSet(item) !== undefined : item.kind !== 'note'
}

function reminderOf(item: ShownItem): Reminder | undefined {
  if (item.kind === 'appointment') {
    const { reminderMinutes, start } = item.properties
    return reminderMinutes === undefined ? undefined : { due: start, minutes: reminderMinutes }
  }
  if (item.kind === 'task')
    return item.properties.reminderAt ? { due: item.properties.reminderAt, minutes: 0 } : undefined
  const isSet = keptIsSet(item)
  if (isSet !== undefined) return isSet ? keptReminder(item) : undefined
  return item.flag?.reminderAt ? { due: item.flag.reminderAt, minutes: 0 } : undefined
}

/** Whether a message or contact reminds; undefined for one of which nobody said so. */
function keptIsSet(item: ShownItem): boolean | undefined {
  const [isSet] = keptValues(item, 'item:ReminderIsSet') ?? []
  return isSet === undefined ? undefined : isSet === 'true'
}

function keptReminder(item: ShownItem): Reminder {
  const [due] = keptValues(item, 'item:ReminderDueBy') ?? []
  const [minutes] = keptValues(item, 'item:ReminderMinutesBeforeStart') ?? []
  return { due: Number.isNaN(Date.parse(due ?? '')) ? undefined : due, minutes: Number(minutes ?? 0) || 0 }
}
