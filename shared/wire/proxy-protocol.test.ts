import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeProxyHeader, type ProxiedConnection, parseProxyHeader, startsProxyHeader } from './proxy-protocol.ts'

const secret = Buffer.alloc(32, 7)
const connection: ProxiedConnection = {
  sourceAddress: '203.0.113.10',
  sourcePort: 50000,
  destinationAddress: '127.0.0.1',
  destinationPort: 443,
  zone: 'internet',
}
const header = encodeProxyHeader(connection, secret)

test('writes the bytes of the specification (proxy-protocol.txt §2.2)', () => {
  const macLength = 32
  const written = header.subarray(0, header.length - macLength).toString('hex')
  expect(written).toBe(
    [
      '0d0a0d0a000d0a515549540a', // signature
      '21', // version 2, PROXY
      '11', // TCP over IPv4
      '003a', // 12 of addresses, 11 of zone, 35 of MAC
      'cb00710a', // 203.0.113.10
      '7f000001', // 127.0.0.1
      'c350', // 50000
      '01bb', // 443
      'e00008', // zone
      Buffer.from('internet').toString('hex'),
      'e10020', // MAC
    ].join(''),
  )
})

test.each([
  { name: 'IPv4', change: {} },
  { name: 'IPv6', change: { sourceAddress: '2001:db8::7', destinationAddress: '::1' } },
  { name: 'an IPv6 client of an IPv4 listener', change: { sourceAddress: '2001:db8::7' } },
  { name: 'an IPv4 client of an IPv6 listener', change: { destinationAddress: '::1' } },
  { name: 'the other zone', change: { zone: 'corp' } },
])('reads back $name', ({ change }) => {
  const sent = { ...connection, ...change }
  const bytes = Buffer.concat([encodeProxyHeader(sent, secret), Buffer.from('rest')])
  const parsed = parseProxyHeader(bytes, secret)
  expect(parsed).toEqual({ kind: 'proxied', length: bytes.length - 4, connection: sent })
})

test('asks for more at every cut and never before judges', () => {
  for (let length = 0; length < header.length; length += 1) {
    expect(parseProxyHeader(header.subarray(0, length), secret)).toEqual({ kind: 'incomplete' })
  }
})

test('refuses a header in which any single bit was changed', () => {
  fc.assert(
    fc.property(fc.nat(header.length * 8 - 1), (bit) => {
      const forged = Buffer.from(header)
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(isAccepted(forged)).toBe(false)
    }),
    { numRuns: 400 },
  )
})

test.each([
  { name: 'another secret', bytes: encodeProxyHeader(connection, Buffer.alloc(32, 8)), problem: 'mac' },
  { name: 'no MAC', bytes: headerOf({ payload: addresses() }), problem: 'mac' },
  { name: 'no TLV at all', bytes: headerOf({ payload: '7f0000017f00000100010002' }), problem: 'mac' },
  { name: 'bytes after the MAC', bytes: withTrailer(), problem: 'tlv' },
  {
    name: 'a TLV longer than the header',
    bytes: headerOf({ payload: '7f0000017f00000100010002e000ff41' }),
    problem: 'tlv',
  },
  { name: 'a TLV cut short', bytes: headerOf({ payload: '7f0000017f00000100010002e000' }), problem: 'tlv' },
  { name: 'no zone', bytes: signedHeader({ payload: '7f0000017f00000100010002' }), problem: 'zone' },
  { name: 'version 1', bytes: signedHeader({ versionAndCommand: '11', payload: addresses() }), problem: 'version' },
  { name: 'command 2', bytes: signedHeader({ versionAndCommand: '22', payload: addresses() }), problem: 'command' },
  { name: 'UDP', bytes: signedHeader({ family: '12', payload: addresses() }), problem: 'family' },
  { name: 'PROXY without an address', bytes: signedHeader({ family: '00', payload: '' }), problem: 'family' },
  { name: 'addresses cut short', bytes: headerOf({ payload: '7f000001' }), problem: 'length' },
  { name: 'more than 4 KiB', bytes: headerOf({ payload: '00'.repeat(4100) }).subarray(0, 16), problem: 'length' },
  { name: 'another protocol', bytes: Buffer.from('GET / HTTP/1.1'), problem: 'signature' },
])('refuses $name', ({ bytes, problem }) => {
  expect(() => parseProxyHeader(bytes, secret)).toThrow(expect.objectContaining({ name: 'ProxyHeaderError', problem }))
})

test('reads a LOCAL header, with and without addresses, only when it is signed', () => {
  const bare = signedHeader({ versionAndCommand: '20', family: '00', payload: '' })
  expect(parseProxyHeader(bare, secret)).toEqual({ kind: 'local', length: bare.length })
  const full = signedHeader({ versionAndCommand: '20', payload: addresses() })
  expect(parseProxyHeader(full, secret)).toEqual({ kind: 'local', length: full.length })
  const unsigned = headerOf({ versionAndCommand: '20', family: '00', payload: '' })
  expect(() => parseProxyHeader(unsigned, secret)).toThrow('no MAC')
})

test.each([
  { bytes: '', want: 'undecided' },
  { bytes: '0d0a0d0a00', want: 'undecided' },
  { bytes: '0d0a0d0a000d0a515549540a21', want: 'yes' },
  { bytes: '160301', want: 'no' },
  { bytes: '0d0a0d0b', want: 'no' },
])('takes "$bytes" as the start of a header: $want', ({ bytes, want }) => {
  expect(startsProxyHeader(Buffer.from(bytes, 'hex'))).toBe(want)
})

interface Parts {
  readonly versionAndCommand?: string
  readonly family?: string
  readonly payload: string
}

function addresses(): string {
  return `7f0000017f00000100010002e00004${Buffer.from('corp').toString('hex')}`
}

function headerOf({ versionAndCommand = '21', family = '11', payload }: Parts, announced = payload.length / 2): Buffer {
  const length = announced.toString(16).padStart(4, '0')
  return Buffer.from(`0d0a0d0a000d0a515549540a${versionAndCommand}${family}${length}${payload}`, 'hex')
}

function signedHeader(parts: Parts): Buffer {
  const signed = headerOf(parts, parts.payload.length / 2 + 35)
  return Buffer.concat([signed, Buffer.from('e10020', 'hex'), createHmac('sha256', secret).update(signed).digest()])
}

function withTrailer(): Buffer {
  const signed = headerOf({ payload: addresses() }, addresses().length / 2 + 35 + 4)
  const mac = createHmac('sha256', secret).update(signed).digest()
  return Buffer.concat([signed, Buffer.from('e10020', 'hex'), mac, Buffer.from('e0000141', 'hex')])
}

function isAccepted(bytes: Buffer): boolean {
  try {
    return parseProxyHeader(Buffer.concat([bytes, Buffer.alloc(4096)]), secret).kind !== 'incomplete'
  } catch {
    return false
  }
}
