import { BlockList, isIP } from 'node:net'
import type { Store } from '#shared/store/store.ts'
import { withoutMapping } from '../conditional-access/named-locations.ts'
import { createObjectTable, derivedFrom, type TenantObject } from '../objects/object-table.ts'
import type { ObjectTables } from '../objects/object-tables.ts'

/** Address ranges and the countries they lie in: the mock has no database of them, so somebody says it. */
export interface AddressCountries {
  /** Of the narrowest range that holds the address; undefined when none does. */
  of(address: string): string | undefined
  all(): Readonly<Record<string, string>>
  replace(countries: Readonly<Record<string, string>>): Promise<void>
  load(): Promise<void>
}

interface StoredRange extends TenantObject {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

interface Range {
  readonly country: string
  readonly prefix: number
  readonly addresses: BlockList
}

export function createAddressCountries<Schema extends ObjectTables>(store: Store<Schema>): AddressCountries {
  const table = createObjectTable<StoredRange, Schema>(store, 'addressCountry')
  const ranges = derivedFrom([table], () =>
    table
      .all()
      .map(compiledRange)
      .sort((a, b) => b.prefix - a.prefix),
  )
  return {
    of(written) {
      const address = withoutMapping(written)
      const family = isIP(address)
      if (family === 0) return undefined
      const version = family === 6 ? 'ipv6' : 'ipv4'
      return ranges().find(({ addresses }) => addresses.check(address, version))?.country
    },
    all: () => Object.fromEntries(table.all().map(({ id, country }) => [id, country])),
    async replace(countries) {
      for (const { id } of table.all()) await table.remove(id)
      for (const [cidr, country] of Object.entries(countries)) await table.insert({ id: cidr.toLowerCase(), country })
    },
    load: () => table.load(),
  }
}

function compiledRange({ id, country }: StoredRange): Range {
  const [network = '', length] = id.split('/')
  const isNarrow = isIP(network) === 6
  const prefix = length === undefined ? (isNarrow ? 128 : 32) : Number(length)
  const addresses = new BlockList()
  addresses.addSubnet(network, prefix, isNarrow ? 'ipv6' : 'ipv4')
  return { country, prefix, addresses }
}
