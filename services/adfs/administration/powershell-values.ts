import { z } from 'zod'
import { ManagementRefusal } from '../farm/management-refusal.ts'

// Values of properties as PowerShell writes them. Windows PowerShell 5.1 writes a Uri as the object of its properties and
// a certificate as its raw bytes; PowerShell 7 writes text for the first.

export interface NotTaken {
  /** As PowerShell calls it. */
  readonly property: string
  readonly reason: string
}

export const filled = (value: unknown) => value !== null && value !== undefined && value !== ''
export const text = (value: unknown) => z.string().parse(value)
export const flag = (value: unknown) => z.boolean().parse(value)
export const count = (value: unknown) => z.int().min(0).parse(value)
export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : filled(value) ? [value] : []
export const texts = (value: unknown) => list(value).map(text)

export function uri(value: unknown): string {
  const parts = z.looseObject({ OriginalString: z.string().optional(), AbsoluteUri: z.string().optional() })
  const read = typeof value === 'string' ? value : (parts.parse(value).OriginalString ?? parts.parse(value).AbsoluteUri)
  return z.url().parse(read)
}

const tooShallow = new ManagementRefusal(400, 'a certificate cannot be read: use ConvertTo-Json -Depth 5')

/** Base64 or PEM, or the X509Certificate2 as an object with its RawData. */
export function certificate(value: unknown): string {
  // The text of an object that lay deeper than ConvertTo-Json went.
  if (typeof value === 'string' && value.trim().startsWith('[')) throw tooShallow
  if (typeof value === 'string') return value
  const bytes = z.array(z.int().min(0).max(255))
  const { RawData } = z
    .looseObject({ RawData: z.union([bytes, z.looseObject({ value: bytes }), z.base64()]) })
    .parse(value)
  if (typeof RawData === 'string') return RawData
  return Buffer.from(Array.isArray(RawData) ? RawData : RawData.value).toString('base64')
}

export const named =
  (...names: readonly [string, ...string[]]) =>
  (value: unknown) =>
    z.enum(names).parse(value)

/** @throws ManagementRefusal that names the property */
export function reading<T>(property: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ManagementRefusal) throw new ManagementRefusal(400, `${property}: ${error.reason}`)
    if (!(error instanceof z.ZodError)) throw error
    throw new ManagementRefusal(400, `${property}: ${error.issues.map(({ message }) => message).join('; ')}`)
  }
}
