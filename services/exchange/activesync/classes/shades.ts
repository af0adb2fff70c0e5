import type { Importance } from '../../mailbox/item.ts'
import type { BusyStatus, Sensitivity } from '../../mailbox/item-properties.ts'

/** The numbers by which the protocol names them. */
export const importances: Readonly<Record<Importance, number>> = { low: 0, normal: 1, high: 2 }
export const sensitivities: Readonly<Record<Sensitivity, number>> = {
  normal: 0,
  personal: 1,
  private: 2,
  confidential: 3,
}
export const busyStatuses: Readonly<Record<BusyStatus, number>> = {
  free: 0,
  tentative: 1,
  busy: 2,
  outOfOffice: 3,
  elsewhere: 4,
}

export function importanceOf(value: number | undefined): Importance {
  return nameOf(importances, value) ?? 'normal'
}

export function sensitivityOf(value: number | undefined): Sensitivity {
  return nameOf(sensitivities, value) ?? 'normal'
}

export function busyStatusOf(value: number | undefined): BusyStatus {
  return nameOf(busyStatuses, value) ?? 'busy'
}

/** "Working elsewhere" is of 16.0; before, it is free. */
export function busyStatusFor(status: BusyStatus, version: number): number {
  return status === 'elsewhere' && version < 160 ? busyStatuses.free : busyStatuses[status]
}

export function nameOf<Name extends string>(
  values: Readonly<Record<Name, number>>,
  value: number | undefined,
): Name | undefined {
  return (Object.keys(values) as Name[]).find((name) => values[name] === value)
}
