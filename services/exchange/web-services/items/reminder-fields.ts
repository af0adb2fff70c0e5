import type { XmlPart } from '#shared/xml/markup.ts'
import { t } from '../elements.ts'
import type { ShownItem } from '../shown-item.ts'
import { momentIn } from '../zones.ts'
import type { Field } from './item-fields.ts'
import type { ItemView } from './item-view.ts'

interface Reminder {
  readonly due: string
  readonly minutes: number
}

/** When somebody is reminded of an appointment, task or message; in the order of [MS-OXWSCORE] 2.2.4.24. */
export const reminderFields: readonly Field[] = [
  of('ReminderDueBy', ({ call }, reminder) => reminder && t('ReminderDueBy', momentIn(call.zone, reminder.due))),
  of('ReminderIsSet', ({ item }, reminder) => hasReminders(item) && t('ReminderIsSet', String(reminder !== undefined))),
  of(
    'ReminderMinutesBeforeStart',
    ({ item }, reminder) => hasReminders(item) && t('ReminderMinutesBeforeStart', String(reminder?.minutes ?? 0)),
  ),
]

function of(name: string, write: (view: ItemView, reminder: Reminder | undefined) => XmlPart): Field {
  return { uri: `item:${name}`, in: 'AllProperties', write: (view) => write(view, reminderOf(view.item)) }
}

function hasReminders({ kind }: ShownItem): boolean {
  return kind === 'appointment' || kind === 'task' || kind === 'message'
}

function reminderOf(item: ShownItem): Reminder | undefined {
  if (item.kind === 'appointment') {
    const { reminderMinutes, start } = item.properties
    return reminderMinutes === undefined ? undefined : { due: start, minutes: reminderMinutes }
  }
  if (item.kind === 'task')
    return item.properties.reminderAt ? { due: item.properties.reminderAt, minutes: 0 } : undefined
  return item.flag?.reminderAt ? { due: item.flag.reminderAt, minutes: 0 } : undefined
}
