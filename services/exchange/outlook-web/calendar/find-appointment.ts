import { ExchangeError } from '../../errors.ts'
import type { Appointment } from '../../mailbox/item.ts'
import type { AppointmentException } from '../../mailbox/item-properties.ts'
import type { MailboxStore } from '../../mailbox/mailbox-store.ts'
import { type Occurrence, occurrencesOf } from '../../mailbox/occurrences.ts'
import { offsetAt } from '../../mailbox/time-zone.ts'

/** An appointment, or the one occurrence of a series that a page is about. */
export interface FoundAppointment {
  readonly appointment: Appointment
  /** The start that the pattern gives it; absent for the whole series. */
  readonly occurrence?: string
  readonly shown: Occurrence
}

/** @throws ExchangeError noSuchItem for what the calendar does not have. */
export async function findAppointment(
  mailboxes: MailboxStore,
  mailboxId: string,
  { ItemID, occurrence }: Readonly<Record<string, unknown>>,
): Promise<FoundAppointment> {
  const item = await mailboxes.findItem(mailboxId, String(ItemID))
  if (item?.kind !== 'appointment') throw new ExchangeError('noSuchItem', `the mailbox has no appointment "${ItemID}"`)
  const { start, end, recurrence } = item.properties
  const whole = { start: new Date(start), end: new Date(end), originalStart: new Date(start) }
  if (!recurrence || typeof occurrence !== 'string' || occurrence === '') return { appointment: item, shown: whole }
  const shown = await findOccurrence(item, occurrence)
  if (!shown) throw new ExchangeError('noSuchItem', `the series "${ItemID}" has no occurrence at "${occurrence}"`)
  return { appointment: item, occurrence: shown.originalStart.toISOString(), shown }
}

async function findOccurrence({ properties }: Appointment, written: string): Promise<Occurrence | undefined> {
  const moment = new Date(written)
  if (Number.isNaN(moment.getTime())) return undefined
  const isNamed = ({ originalStart }: { readonly originalStart: Date | string }) =>
    new Date(originalStart).getTime() === moment.getTime()
  const exception = properties.exceptions.find(isNamed)
  if (exception?.deleted) return undefined
  // Where the pattern has it, wherever the exception moved it to.
  const series = { ...properties, exceptions: [] }
  const span = { from: moment, to: new Date(moment.getTime() + 1) }
  const regular = await occurrencesOf(series, span, (instant) => offsetAt(properties.timeZone, instant))
  const found = regular.find(isNamed)
  return found && (exception ? changed(found, exception) : found)
}

function changed(regular: Occurrence, exception: AppointmentException): Occurrence {
  const start = exception.start ? new Date(exception.start) : regular.start
  const duration = regular.end.getTime() - regular.start.getTime()
  const end = exception.end ? new Date(exception.end) : new Date(start.getTime() + duration)
  return { start, end, originalStart: regular.originalStart, exception }
}
