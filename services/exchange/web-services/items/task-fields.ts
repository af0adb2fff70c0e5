import type { XmlPart } from '#shared/xml/markup.ts'
import type { TaskProperties } from '../../mailbox/item-properties.ts'
import { moment, t } from '../elements.ts'
import type { Field } from './item-fields.ts'

/** [MS-OXWSTASK] 2.2.4.3 TaskType, in the order of the schema. */
export const taskFields: readonly Field[] = [
  of('task:CompleteDate', ({ completedAt }) => completedAt && t('CompleteDate', moment(completedAt))),
  of('task:DueDate', ({ utcDue, due }) => (utcDue ?? due) && t('DueDate', moment(utcDue ?? due ?? ''))),
  of('task:IsComplete', ({ complete }) => t('IsComplete', String(complete))),
  of('task:PercentComplete', ({ complete }) => t('PercentComplete', complete ? '100' : '0')),
  of('task:StartDate', ({ utcStart, start }) => (utcStart ?? start) && t('StartDate', moment(utcStart ?? start ?? ''))),
  of('task:Status', ({ complete }) => t('Status', complete ? 'Completed' : 'NotStarted')),
]

function of(uri: string, write: (task: TaskProperties) => XmlPart | ''): Field {
  return {
    uri,
    in: 'Default',
    write: ({ item }) => (item.kind === 'task' ? write(item.properties) || undefined : undefined),
  }
}
