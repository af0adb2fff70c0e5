const permittedSubtrees = 0xa0
const dnsName = 0x82
const ipAddress = 0x87
const sequence = 0x30

/** RFC 5280 §4.2.1.10: an address is followed by its mask. */
const loopbackRanges = [
  Buffer.from('7f000000ff000000', 'hex'),
  Buffer.from(`${'00'.repeat(15)}01${'ff'.repeat(16)}`, 'hex'),
] as const

/** The DER value of a NameConstraints extension that permits these DNS suffixes and loopback addresses only. */
export function nameConstraints(domains: readonly string[]): Buffer {
  const subtrees = [
    ...domains.map((domain) => element(sequence, element(dnsName, Buffer.from(domain, 'ascii')))),
    ...loopbackRanges.map((range) => element(sequence, element(ipAddress, range))),
  ]
  return element(sequence, element(permittedSubtrees, Buffer.concat(subtrees)))
}

function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content])
}

function lengthOf(content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.from([content.length])
  if (content.length < 0x100) return Buffer.from([0x81, content.length])
  return Buffer.from([0x82, content.length >> 8, content.length & 0xff])
}
