import type { z } from 'zod'
import { ProtocolError } from '#shared/errors.ts'

/** What the provisioning surface refuses; Entra Connect shows the message in its run history. */
export const catalogue = {
  malformed: { status: 400, message: 'The request body is malformed.' },
  unknownTenant: { status: 404, message: 'The tenant does not exist.' },
  foreignAgent: { status: 403, message: 'The agent certificate is not registered for this tenant.' },
  attributeConflict: { status: 409, message: 'AttributeValueMustBeUnique' },
  noSuchRequest: { status: 404, message: 'Nobody waits for this validation any more.' },
} as const

export class ProvisioningError extends ProtocolError {
  readonly status: number
  readonly code: string

  constructor(key: keyof typeof catalogue, reason: string) {
    super(catalogue[key].message, reason)
    this.status = catalogue[key].status
    this.code = key
  }
}

/** @throws ProvisioningError that names every field that is wrong. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const issues = result.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new ProvisioningError('malformed', issues.join('; '))
}
