import { expect, test } from 'vitest'
import { addressLocator } from './named-locations.ts'

const locate = addressLocator([
  { id: 'office', displayName: 'Office', isTrusted: true, ipRanges: ['10.20.0.0/16', '2001:db8:1::/48'] },
  { id: 'branch', displayName: 'Branch', isTrusted: false, ipRanges: ['198.51.100.0/24', '203.0.113.10/32'] },
  { id: 'home', displayName: 'Home', countriesAndRegions: ['DE', 'US'], includeUnknownCountriesAndRegions: false },
  { id: 'anywhere', displayName: 'Anywhere', countriesAndRegions: ['FR'], includeUnknownCountriesAndRegions: true },
])

test.each([
  { address: '10.20.0.0', ids: ['office', 'anywhere'], trusted: true },
  { address: '10.20.255.255', ids: ['office', 'anywhere'], trusted: true },
  { address: '10.21.0.0', ids: ['anywhere'], trusted: false },
  { address: '::ffff:10.20.1.1', ids: ['office', 'anywhere'], trusted: true },
  { address: '2001:db8:1:ffff::1', ids: ['office', 'anywhere'], trusted: true },
  { address: '2001:db8:2::1', ids: ['anywhere'], trusted: false },
  { address: '203.0.113.10', ids: ['branch', 'anywhere'], trusted: false },
  { address: '203.0.113.11', ids: ['anywhere'], trusted: false },
  { address: '203.0.113.10', country: 'de', ids: ['branch', 'home'], trusted: false },
  { address: '192.0.2.1', country: 'FR', ids: ['anywhere'], trusted: false },
  { address: '192.0.2.1', country: 'CN', ids: [], trusted: false },
  { address: 'not an address', ids: ['anywhere'], trusted: false },
])('$address in $country lies in $ids', ({ address, country, ids, trusted }) => {
  expect(locate(address, country)).toMatchObject({ namedLocationIds: ids, isTrusted: trusted, country })
})
