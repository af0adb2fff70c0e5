import { isIP, isIPv4 } from 'node:net'

const v4Bytes = 4
const v6Groups = 8

/** The canonical text of an address (RFC 5952); an IPv4-mapped one reads as IPv4. */
export function canonicalAddress(text: string): string {
  return formatAddress(addressBytes(text))
}

/** 4 or 16 bytes in network order. */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  if (isIP(address) !== 6 || address.includes('%')) throw new TypeError(`"${address}" is not an IP address`)
  return Buffer.from(expandGroups(address).flatMap((group) => [group >> 8, group & 0xff]))
}

/** The IPv4-mapped IPv6 form (RFC 4291 §2.5.5.2) of an IPv4 address. */
export function mappedBytes(bytes: Buffer): Buffer {
  if (bytes.length !== v4Bytes) return bytes
  return Buffer.concat([Buffer.alloc(10), Buffer.from([0xff, 0xff]), bytes])
}

export function formatAddress(bytes: Buffer): string {
  if (bytes.length === v4Bytes) return bytes.join('.')
  if (mappedBytes(bytes.subarray(12)).equals(bytes)) return bytes.subarray(12).join('.')
  const groups = Array.from({ length: v6Groups }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  return compress(groups.join(':'))
}

function expandGroups(address: string): number[] {
  const [head = '', tail] = compress(address).split('::')
  const before = parseGroups(head)
  if (tail === undefined) return before
  const after = parseGroups(tail)
  return [...before, ...Array<number>(v6Groups - before.length - after.length).fill(0), ...after]
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

/** The URL parser of WHATWG writes IPv6 in the shortest form, dotted tails included. */
function compress(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1)
}
