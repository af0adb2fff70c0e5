import { createHmac, timingSafeEqual } from 'node:crypto'

// The three messages of NTLM ([MS-NLMP] §2.2.1), as bytes. What a response proves is the domain controller's to judge.

/** [MS-NLMP] §2.2.2.5. */
const flags = {
  unicode: 0x1,
  oem: 0x2,
  requestTarget: 0x4,
  sign: 0x10,
  seal: 0x20,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  targetTypeDomain: 0x1_0000,
  extendedSessionSecurity: 0x8_0000,
  targetInfo: 0x80_0000,
  version: 0x200_0000,
  key128: 0x2000_0000,
  key56: 0x8000_0000,
} as const

/** Granted to whoever asks; key exchange is not, so that the session key is the session base key. */
const negotiable =
  flags.requestTarget | flags.sign | flags.seal | flags.alwaysSign | flags.version | flags.key128 | flags.key56

/** [MS-NLMP] §2.2.2.1. */
const avIds = {
  end: 0,
  nbComputerName: 1,
  nbDomainName: 2,
  dnsComputerName: 3,
  dnsDomainName: 4,
  dnsTreeName: 5,
  flags: 6,
  timestamp: 7,
} as const
const micPresent = 0x2

const signature = Buffer.from('NTLMSSP\0', 'latin1')
/** Windows Server 2019, NTLM revision 15. */
const productVersion = Buffer.from([10, 0, 0x63, 0x45, 0, 0, 0, 15])
const challengeHead = 56
const micAt = 72
const micLength = 16

/** A token that is no NTLM message, or one that cannot be accepted. */
export class NtlmRefusal extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NtlmRefusal'
  }
}

export function isNtlm(token: Buffer): boolean {
  return token.length >= 12 && token.subarray(0, 8).equals(signature)
}

/** 1 for NEGOTIATE, 3 for AUTHENTICATE. */
export function messageType(message: Buffer): number {
  return message.readUInt32LE(8)
}

/** The flags that a NEGOTIATE asks for. */
export function readNegotiate(message: Buffer): number {
  if (message.length < 16) throw new NtlmRefusal('the NEGOTIATE message is too short')
  const asked = message.readUInt32LE(12)
  if (!(asked & flags.extendedSessionSecurity)) {
    throw new NtlmRefusal('the client does not offer extended session security: NTLMv1 at best')
  }
  return asked
}

export interface ChallengeView {
  /** What the NEGOTIATE asked for. */
  readonly asked: number
  /** Eight bytes. */
  readonly serverChallenge: Buffer
  readonly netbiosDomain: string
  readonly dnsDomain: string
  /** `adfs.contoso.com`. */
  readonly dnsComputer: string
  readonly now: Date
}

export function writeChallenge(view: ChallengeView): Buffer {
  const unicode = (view.asked & flags.unicode) !== 0
  const charset = unicode ? flags.unicode : flags.oem
  const always = flags.ntlm | flags.targetTypeDomain | flags.extendedSessionSecurity | flags.targetInfo
  const targetName = Buffer.from(view.netbiosDomain, unicode ? 'utf16le' : 'latin1')
  const targetInfo = avPairs(view)
  const head = Buffer.alloc(challengeHead)
  signature.copy(head)
  head.writeUInt32LE(2, 8)
  writeField(head, 12, targetName.length, challengeHead)
  head.writeUInt32LE((charset | always | (view.asked & negotiable)) >>> 0, 20)
  view.serverChallenge.copy(head, 24)
  writeField(head, 40, targetInfo.length, challengeHead + targetName.length)
  productVersion.copy(head, 48)
  return Buffer.concat([head, targetName, targetInfo])
}

export interface Authenticate {
  readonly userName: string
  readonly domain: string
  readonly ntResponse: Buffer
  /** Whether the client vouches for all three messages; the response covers this very statement. */
  readonly hasMic: boolean
}

export function readAuthenticate(message: Buffer): Authenticate {
  if (message.length < 64) throw new NtlmRefusal('the AUTHENTICATE message is too short')
  const encoding = message.readUInt32LE(60) & flags.unicode ? 'utf16le' : 'latin1'
  const ntResponse = readField(message, 20)
  return {
    domain: readField(message, 28).toString(encoding),
    userName: readField(message, 36).toString(encoding),
    ntResponse,
    hasMic: (avFlags(ntResponse) & micPresent) !== 0,
  }
}

export interface Exchange {
  readonly negotiate: Buffer
  readonly challenge: Buffer
  readonly authenticate: Buffer
}

/** [MS-NLMP] §3.1.5.1.2: the message integrity code over all three messages, its own place zeroed. */
export function micMatches({ negotiate, challenge, authenticate }: Exchange, sessionKey: Buffer): boolean {
  if (authenticate.length < micAt + micLength) return false
  const zeroed = Buffer.from(authenticate).fill(0, micAt, micAt + micLength)
  const expected = createHmac('md5', sessionKey).update(negotiate).update(challenge).update(zeroed).digest()
  return timingSafeEqual(authenticate.subarray(micAt, micAt + micLength), expected)
}

function avPairs({ netbiosDomain, dnsDomain, dnsComputer, now }: ChallengeView): Buffer {
  const [label = dnsComputer] = dnsComputer.split('.')
  const names: readonly (readonly [number, string])[] = [
    [avIds.nbDomainName, netbiosDomain],
    [avIds.nbComputerName, label.toUpperCase().slice(0, 15)],
    [avIds.dnsDomainName, dnsDomain],
    [avIds.dnsComputerName, dnsComputer],
    [avIds.dnsTreeName, dnsDomain],
  ]
  return Buffer.concat([
    ...names.map(([id, value]) => avPair(id, Buffer.from(value, 'utf16le'))),
    avPair(avIds.timestamp, fileTime(now)),
    avPair(avIds.end, Buffer.alloc(0)),
  ])
}

function avPair(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(id, 0)
  head.writeUInt16LE(value.length, 2)
  return Buffer.concat([head, value])
}

/** MsvAvFlags of the client's blob, which begins after the proof and has 28 bytes before its pairs; 0 without one. */
function avFlags(ntResponse: Buffer): number {
  for (let at = 16 + 28; at + 4 <= ntResponse.length; ) {
    const id = ntResponse.readUInt16LE(at)
    const length = ntResponse.readUInt16LE(at + 2)
    if (id === avIds.end || at + 4 + length > ntResponse.length) return 0
    if (id === avIds.flags && length === 4) return ntResponse.readUInt32LE(at + 4)
    at += 4 + length
  }
  return 0
}

/** 100-nanosecond steps since 1601. */
function fileTime(now: Date): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(now.getTime() + 11_644_473_600_000) * 10_000n)
  return bytes
}

function writeField(message: Buffer, at: number, length: number, offset: number): void {
  message.writeUInt16LE(length, at)
  message.writeUInt16LE(length, at + 2)
  message.writeUInt32LE(offset, at + 4)
}

function readField(message: Buffer, at: number): Buffer {
  const length = message.readUInt16LE(at)
  const offset = message.readUInt32LE(at + 4)
  if (offset + length > message.length)
    throw new NtlmRefusal(`a field of the message ends beyond its ${message.length} bytes`)
  return message.subarray(offset, offset + length)
}
