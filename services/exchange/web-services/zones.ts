import type { Element } from '@xmldom/xmldom'
import { instantOf, offsetAt } from '../mailbox/time-zone.ts'
import { findTimeZone, type TimeZone } from '../mailbox/time-zones.ts'
import { attribute, child, descend, moment, textOf } from './elements.ts'
import { WebServicesError } from './web-services-error.ts'

/** Undefined is UTC. */
export type RequestZone = TimeZone | undefined

/** By which the request's moments without a zone are read, and those of the answer written: `t:TimeZoneContext`. */
export function contextZone(header: Element | undefined): RequestZone {
  const definition = descend(header, 'TimeZoneContext', 'TimeZoneDefinition')
  return definition && zoneOfDefinition(definition)
}

/**
 * A zone of Windows, by the Id of `t:StartTimeZone` or `t:TimeZoneDefinition`.
 * @throws WebServicesError ErrorTimeZone for a name that nobody knows.
 */
export function zoneOfDefinition(definition: Element): RequestZone {
  return zoneNamed(attribute(definition, 'Id') ?? attribute(definition, 'Name') ?? '')
}

/** What an item says of its own zone; `t:MeetingTimeZone` is that of clients of Exchange 2007. */
export function zoneOfItem(element: Element): RequestZone {
  const start = child(element, 'StartTimeZone') ?? child(element, 'EndTimeZone')
  if (start) return zoneOfDefinition(start)
  const older = attribute(child(element, 'MeetingTimeZone'), 'TimeZoneName') ?? textOf(element, 'StartTimeZoneId')
  return older === undefined ? undefined : zoneNamed(older)
}

function zoneNamed(name: string): RequestZone {
  // Of zones that programs make up, tzone:// carries the name that Windows has for them.
  const zone = findTimeZone(name.replace(/^tzone:\/\/Microsoft\//i, '').replace(/^Utc$/, 'UTC'))
  if (zone) return zone
  throw new WebServicesError('ErrorTimeZone', `there is no time zone "${name.slice(0, 60)}"`)
}

/** xs:dateTime without fractions: in UTC, or with the offset of the request's zone ("Time zones and EWS in Exchange"). */
export function momentIn(zone: RequestZone, at: Date | string): string {
  const instant = new Date(at)
  const minutes = zone ? offsetAt(zone.written, instant) : 0
  if (!zone || zone.name === 'UTC') return moment(instant)
  const wall = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, 19)
  const two = (value: number) => String(value).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${wall}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/**
 * The ISO instant of a written moment; what has no zone of its own is of `zone`.
 * @throws WebServicesError ErrorSchemaValidation for what is no moment.
 */
export function readInstant(written: string, zone: RequestZone, name: string): string {
  const text = written.trim()
  const isZoned = /Z$|[+-]\d\d:\d\d$/.test(text)
  const wall = new Date(isZoned ? text : `${/T/.test(text) ? text : `${text}T00:00:00`}Z`)
  if (Number.isNaN(wall.getTime())) throw new WebServicesError('ErrorSchemaValidation', `${name} is no moment`)
  return isZoned ? wall.toISOString() : instantOf(zone?.written, wall.toISOString())
}
