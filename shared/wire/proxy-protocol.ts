import { createHmac, timingSafeEqual } from 'node:crypto'
import { addressBytes, formatAddress, mappedBytes } from './network-address.ts'

/*
 * The PROXY protocol, version 2 (haproxy: doc/proxy-protocol.txt): how a gateway tells a deployment who is calling.
 * Two custom TLVs make it the stack's own: the zone of the gateway, and a MAC over everything before it.
 * A header without a valid MAC is refused, so a client cannot choose its own address.
 */

export interface ProxiedConnection {
  readonly sourceAddress: string
  readonly sourcePort: number
  readonly destinationAddress: string
  readonly destinationPort: number
  readonly zone: string
}

type ProxyHeader =
  | { readonly kind: 'incomplete' }
  /** The gateway speaks for itself: the peer of the socket is the caller. */
  | { readonly kind: 'local'; readonly length: number }
  | { readonly kind: 'proxied'; readonly length: number; readonly connection: ProxiedConnection }

type ProxyHeaderProblem = 'signature' | 'version' | 'command' | 'family' | 'length' | 'tlv' | 'mac' | 'zone'

/** The bytes are not a PROXY header that one of the stack's gateways wrote. */
export class ProxyHeaderError extends Error {
  readonly problem: ProxyHeaderProblem

  constructor(problem: ProxyHeaderProblem, message: string) {
    super(message)
    this.name = 'ProxyHeaderError'
    this.problem = problem
  }
}

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const fixedBytes = 16
const maximumBytes = 4096
const macBytes = 32
const tlvHeadBytes = 3
const versionTwo = 0x20
const commandLocal = 0x0
const commandProxy = 0x1
const familyUnspecified = 0x00
const tcpOverIpv4 = 0x11
const tcpOverIpv6 = 0x21
/** PP2_TYPE_MIN_CUSTOM, and the next. */
const zoneType = 0xe0
const macType = 0xe1

export function encodeProxyHeader(connection: ProxiedConnection, secret: Buffer): Buffer {
  const source = addressBytes(connection.sourceAddress)
  const destination = addressBytes(connection.destinationAddress)
  const sameIpv4 = source.length === 4 && destination.length === 4
  const addresses = sameIpv4 ? [source, destination] : [mappedBytes(source), mappedBytes(destination)]
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(connection.sourcePort, 0)
  ports.writeUInt16BE(connection.destinationPort, 2)
  const payload = Buffer.concat([...addresses, ports, tlv(zoneType, Buffer.from(connection.zone, 'utf8'))])
  const head = Buffer.alloc(fixedBytes)
  signature.copy(head)
  head[12] = versionTwo | commandProxy
  head[13] = sameIpv4 ? tcpOverIpv4 : tcpOverIpv6
  head.writeUInt16BE(payload.length + tlvHeadBytes + macBytes, 14)
  const signed = Buffer.concat([head, payload])
  return Buffer.concat([signed, tlv(macType, macOf(signed, secret))])
}

/** Whether a stream that begins so is, may become, or cannot be one that starts with a PROXY header. */
export function startsProxyHeader(bytes: Buffer): 'yes' | 'no' | 'undecided' {
  const seen = bytes.subarray(0, signature.length)
  if (!signature.subarray(0, seen.length).equals(seen)) return 'no'
  return seen.length === signature.length ? 'yes' : 'undecided'
}

/**
 * Reads the header at the start of `bytes`, which may hold less than all of it, or more.
 * @throws ProxyHeaderError as soon as the bytes cannot become a header written by a holder of `secret`.
 */
export function parseProxyHeader(bytes: Buffer, secret: Buffer): ProxyHeader {
  if (startsProxyHeader(bytes) === 'no') throw new ProxyHeaderError('signature', 'not a PROXY protocol v2 header')
  if (bytes.length < fixedBytes) return { kind: 'incomplete' }
  const length = fixedBytes + bytes.readUInt16BE(14)
  if (length > maximumBytes) throw new ProxyHeaderError('length', `a header of ${length} bytes is over ${maximumBytes}`)
  const command = readCommand(bytes)
  const addressLength = addressLengthOf(bytes.readUInt8(13), command)
  if (length < fixedBytes + addressLength) throw new ProxyHeaderError('length', 'the addresses are cut short')
  if (bytes.length < length) return { kind: 'incomplete' }
  const header = bytes.subarray(0, length)
  const zone = verifyTlvs(header, fixedBytes + addressLength, secret)
  if (command === commandLocal) return { kind: 'local', length }
  if (!zone) throw new ProxyHeaderError('zone', 'the header names no zone')
  return { kind: 'proxied', length, connection: { ...readAddresses(header, addressLength), zone } }
}

function readCommand(bytes: Buffer): number {
  const versionAndCommand = bytes.readUInt8(12)
  if ((versionAndCommand & 0xf0) !== versionTwo) throw new ProxyHeaderError('version', 'not version 2')
  const command = versionAndCommand & 0x0f
  if (command !== commandLocal && command !== commandProxy) throw new ProxyHeaderError('command', `command ${command}`)
  return command
}

function addressLengthOf(family: number, command: number): number {
  if (family === tcpOverIpv4) return 12
  if (family === tcpOverIpv6) return 36
  if (command === commandLocal && family === familyUnspecified) return 0
  throw new ProxyHeaderError('family', `address family and transport ${family} are not TCP over IP`)
}

function readAddresses(header: Buffer, addressLength: number): Omit<ProxiedConnection, 'zone'> {
  const size = (addressLength - 4) / 2
  const at = (index: number) =>
    formatAddress(header.subarray(fixedBytes + index * size, fixedBytes + (index + 1) * size))
  return {
    sourceAddress: at(0),
    destinationAddress: at(1),
    sourcePort: header.readUInt16BE(fixedBytes + 2 * size),
    destinationPort: header.readUInt16BE(fixedBytes + 2 * size + 2),
  }
}

/** Returns the zone. The MAC has to come last: what follows it would be unauthenticated. */
function verifyTlvs(header: Buffer, start: number, secret: Buffer): string | undefined {
  let zone: string | undefined
  let offset = start
  while (offset < header.length) {
    const { type, value, end } = readTlv(header, offset)
    if (type === macType) {
      if (end !== header.length) throw new ProxyHeaderError('tlv', 'something follows the MAC')
      if (!isMac(value, header.subarray(0, offset), secret)) throw new ProxyHeaderError('mac', 'the MAC is not ours')
      return zone
    }
    if (type === zoneType) zone = value.toString('utf8')
    offset = end
  }
  throw new ProxyHeaderError('mac', 'the header carries no MAC')
}

function readTlv(header: Buffer, offset: number): { type: number; value: Buffer; end: number } {
  const start = offset + tlvHeadBytes
  if (start > header.length) throw new ProxyHeaderError('tlv', 'a TLV is cut short')
  const end = start + header.readUInt16BE(offset + 1)
  if (end > header.length) throw new ProxyHeaderError('tlv', 'a TLV is longer than the header')
  return { type: header.readUInt8(offset), value: header.subarray(start, end), end }
}

function isMac(value: Buffer, signed: Buffer, secret: Buffer): boolean {
  return value.length === macBytes && timingSafeEqual(value, macOf(signed, secret))
}

function macOf(signed: Buffer, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(signed).digest()
}

function tlv(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(tlvHeadBytes)
  head.writeUInt8(type, 0)
  head.writeUInt16BE(value.length, 1)
  return Buffer.concat([head, value])
}
