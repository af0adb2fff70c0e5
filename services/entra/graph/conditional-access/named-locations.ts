import { z } from 'zod'
import { Gap } from '#shared/errors.ts'
import type { StoredLocation } from '../../conditional-access/conditional-access-objects.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { namedLocations as resource } from '../odata/resources/conditional-access.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'

const reading = { scopes: scopes.readPolicies, directoryRoles: directoryRoles.readPolicies }
const writing = { scopes: scopes.writePolicies, directoryRoles: directoryRoles.writePolicies }
const set = 'identity/conditionalAccess/namedLocations'

export const namedLocationOperations: readonly Operation[] = [
  '/identity/conditionalAccess/namedLocations',
  '/conditionalAccess/namedLocations',
].flatMap((path) => [
  operation('GET', path, reading, listLocations),
  operation('POST', path, writing, createLocation),
  operation('GET', `${path}/{locationId}`, reading, getLocation),
  operation('PATCH', `${path}/{locationId}`, writing, changeLocation),
  operation('DELETE', `${path}/{locationId}`, writing, deleteLocation),
])

/** [Graph] ipNamedLocation or countryNamedLocation. */
function locationRecord(location: StoredLocation): GraphRecord {
  const { id, displayName, createdDateTime, modifiedDateTime } = location
  const shared = { id, displayName, createdDateTime, modifiedDateTime }
  if ('ipRanges' in location) {
    return {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      ...shared,
      isTrusted: location.isTrusted,
      ipRanges: location.ipRanges.map((cidrAddress) => ({ '@odata.type': rangeType(cidrAddress), cidrAddress })),
    }
  }
  return {
    '@odata.type': '#microsoft.graph.countryNamedLocation',
    ...shared,
    countriesAndRegions: location.countriesAndRegions,
    countryLookupMethod: location.countryLookupMethod ?? 'clientIpAddress',
    includeUnknownCountriesAndRegions: location.includeUnknownCountriesAndRegions,
  }
}

function rangeType(cidrAddress: string): string {
  return `#microsoft.graph.iPv${cidrAddress.includes(':') ? 6 : 4}CidrRange`
}

async function listLocations(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = services.conditionalAccess.locations.all().map(locationRecord)
  return answerCollection(services, call, { resource, set, records })
}

async function getLocation(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  return answerEntity(call, { resource, set, record: locationRecord(findLocation(services, call)) })
}

function findLocation({ conditionalAccess }: GraphServices, call: GraphCall): StoredLocation {
  const id = key(call, 'locationId')
  return found(conditionalAccess.locations.byId(id), id)
}

/** "ipNamedLocation: ranges": IPv4 masks of /9 and longer, at most 2000 of them. */
const range = z.strictObject({
  cidrAddress: z
    .union([z.cidrv4(), z.cidrv6()])
    .refine((cidr) => Number(cidr.split('/')[1]) > 8, 'the mask must be longer than /8'),
})

const read = {
  id: z.unknown().optional(),
  createdDateTime: z.unknown().optional(),
  modifiedDateTime: z.unknown().optional(),
}

const ipSchema = z.strictObject({
  ...read,
  displayName: z.string().min(1).max(256),
  isTrusted: z.boolean().default(false),
  ipRanges: z.array(range).min(1).max(2000),
})

const countrySchema = z.strictObject({
  ...read,
  displayName: z.string().min(1).max(256),
  countriesAndRegions: z.array(z.string().regex(/^[A-Z]{2}$/)).min(1),
  countryLookupMethod: z.enum(['clientIpAddress', 'authenticatorAppGps']).default('clientIpAddress'),
  includeUnknownCountriesAndRegions: z.boolean().default(false),
})

type Locating = Pick<StoredLocation, 'displayName'> & Readonly<Record<string, unknown>>

/** What the body says of the location, on top of what it is. */
function locationFrom(call: GraphCall, current?: StoredLocation): Locating {
  const known = current ? locationRecord(current) : undefined
  const type = String(call.body()['@odata.type'] ?? known?.['@odata.type'] ?? '').replace(/^#?/, '#')
  const whole = { ...call, body: () => ({ ...known, ...call.body() }) }
  if (type === '#microsoft.graph.ipNamedLocation') {
    const { displayName, isTrusted, ipRanges } = readBody(whole, ipSchema, 'NamedLocation')
    return { displayName, isTrusted, ipRanges: ipRanges.map(({ cidrAddress }) => cidrAddress) }
  }
  if (type !== '#microsoft.graph.countryNamedLocation') {
    const values = { property: '@odata.type', resource: 'NamedLocation' }
    throw new GraphError('propertyInvalid', { values, reason: `"${type}" is neither kind of named location` })
  }
  const {
    id: _id,
    createdDateTime: _at,
    modifiedDateTime: _to,
    ...country
  } = readBody(whole, countrySchema, 'NamedLocation')
  if (country.countryLookupMethod === 'authenticatorAppGps') {
    throw new Gap('locations by the GPS of Microsoft Authenticator', 'services/entra/README.md')
  }
  return country
}

async function createLocation(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { conditionalAccess, random, clock } = services
  const now = clock.now().toISOString()
  const facts = { ...locationFrom(call), id: random.uuid(), createdDateTime: now, modifiedDateTime: now }
  const location = await conditionalAccess.locations.insert(facts as unknown as StoredLocation)
  return answerEntity(call, { resource, set, record: locationRecord(location), status: 201 })
}

async function changeLocation(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { conditionalAccess, clock } = services
  const { id } = findLocation(services, call)
  await conditionalAccess.locations.update(id, (current) => {
    const { createdDateTime } = current
    const modifiedDateTime = clock.now().toISOString()
    return { ...locationFrom(call, current), id, createdDateTime, modifiedDateTime } as unknown as StoredLocation
  })
  return noContent
}

async function deleteLocation(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const location = findLocation(services, call)
  // "Delete namedLocation": a trusted one must first be made an ordinary one.
  if ('isTrusted' in location && location.isTrusted) {
    const problem = 'A trusted named location cannot be deleted. Set isTrusted to false first.'
    throw new GraphError('bodyInvalid', { values: { problem } })
  }
  const user = services.conditionalAccess.policies.all().find(({ conditions }) => {
    const { includeLocations = [], excludeLocations = [] } = conditions.locations ?? {}
    return [...includeLocations, ...excludeLocations].some((id) => id.toLowerCase() === location.id)
  })
  if (user) {
    const problem = 'The named location is used by a Conditional Access policy and cannot be deleted.'
    throw new GraphError('bodyInvalid', { values: { problem }, reason: `"${user.displayName}" names it` })
  }
  await services.conditionalAccess.locations.remove(location.id)
  return noContent
}
