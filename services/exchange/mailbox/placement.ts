import type { AppointmentProperties, ItemKind, ItemProperties, TaskProperties } from './item-properties.ts'
import { lastEndOf } from './occurrences.ts'

type AnyProperties = ItemProperties[ItemKind]

/** Later than every moment that clients name. */
export const forever = Date.UTC(9999, 0, 1)

/** The moment by which a folder's pages are in order. */
export function orderedAtOf(kind: ItemKind, properties: AnyProperties, createdAt: Date): number {
  if (kind !== 'appointment') return createdAt.getTime()
  return momentOf((properties as AppointmentProperties).start, createdAt)
}

/** An appointment is kept as long as one of its occurrences is, a task until it is complete, all else by its age. */
export function keptUntilOf(kind: ItemKind, properties: AnyProperties, createdAt: Date): number {
  if (kind === 'appointment') return lastEndOf(properties as AppointmentProperties)?.getTime() ?? forever
  if (kind === 'task') return (properties as TaskProperties).complete ? 0 : forever
  return createdAt.getTime()
}

export function uidOf(kind: ItemKind, properties: AnyProperties): string | null {
  return kind === 'appointment' ? (properties as AppointmentProperties).uid : null
}

function momentOf(written: string, otherwise: Date): number {
  const moment = Date.parse(written)
  return Number.isNaN(moment) ? otherwise.getTime() : moment
}
