import type { Element } from '@xmldom/xmldom'
import type { TaskProperties } from '../../mailbox/item-properties.ts'
import { instantOf, wallClock } from '../../mailbox/time-zone.ts'
import type { Call } from '../call.ts'
import { flagOf, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { readMoment } from './moments.ts'
import { readRecurrence, recurrenceIn } from './recurrence.ts'
import { sensitivityIn } from './shared-facts.ts'
import { withoutAbsent } from './without-absent.ts'

const statuses = ['NotStarted', 'InProgress', 'Completed', 'WaitingOnOthers', 'Deferred'] as const

/** What an element says of a task; it may say one thing only. */
export function taskFacts(call: Call, element: Element, before: Partial<TaskProperties> = {}): Partial<TaskProperties> {
  const day = (name: string) => readMoment(element, name, call.zone)
  const [start, due] = [day('StartDate'), day('DueDate')]
  const completedAt = day('CompleteDate')
  const facts = {
    ...(start !== undefined && { start: wallOf(call, start), utcStart: start }),
    ...(due !== undefined && { due: wallOf(call, due), utcDue: due }),
    ...progressOf(call, element, before),
    ...(completedAt !== undefined && { completedAt }),
    sensitivity: sensitivityIn(element),
    reminderAt: flagOf(element, 'ReminderIsSet') === false ? undefined : day('ReminderDueBy'),
    ...patternOf(call, element, start ?? before.utcStart),
  }
  return withoutAbsent(facts) as Partial<TaskProperties>
}

/** As [MS-ASTASK] pairs them: what the clocks show, as if it were UTC. */
function wallOf({ zone }: Call, instant: string): string {
  return wallClock(zone?.written, instant)
}

/** Status and percentage follow one another ([MS-OXOTASK] 2.2.2.2). */
function progressOf({ now }: Call, element: Element, before: Partial<TaskProperties>): Partial<TaskProperties> {
  const [status, percent] = [statusIn(element), percentIn(element)]
  if (status === undefined && percent === undefined) return {}
  if (status === 'Completed' || (status === undefined && percent === 100))
    return { complete: true, completedAt: before.completedAt ?? now.toISOString(), percentComplete: 100 }
  const known = before.complete ? 0 : (before.percentComplete ?? 0)
  const percentComplete = percent ?? known
  return { complete: false, percentComplete, status: status ?? (percentComplete > 0 ? 'InProgress' : 'NotStarted') }
}

function statusIn(element: Element): (typeof statuses)[number] | undefined {
  const written = textOf(element, 'Status')?.trim()
  const status = statuses.find((each) => each === written)
  if (written === undefined || status) return status
  throw new WebServicesError('ErrorSchemaValidation', `Status is "${written.slice(0, 40)}"`)
}

function percentIn(element: Element): number | undefined {
  const written = textOf(element, 'PercentComplete')
  if (written === undefined) return undefined
  const value = Number(written)
  if (value >= 0 && value <= 100) return value
  throw new WebServicesError('ErrorInvalidPercentCompleteValue', `PercentComplete is "${written.slice(0, 20)}"`)
}

function patternOf({ zone }: Call, element: Element, start: string | undefined): Partial<TaskProperties> {
  const given = recurrenceIn(element)
  if (!given) return {}
  const frame = { start: start ?? '1970-01-01T00:00:00.000Z', timeZone: zone?.written }
  const { begins, ...recurrence } = readRecurrence(given, frame)
  return { recurrence: { ...recurrence, start: start ?? instantOf(zone?.written, `${begins}T00:00:00.000Z`) } }
}
