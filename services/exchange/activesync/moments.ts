import { ActiveSyncError } from './http/active-sync-error.ts'

/** [MS-ASDTYPE] 2.3: `2026-03-02T09:15:00.000Z`. */
export function dateTime(moment: Date | string): string {
  return new Date(moment).toISOString()
}

/** [MS-ASDTYPE] 2.7.2: `20260302T091500Z`. */
export function compactDateTime(moment: Date | string): string {
  return new Date(moment).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

const compact = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z$/

/** Either spelling, as an ISO instant; undefined for what is no moment. */
export function momentOf(written: string | undefined): string | undefined {
  if (written === undefined || written === '') return undefined
  const parts = compact.exec(written)
  const iso = parts ? `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z` : written
  const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(iso) ? Date.parse(iso) : Number.NaN
  return Number.isNaN(moment) ? undefined : new Date(moment).toISOString()
}

/** @throws ActiveSyncError 104 for what is no moment. */
export function requiredMoment(written: string | undefined): string {
  const moment = momentOf(written)
  if (moment === undefined) throw new ActiveSyncError('invalidDateTime', `"${written}" is no date and time`)
  return moment
}
