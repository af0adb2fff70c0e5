import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** What OWA carries through Entra ID: neither signed nor encrypted, so nothing in it is believed. */
export interface SignInState {
  readonly nonce: string
  readonly returnPath: string
}

const version = 1
/** The entries in the order of the captured samples: an unexplained "0", the nonce, the return path. */
const keys = { constant: 2, nonce: 0, returnPath: 1 } as const
const longestState = 16 * 1024

/** base64url of the raw DEFLATE of what a .NET BinaryWriter writes. */
export function writeState({ nonce, returnPath }: SignInState): string {
  const entries = [
    [keys.constant, '0'],
    [keys.nonce, nonce],
    [keys.returnPath, returnPath],
  ] as const
  const plain = [int32(version), int32(entries.length), ...entries.flatMap(([key, text]) => [int32(key), string(text)])]
  return deflateRawSync(Buffer.concat(plain)).toString('base64url')
}

/** Undefined when it is missing, truncated or not of this shape. */
export function readState(state: unknown): SignInState | undefined {
  if (typeof state !== 'string' || state === '' || state.length > longestState) return undefined
  try {
    const reader = new StateReader(inflateRawSync(Buffer.from(state, 'base64url'), { maxOutputLength: longestState }))
    if (reader.int32() !== version) return undefined
    const entries = new Map(Array.from({ length: reader.count() }, () => [reader.int32(), reader.string()] as const))
    const nonce = entries.get(keys.nonce)
    return nonce === undefined ? undefined : { nonce, returnPath: entries.get(keys.returnPath) ?? '' }
  } catch {
    return undefined
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([sevenBit(bytes.length), bytes])
}

function sevenBit(length: number): Buffer {
  return length < 0x80
    ? Buffer.from([length])
    : Buffer.concat([Buffer.from([(length & 0x7f) | 0x80]), sevenBit(length >>> 7)])
}

class StateReader {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int32(): number {
    const value = this.#bytes.readInt32LE(this.#position)
    this.#position += 4
    return value
  }

  count(): number {
    const count = this.int32()
    if (count < 0 || count > 16) throw new RangeError(`${count} entries`)
    return count
  }

  string(): string {
    const length = this.#length(0)
    if (this.#position + length > this.#bytes.length) throw new RangeError('a string beyond the end')
    const text = this.#bytes.toString('utf8', this.#position, this.#position + length)
    this.#position += length
    return text
  }

  #length(shift: number): number {
    const byte = this.#bytes.readUInt8(this.#position++)
    const low = (byte & 0x7f) << shift
    if (byte < 0x80) return low
    if (shift > 21) throw new RangeError('a length beyond four bytes')
    return low | this.#length(shift + 7)
  }
}
