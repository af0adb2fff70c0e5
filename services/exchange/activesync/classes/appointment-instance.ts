import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { isOtherOccurrence, withException } from '../../calendar/meeting-change.ts'
import type { Appointment, Item } from '../../mailbox/item.ts'
import type { AppointmentException, AppointmentProperties } from '../../mailbox/item-properties.ts'
import { occurrencesOf } from '../../mailbox/occurrences.ts'
import { offsetAt } from '../../mailbox/time-zone.ts'
import type { Call } from '../call.ts'
import { instanceOf } from './appointment.ts'
import { ItemProblem } from './item-problem.ts'
import { instantReader, readExceptionFacts } from './read-appointment.ts'
import { nextInvitation, tellOfChange, tellOfRemoval } from './tell-attendees.ts'

/** 16.x: one occurrence of a series, named by the start that the pattern gives it. */
export async function changeInstance(
  call: Call,
  appointment: Appointment,
  data: WbxmlElement,
  instanceId: string,
): Promise<Item> {
  const moment = instantReader(appointment.properties, call.version)
  const originalStart = await requireOccurrence(appointment, moment(instanceId) ?? instanceOf(instanceId))
  const before = appointment.properties.exceptions.find((each) => each.originalStart === originalStart)
  const reading = { moment, version: call.version, before: appointment.properties }
  const exception = { ...before, ...readExceptionFacts(data, reading), originalStart, deleted: false }
  const isNews = isOtherOccurrence(before, exception)
  const after = await keepException(call, appointment, exception, isNews)
  await tellOfChange(call, { before: appointment, after, isNews, occurrence: originalStart })
  return after
}

export async function removeInstance(call: Call, item: Item, instanceId: string): Promise<Item> {
  if (item.kind !== 'appointment') throw new ItemProblem(6, 'only appointments have occurrences')
  const moment = instantReader(item.properties, call.version)
  const originalStart = await requireOccurrence(item, moment(instanceId) ?? instanceOf(instanceId))
  await tellOfRemoval(call, item, originalStart)
  return keepException(call, item, { originalStart, deleted: true }, true)
}

async function requireOccurrence({ properties }: Appointment, start: string): Promise<string> {
  if (!properties.recurrence) throw new ItemProblem(146, 'the appointment is no series')
  if (await hasOccurrence(properties, start)) return start
  throw new ItemProblem(6, `the series has no occurrence at ${start}`)
}

/** @throws ItemProblem 184 for a new series of 16.x with an exception to no occurrence ([MS-ASCMD] 2.2.2). */
export async function requireExceptions(properties: AppointmentProperties): Promise<void> {
  for (const { originalStart } of properties.exceptions)
    if (!(await hasOccurrence(properties, originalStart)))
      throw new ItemProblem(184, `an exception is of ${originalStart}, where the series has no occurrence`)
}

/** By its pattern, whatever became of it. */
async function hasOccurrence(properties: AppointmentProperties, start: string): Promise<boolean> {
  const moment = Date.parse(start)
  const series = { ...properties, exceptions: [] }
  const span = { from: new Date(moment), to: new Date(moment + 1) }
  const found = await occurrencesOf(series, span, (instant) => offsetAt(properties.timeZone, instant))
  return found.some((each) => each.start.getTime() === moment)
}

async function keepException(
  call: Call,
  appointment: Appointment,
  exception: AppointmentException,
  isNews: boolean,
): Promise<Appointment> {
  const changed = await call.parts.mailboxes.updateItem(call.mailboxId, appointment.id, {
    properties: {
      ...withException(appointment.properties, exception),
      ...(isNews && nextInvitation(call, appointment)),
    },
  })
  return (changed as Appointment | undefined) ?? appointment
}
