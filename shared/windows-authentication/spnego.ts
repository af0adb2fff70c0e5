import type { BaseBlock, Constructed, ObjectIdentifier, OctetString } from 'asn1js'

// SPNEGO (RFC 4178 §4.2) as HTTP's Negotiate carries it (RFC 4559): which mechanisms a client has, and their tokens.

export const mechanisms = {
  spnego: '1.3.6.1.5.5.2',
  ntlm: '1.3.6.1.4.1.311.2.2.10',
  kerberos: '1.2.840.113554.1.2.2',
  microsoftKerberos: '1.2.840.48018.1.2.2',
} as const

/** Either name of the mechanism: Windows has one of its own. */
export function isKerberos(mechanism: string | undefined): boolean {
  return mechanism === mechanisms.kerberos || mechanism === mechanisms.microsoftKerberos
}

const kerberosOid = Buffer.from('06092a864886f712010202', 'hex')

/** A Kerberos token without SPNEGO around it (RFC 4121 §4.1). */
export function isKerberosToken(bytes: Buffer): boolean {
  return bytes[0] === 0x60 && bytes.subarray(0, 20).includes(kerberosOid)
}

export interface SpnegoToken {
  /** In the client's order; absent after its first token. */
  readonly mechanisms?: readonly string[]
  /** The DER of that list, over which the integrity code goes. */
  readonly mechanismList?: Buffer
  readonly token?: Buffer
  readonly mechanismListMic?: Buffer
}

/** NegTokenInit2 of [MS-SPNG] and NegTokenResp; undefined for what is neither. */
export async function readSpnego(bytes: Buffer): Promise<SpnegoToken | undefined> {
  const { fromBER } = await import('asn1js')
  const { offset, result } = fromBER(bytes)
  if (offset !== bytes.length) return undefined
  const { tagClass, tagNumber } = result.idBlock
  if (tagClass === 2 && tagNumber === 0) return readInitial(childrenOf(result))
  if (tagClass === 3 && tagNumber === 1) return readLater(result)
  return undefined
}

function readInitial([oid, body]: readonly BaseBlock[]): SpnegoToken | undefined {
  if (!oid || oidOf(oid) !== mechanisms.spnego) return undefined
  const fields = fieldsOf(body)
  const list = fields.get(0)
  if (!list) return undefined
  const token = fields.get(2)
  return {
    mechanisms: childrenOf(list).map(oidOf),
    mechanismList: Buffer.from(list.toBER()),
    ...(token && { token: bytesOf(token) }),
  }
}

function readLater(body: BaseBlock): SpnegoToken {
  const fields = fieldsOf(body)
  const [token, mic] = [fields.get(2), fields.get(3)]
  return { ...(token && { token: bytesOf(token) }), ...(mic && { mechanismListMic: bytesOf(mic) }) }
}

/** The content of each `[n]` of the SEQUENCE inside. */
function fieldsOf(body: BaseBlock | undefined): ReadonlyMap<number, BaseBlock> {
  const [sequence] = childrenOf(body)
  const pairs = childrenOf(sequence).flatMap((field) => {
    const [content] = childrenOf(field)
    return field.idBlock.tagClass === 3 && content ? [[field.idBlock.tagNumber, content] as const] : []
  })
  return new Map(pairs)
}

function childrenOf(block: BaseBlock | undefined): readonly BaseBlock[] {
  const value: unknown = (block as Constructed | undefined)?.valueBlock?.value
  return Array.isArray(value) ? value : []
}

function oidOf(block: BaseBlock): string {
  return isUniversal(block, 6) ? (block as ObjectIdentifier).getValue() : ''
}

function bytesOf(block: BaseBlock): Buffer {
  return isUniversal(block, 4) ? Buffer.from((block as OctetString).getValue()) : Buffer.alloc(0)
}

function isUniversal({ idBlock }: BaseBlock, tagNumber: number): boolean {
  return idBlock.tagClass === 1 && idBlock.tagNumber === tagNumber
}

export interface SpnegoAnswer {
  readonly state: 'acceptCompleted' | 'acceptIncomplete' | 'reject'
  /** Said once, in the first answer. */
  readonly mechanism?: string
  readonly token?: Buffer
  readonly mechanismListMic?: Buffer
}

const states = { acceptCompleted: 0, acceptIncomplete: 1, reject: 2 } as const

/** NegTokenResp (RFC 4178 §4.2.2). */
export async function writeSpnego({ state, mechanism, token, mechanismListMic }: SpnegoAnswer): Promise<Buffer> {
  const { Constructed, Enumerated, ObjectIdentifier, OctetString, Sequence } = await import('asn1js')
  const field = (tagNumber: number, content: BaseBlock) =>
    new Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [content as never] })
  const fields = [
    field(0, new Enumerated({ value: states[state] })),
    ...(mechanism === undefined ? [] : [field(1, new ObjectIdentifier({ value: mechanism }))]),
    ...(token === undefined ? [] : [field(2, new OctetString({ valueHex: token }))]),
    ...(mechanismListMic === undefined ? [] : [field(3, new OctetString({ valueHex: mechanismListMic }))]),
  ]
  return Buffer.from(field(1, new Sequence({ value: fields })).toBER())
}
