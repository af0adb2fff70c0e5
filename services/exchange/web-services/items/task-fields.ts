import type { XmlPart } from '#shared/xml/markup.ts'
import type { TaskProperties } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'
import { t } from '../elements.ts'
import { momentIn } from '../zones.ts'
import type { Field } from './item-fields.ts'
import { keptElement } from './kept-properties.ts'
import { recurrenceElement } from './recurrence.ts'

/** [MS-OXWSTASK] 2.2.4.3 TaskType, in the order of the schema. */
export const taskFields: readonly Field[] = [
  kept('ActualWork'),
  kept('BillingInformation'),
  kept('Companies'),
  day('CompleteDate', ({ completedAt }) => completedAt),
  kept('Contacts'),
  day('DueDate', ({ utcDue, due }) => utcDue ?? due),
  of('IsComplete', ({ complete }) => t('IsComplete', String(complete))),
  of('IsRecurring', ({ recurrence }) => t('IsRecurring', String(recurrence !== undefined))),
  kept('Mileage'),
  of('PercentComplete', ({ complete, percentComplete = 0 }) =>
    t('PercentComplete', String(complete ? 100 : percentComplete)),
  ),
  of('Recurrence', ({ recurrence }, { zone }) => {
    if (!recurrence) return undefined
    return recurrenceElement(recurrence, { start: recurrence.start, timeZone: zone?.written })
  }),
  day('StartDate', ({ utcStart, start }) => utcStart ?? start),
  of('Status', ({ complete, status = 'NotStarted' }) => t('Status', complete ? 'Completed' : status)),
  kept('TotalWork'),
]

function kept(name: string): Field {
  const uri = `task:${name}`
  return { uri, in: 'Default', write: ({ item }) => (item.kind === 'task' ? keptElement(item, uri) : undefined) }
}

function day(name: string, read: (task: TaskProperties) => string | undefined): Field {
  return of(name, (task, call) => {
    const at = read(task)
    return at === undefined ? undefined : t(name, momentIn(call.zone, at))
  })
}

function of(name: string, write: (task: TaskProperties, call: Call) => XmlPart): Field {
  return {
    uri: `task:${name}`,
    in: 'Default',
    write: ({ item, call }) => (item.kind === 'task' ? write(item.properties, call) : undefined),
  }
}
