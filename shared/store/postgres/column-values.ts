import { types } from 'pg'

const [bool, bytea, int8, numeric] = [16, 17, 20, 1700]

const readers: Readonly<Record<number, (text: string) => unknown>> = {
  [bool]: (text) => (text === 't' ? 1 : 0),
  [bytea]: readBytes,
  [int8]: readNumber,
  [numeric]: readNumber,
}

/** How the driver reads columns: as SQLite gives them, so that services see no difference. */
export const columnReaders = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    readers[oid] ?? types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
}

function readNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && !Number.isSafeInteger(number))
    throw new RangeError(`${text} is beyond what a JavaScript number can hold exactly`)
  return number
}

function readBytes(text: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.from(text.slice(2), 'hex')
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** PostgreSQL's text cannot hold U+0000, which stands in no value that means anything. */
export function writableParameters(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) =>
    typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value,
  )
}
