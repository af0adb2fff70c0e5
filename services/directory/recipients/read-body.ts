import { z } from 'zod'
import { DirectoryError } from '../errors.ts'

/** @throws DirectoryError invalidRequest that says what is wrong. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new DirectoryError('invalidRequest', z.prettifyError(result.error))
}
