import type { Element } from '@xmldom/xmldom'
import { type Xml, xml } from '#shared/xml/markup.ts'
import { attribute } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'

/** How the name of each property of MAPI begins here: `extended:0xe23`, `extended:{set}:n:Keywords`, `extended:{set}:i:34051`. */
export const anyExtended = 'extended:'

/** [MS-OXPROPS] 1.3.2, by the name of DistinguishedPropertySetId. */
const propertySets: Readonly<Record<string, string>> = {
  Meeting: '6ed8da90-450b-101b-98da-00aa003f1305',
  Appointment: '00062002-0000-0000-c000-000000000046',
  Common: '00062008-0000-0000-c000-000000000046',
  PublicStrings: '00020329-0000-0000-c000-000000000046',
  Address: '00062004-0000-0000-c000-000000000046',
  InternetHeaders: '00020386-0000-0000-c000-000000000046',
  CalendarAssistant: '11000e07-b51b-40d6-af21-caa85edab1d0',
  UnifiedMessaging: '4442858e-a9e3-4e80-b900-317a210cc15b',
  Task: '00062003-0000-0000-c000-000000000046',
  Sharing: '00062040-0000-0000-c000-000000000046',
}

/** A property, and the path by which a request names it. */
export interface NamedProperty {
  readonly uri: string
  readonly type: string
  readonly path: Xml
}

/** @throws WebServicesError ErrorInvalidExtendedProperty for a path that names nothing ([MS-OXWSXPROP] 2.1.5). */
export function readPropertyPath(path: Element): NamedProperty {
  const type = attribute(path, 'PropertyType') ?? 'String'
  const names = [
    'DistinguishedPropertySetId',
    'PropertySetId',
    'PropertyTag',
    'PropertyName',
    'PropertyId',
    'PropertyType',
  ]
  const given = names.flatMap((name) => {
    const value = attribute(path, name)
    return value === undefined ? [] : [xml` ${name}="${value}"`]
  })
  return { uri: extendedUri(path), type, path: xml`<t:ExtendedFieldURI${given}/>` }
}

/** How an ExtendedFieldURI is called here: the same for each spelling of the same property. */
export function extendedUri(path: Element): string {
  const tag = attribute(path, 'PropertyTag')
  if (tag !== undefined) return `${anyExtended}0x${tagNumber(tag).toString(16)}`
  const distinguished = attribute(path, 'DistinguishedPropertySetId')
  const set = distinguished === undefined ? attribute(path, 'PropertySetId') : propertySets[distinguished]
  const [name, id] = [attribute(path, 'PropertyName'), attribute(path, 'PropertyId')]
  if (set === undefined || (name === undefined && id === undefined))
    throw new WebServicesError(
      'ErrorInvalidExtendedProperty',
      'an ExtendedFieldURI has a tag, or a set with a name or id',
    )
  const rest = name === undefined ? `i:${Number(id)}` : `n:${name}`
  return `${anyExtended}${set.toLowerCase()}:${rest}`
}

function tagNumber(tag: string): number {
  const number = Number(tag)
  if (Number.isInteger(number) && number > 0 && number <= 0xffff) return number
  throw new WebServicesError('ErrorInvalidExtendedProperty', `PropertyTag is "${tag.slice(0, 20)}"`)
}

export function isExtended(uri: string): boolean {
  return uri.startsWith(anyExtended)
}
