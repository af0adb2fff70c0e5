import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { activeSyncCodePages as pages } from '#shared/wbxml/activesync-code-pages.ts'
import { decodeWbxml } from '#shared/wbxml/decode.ts'
import { encodeWbxml } from '#shared/wbxml/encode.ts'
import { WbxmlError } from '#shared/wbxml/wbxml-error.ts'

const vectors = new URL('../vectors/activesync/', import.meta.url)
const fuzzInputs = 300_000

/** Microseconds of the codec on the vectors of 150 to 250 bytes, and what a fuzz run of it found. */
export function wbxmlReport(): string {
  const documents = readdirSync(vectors)
    .filter((name) => /^\d\d-.*\.hex$/.test(name))
    .map((name) => Buffer.from(readFileSync(new URL(name, vectors), 'utf8').replace(/\s/g, ''), 'hex'))
  const typical = documents.filter(({ length }) => length >= 150 && length <= 250)
  const trees = typical.map((bytes) => decodeWbxml(pages, bytes))
  const bytes = typical.reduce((sum, each) => sum + each.length, 0) / typical.length
  const decode = microseconds(typical, (each) => decodeWbxml(pages, each))
  const encode = microseconds(trees, (each) => encodeWbxml(pages, each))
  const { read, refused } = fuzz(documents)
  return [
    `WBXML, ${typical.length} documents of ${bytes.toFixed(0)} bytes on average:`,
    `decode ${decode.toFixed(2)} µs (${(bytes / decode).toFixed(0)} MB/s), encode ${encode.toFixed(2)} µs (${(bytes / encode).toFixed(0)} MB/s)`,
    `fuzz: ${fuzzInputs} inputs, ${read} read, ${refused} refused, nothing else`,
    '',
  ].join('\n')
}

/** The median of nine rounds, for one document. */
function microseconds<T>(items: readonly T[], work: (item: T) => unknown): number {
  const rounds = Array.from({ length: 9 }, () => {
    const start = process.hrtime.bigint()
    for (let count = 0; count < 2000; count += 1) for (const item of items) work(item)
    return Number(process.hrtime.bigint() - start) / 1000 / 2000 / items.length
  })
  return rounds.sort((a, b) => a - b)[4] ?? Number.NaN
}

/** Vectors with up to eight bytes changed; anything but a tree or a `WbxmlError` ends the run. */
function fuzz(documents: readonly Buffer[]): { readonly read: number; readonly refused: number } {
  const outcome = { read: 0, refused: 0 }
  for (let input = 0; input < fuzzInputs; input += 1) {
    const bytes = Buffer.from(documents[input % documents.length] ?? [])
    const random = randomBytes(25)
    for (let change = 0; change < 1 + (random[24] ?? 0) / 32; change += 1)
      bytes[random.readUInt16LE(change * 2) % bytes.length] = random[16 + change] ?? 0
    try {
      decodeWbxml(pages, bytes)
      outcome.read += 1
    } catch (error) {
      if (!(error instanceof WbxmlError)) throw error
      outcome.refused += 1
    }
  }
  return outcome
}
