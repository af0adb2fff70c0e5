import type { Element } from '@xmldom/xmldom'
import { textOf } from '../elements.ts'
import { type RequestZone, readInstant } from '../zones.ts'

/**
 * The ISO instant that an element's child says; absent for one that is not there.
 * @throws WebServicesError for what is no moment.
 */
export function readMoment(element: Element, name: string, zone?: RequestZone): string | undefined {
  const written = textOf(element, name)
  return written === undefined ? undefined : readInstant(written, zone, name)
}
