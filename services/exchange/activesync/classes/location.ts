import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { type AppointmentFacts, type Place, placeFields } from '../../mailbox/item-properties.ts'
import { child, element, optional, text, textOf } from '../elements.ts'
import { ItemProblem } from './item-problem.ts'

export type Located = Partial<Pick<AppointmentFacts, 'location' | 'place'>>

const numbers = new Set<string>(['accuracy', 'altitude', 'altitudeAccuracy', 'latitude', 'longitude'])
const elementName = (field: string) => `AirSyncBase:${field.charAt(0).toUpperCase()}${field.slice(1)}`

/** Up to 14.1 a text, from 16.0 on with what else is known of the place ([MS-ASAIRS] 2.2.2.28). */
export function locationElement({ location, place }: Located, version: number): WbxmlElement | undefined {
  const known = placeOf({ location, place })
  if ((location === undefined || location === '') && !known) return undefined
  if (version < 160) return optional('Calendar:Location', location)
  return element(
    'AirSyncBase:Location',
    optional('AirSyncBase:DisplayName', location),
    placeFields.map((field) => optional(elementName(field), known?.[field])),
  )
}

/** Of the name that is shown: somebody else may have written another since. */
function placeOf({ location = '', place }: Located): Place | undefined {
  return place && place.displayName === location ? place : undefined
}

/**
 * What a structured location says; an empty one clears it.
 * @throws ItemProblem 6 for coordinates that are no numbers.
 */
export function readStructured(data: WbxmlElement): Required<Pick<Located, 'location'>> & Located & { place?: Place } {
  const given = child(data, 'AirSyncBase:Location')
  const location = textOf(given, 'AirSyncBase:DisplayName') ?? ''
  const facts = placeFields.flatMap((field) => {
    const value = textOf(given, elementName(field))
    if (value === undefined || value === '') return []
    if (numbers.has(field) && !/^-?\d{1,12}(\.\d{1,20})?$/.test(value))
      throw new ItemProblem(6, `${elementName(field)} is "${value}"`)
    return [[field, value]]
  })
  return { location, ...(facts.length > 0 && { place: { ...Object.fromEntries(facts), displayName: location } }) }
}

export function meetingLocation(location: string, version: number): WbxmlElement | undefined {
  if (location === '') return undefined
  if (version < 160) return text('Email:Location', location)
  return element('AirSyncBase:Location', text('AirSyncBase:DisplayName', location))
}
