import { type Condition, lowered, type NamedRule, names, within } from './condition.ts'
import type { LocationSignal } from './signals.ts'

/** "Conditional Access: Conditions", device platforms. Where the user agent tells none, only `all` matches. */
export const platformsCondition: Condition = {
  name: 'devicePlatform',
  compile: ({ platforms }) => {
    if (!platforms || platforms.includePlatforms.length + platforms.excludePlatforms.length === 0) return undefined
    const lists = (list: readonly string[]) => {
      const named = new Set(list)
      return (platform: string | undefined) => named.has('all') || (platform !== undefined && named.has(platform))
    }
    const [isIncluded, isExcluded] = [lists(platforms.includePlatforms), lists(platforms.excludePlatforms)]
    return ({ platform }) => within(isIncluded(platform), isExcluded(platform))
  },
  explain: ({ platforms }, { platform }) => {
    const rules = (list: readonly string[]): readonly NamedRule[] =>
      list.map((value) => ({
        rule: value === 'all' ? 'allDevicePlatforms' : 'devicePlatform',
        value,
        matched: value === 'all' || value === platform,
      }))
    return {
      includes: rules(platforms?.includePlatforms ?? []),
      excludes: rules(platforms?.excludePlatforms ?? []),
      saw: platform ?? 'no platform that the user agent tells',
    }
  },
}

/** "Conditional Access: Network assignment". */
export const locationsCondition: Condition = {
  name: 'location',
  compile: ({ locations }) => {
    if (!locations || locations.includeLocations.length + locations.excludeLocations.length === 0) return undefined
    const isIncluded = compileLocations(locations.includeLocations)
    const isExcluded = compileLocations(locations.excludeLocations)
    return ({ location }) => within(isIncluded(location), isExcluded(location))
  },
  explain: ({ locations }, { location }) => ({
    includes: (locations?.includeLocations ?? []).map((value) => locationRule(value, location)),
    excludes: (locations?.excludeLocations ?? []).map((value) => locationRule(value, location)),
    saw: describeLocation(location),
  }),
}

function compileLocations(list: readonly string[]): (location: LocationSignal) => boolean {
  const named = lowered(list)
  if (named.has('all')) return () => true
  const trusted = named.has('alltrusted')
  return ({ isTrusted, namedLocationIds }) => (trusted && isTrusted) || namedLocationIds.some((id) => named.has(id))
}

function locationRule(value: string, location: LocationSignal): NamedRule {
  const keyword = value.toLowerCase()
  if (keyword === 'all') return { rule: 'allLocations', value, matched: true }
  if (keyword === 'alltrusted') return { rule: 'allTrustedLocations', value, matched: location.isTrusted }
  return { rule: 'locationId', value, matched: names(location.namedLocationIds, value) }
}

function describeLocation({ address, country, isTrusted, namedLocationIds }: LocationSignal): string {
  const where = namedLocationIds.length > 0 ? `in ${namedLocationIds.join(', ')}` : 'in no named location'
  return `${address}, ${where}, ${isTrusted ? 'trusted' : 'not trusted'}, country ${country ?? 'unknown'}`
}
