/** Certificates are judged by browsers, which know only the machine's own time; the lab's clock never reaches them. */
export function wallClock(): Date {
  return new Date()
}
