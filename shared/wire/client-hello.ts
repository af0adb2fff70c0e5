export type ServerName =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'name'; readonly name: string }
  /** A ClientHello that names no server. */
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid' }

const maximumBytes = 16 * 1024
const recordHeadBytes = 5
const handshakeHeadBytes = 4
const handshakeRecord = 22
const majorVersion = 3
const clientHello = 1
const serverNameExtension = 0
const hostNameType = 0

class OutOfBytes extends Error {}

/** Reads the server name (RFC 6066 §3) of a TLS ClientHello from the first bytes of a connection. */
export function readServerName(bytes: Buffer): ServerName {
  const message = readHandshakeMessage(bytes)
  if (message === 'invalid' || message === 'incomplete') return { kind: message }
  try {
    return serverNameOf(extensionsOf(message))
  } catch (error) {
    if (error instanceof OutOfBytes) return { kind: 'invalid' }
    throw error
  }
}

/** RFC 8446 §5.1: one handshake message may be spread over several records. */
function readHandshakeMessage(bytes: Buffer): Buffer | 'invalid' | 'incomplete' {
  const fragments: Buffer[] = []
  for (let rest = bytes; rest.length > 0; ) {
    const fragment = readFragment(rest)
    if (fragment === 'invalid') return fragment
    if (fragment === 'incomplete') break
    fragments.push(fragment)
    const message = completeMessage(Buffer.concat(fragments))
    if (message !== 'incomplete') return message
    rest = rest.subarray(recordHeadBytes + fragment.length)
  }
  return bytes.length > maximumBytes ? 'invalid' : 'incomplete'
}

/** What has arrived of the first record's content. */
function readFragment(bytes: Buffer): Buffer | 'invalid' | 'incomplete' {
  if (bytes[0] !== handshakeRecord) return 'invalid'
  if (bytes.length > 1 && bytes[1] !== majorVersion) return 'invalid'
  if (bytes.length < recordHeadBytes) return 'incomplete'
  const size = bytes.readUInt16BE(3)
  if (size === 0 || size > maximumBytes) return 'invalid'
  return bytes.subarray(recordHeadBytes, recordHeadBytes + size)
}

function completeMessage(collected: Buffer): Buffer | 'invalid' | 'incomplete' {
  if (collected.length > 0 && collected[0] !== clientHello) return 'invalid'
  if (collected.length < handshakeHeadBytes) return 'incomplete'
  const size = collected.readUIntBE(1, 3)
  if (size > maximumBytes) return 'invalid'
  if (collected.length < handshakeHeadBytes + size) return 'incomplete'
  return collected.subarray(handshakeHeadBytes, handshakeHeadBytes + size)
}

/** RFC 8446 §4.1.2; the extensions are optional in TLS 1.2 (RFC 5246 §7.4.1.2). */
function extensionsOf(message: Buffer): Buffer {
  const versionAndRandom = 34
  const afterSession = skipVector(message, versionAndRandom, 1)
  const afterCiphers = skipVector(message, afterSession, 2)
  const afterCompression = skipVector(message, afterCiphers, 1)
  return afterCompression === message.length ? Buffer.alloc(0) : readVector(message, afterCompression, 2)
}

function serverNameOf(extensions: Buffer): ServerName {
  let offset = 0
  while (offset < extensions.length) {
    const type = readNumber(extensions, offset, 2)
    const content = readVector(extensions, offset + 2, 2)
    if (type === serverNameExtension) return hostNameOf(readVector(content, 0, 2))
    offset += 4 + content.length
  }
  return { kind: 'none' }
}

function hostNameOf(list: Buffer): ServerName {
  if (readNumber(list, 0, 1) !== hostNameType) return { kind: 'invalid' }
  const name = readVector(list, 1, 2).toString('latin1').toLowerCase().replace(/\.$/, '')
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) && name.length <= 253 ? { kind: 'name', name } : { kind: 'invalid' }
}

function skipVector(bytes: Buffer, offset: number, lengthBytes: 1 | 2): number {
  return offset + lengthBytes + readVector(bytes, offset, lengthBytes).length
}

function readVector(bytes: Buffer, offset: number, lengthBytes: 1 | 2): Buffer {
  const start = offset + lengthBytes
  const end = start + readNumber(bytes, offset, lengthBytes)
  if (end > bytes.length) throw new OutOfBytes()
  return bytes.subarray(start, end)
}

function readNumber(bytes: Buffer, offset: number, size: 1 | 2): number {
  if (offset + size > bytes.length) throw new OutOfBytes()
  return bytes.readUIntBE(offset, size)
}
