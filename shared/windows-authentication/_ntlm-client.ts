import { createHmac } from 'node:crypto'
import { ntHash } from '#shared/nt-hash.ts'

/** A client's side of NTLM, with every part open to be forged; the server's messages are read by offset. */
export interface NtlmCredentials {
  readonly userName: string
  readonly domain: string
  readonly password: string
}

const signature = Buffer.from('NTLMSSP\0', 'latin1')

/** NEGOTIATE: Unicode, request target, NTLM, always sign, extended session security, 128, 56. */
export function negotiateMessage(flags = 0xa0088205): Buffer {
  const message = Buffer.alloc(32)
  signature.copy(message)
  message.writeUInt32LE(1, 8)
  message.writeUInt32LE(flags, 12)
  return message
}

export interface Exchange {
  readonly negotiate: Buffer
  readonly challenge: Buffer
}

export interface Forgery {
  /** In the place of the NTLMv2 response. */
  readonly ntResponse?: Buffer
  readonly mic?: 'right' | 'wrong' | 'none'
}

/** AUTHENTICATE with an NTLMv2 response and, unless told otherwise, a message integrity code. */
export function authenticateMessage(
  credentials: NtlmCredentials,
  { negotiate, challenge }: Exchange,
  { ntResponse, mic = 'right' }: Forgery = {},
): Buffer {
  const owner = Buffer.from(credentials.userName.toUpperCase() + credentials.domain, 'utf16le')
  const key = hmac(Buffer.from(ntHash(credentials.password), 'hex'), owner)
  const blob = clientBlob(targetInfoOf(challenge), mic !== 'none')
  const proof = hmac(key, challenge.subarray(24, 32), blob)
  const message = layOut(credentials, ntResponse ?? Buffer.concat([proof, blob]))
  if (mic === 'none') return message
  const code = hmac(hmac(key, proof), negotiate, challenge, message)
  if (mic === 'wrong') code.writeUInt8(code.readUInt8(0) ^ 1, 0)
  code.copy(message, 72)
  return message
}

function targetInfoOf(challenge: Buffer): Buffer {
  const at = challenge.readUInt32LE(44)
  return challenge.subarray(at, at + challenge.readUInt16LE(40))
}

/** MsvAvFlags 2 says that a code follows. */
function clientBlob(targetInfo: Buffer, withCode: boolean): Buffer {
  const flags = withCode ? Buffer.from('0600040002000000', 'hex') : Buffer.alloc(0)
  const head = Buffer.concat([
    Buffer.from('0101000000000000', 'hex'),
    Buffer.alloc(8),
    Buffer.alloc(8, 0xaa),
    Buffer.alloc(4),
  ])
  return Buffer.concat([head, targetInfo.subarray(0, -4), flags, Buffer.alloc(4), Buffer.alloc(4)])
}

function layOut({ userName, domain }: NtlmCredentials, ntResponse: Buffer): Buffer {
  const fields = [
    Buffer.alloc(24),
    ntResponse,
    Buffer.from(domain, 'utf16le'),
    Buffer.from(userName, 'utf16le'),
    Buffer.alloc(0),
    Buffer.alloc(0),
  ]
  const head = Buffer.alloc(88)
  signature.copy(head)
  head.writeUInt32LE(3, 8)
  let offset = head.length
  fields.forEach((field, index) => {
    const at = 12 + index * 8
    head.writeUInt16LE(field.length, at)
    head.writeUInt16LE(field.length, at + 2)
    head.writeUInt32LE(offset, at + 4)
    offset += field.length
  })
  head.writeUInt32LE(0xa0888205, 60)
  return Buffer.concat([head, ...fields])
}

function hmac(key: Buffer, ...parts: readonly Buffer[]): Buffer {
  const code = createHmac('md5', key)
  for (const part of parts) code.update(part)
  return code.digest()
}
