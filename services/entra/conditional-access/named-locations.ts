import { BlockList, isIP } from 'node:net'
import type { NamedLocation } from '#shared/scenario/world.ts'
import type { LocationSignal } from './signals.ts'

/** Which named locations an address lies in; the country is what the caller knows of it. */
export type LocateAddress = (address: string, country?: string) => LocationSignal

interface Area {
  readonly id: string
  readonly isTrusted: boolean
  contains(address: string, country: string | undefined): boolean
}

/** Callers come back, and looking an address up in ranges costs more than the rest of an evaluation. */
const rememberedAddresses = 1000

/** Address ranges are compiled once, and asked once for each address. */
export function addressLocator(locations: readonly NamedLocation[]): LocateAddress {
  const areas = locations.map(areaOf)
  const known = new Map<string, LocationSignal>()
  const locate = (written: string, country: string | undefined): LocationSignal => {
    const address = withoutMapping(written)
    const inside = areas.filter((area) => area.contains(address, country))
    return {
      address,
      namedLocationIds: inside.map((area) => area.id),
      isTrusted: inside.some((area) => area.isTrusted),
      country,
    }
  }
  return (written, country) => {
    const key = `${country} ${written}`
    const found = known.get(key) ?? locate(written, country)
    if (known.size >= rememberedAddresses) known.clear()
    known.set(key, found)
    return found
  }
}

function areaOf(location: NamedLocation): Area {
  if ('ipRanges' in location) {
    const ranges = rangesOf(location.ipRanges)
    return { id: location.id, isTrusted: location.isTrusted, contains: (address) => isWithin(ranges, address) }
  }
  const { countriesAndRegions, includeUnknownCountriesAndRegions } = location
  return {
    id: location.id,
    isTrusted: false,
    contains: (_address, country) =>
      country === undefined ? includeUnknownCountriesAndRegions : countriesAndRegions.includes(country.toUpperCase()),
  }
}

function rangesOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/')
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

function isWithin(ranges: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && ranges.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** A socket that listens on both families shows IPv4 callers as ::ffff:192.0.2.1. */
export function withoutMapping(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}
