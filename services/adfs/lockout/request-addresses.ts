import { BlockList, isIP } from 'node:net'
import type { RequestFacts } from '../proxy/request-facts.ts'

/** Every address that a request from outside names: what the proxy saw, and what came in X-Forwarded-For. */
export function requestAddresses({ forwardedClientIp = '', originIp }: RequestFacts): readonly string[] {
  const named = [...forwardedClientIp.split(','), originIp].map((each) => each.trim())
  return [...new Set(named.filter((each) => isIP(each) !== 0))]
}

/** The first address that is banned: single addresses and CIDR blocks of both families (Set-AdfsProperties -AddBannedIps). */
export function bannedAddress(addresses: readonly string[], banned: readonly string[]): string | undefined {
  if (banned.length === 0) return undefined
  const list = new BlockList()
  for (const entry of banned) {
    const [network = '', prefix] = entry.split('/')
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(network, family)
    else list.addSubnet(network, Number(prefix), family)
  }
  return addresses.find((address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
}
