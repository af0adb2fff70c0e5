/** `2026-05-01 12:00:00`, in UTC as all of the lab. */
export function timeText(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ')
}

/** `12:00:00.250` */
export function clockText(instant: string): string {
  return instant.slice(11, 23)
}
