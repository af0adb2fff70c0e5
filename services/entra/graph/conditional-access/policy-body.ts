import { z } from 'zod'
import { conditionalAccessPolicySchema } from '#shared/scenario/schema-conditional-access.ts'
import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { withoutAnnotations } from '../read-body.ts'
import { inDeclaredCase } from './declared-case.ts'
import { policyError } from './policy-error.ts'

type Plain = Readonly<Record<string, unknown>>

/** What clients send back as they were given it. */
const readOnly = new Set([
  'id',
  'createdDateTime',
  'modifiedDateTime',
  'deletedDateTime',
  'templateId',
  'partialEnablementStrategy',
])

/** A whole policy: `body` on top of `current`, member for member; null takes away. Throws GraphError. */
export function policyFrom(id: string, body: Plain, current?: ConditionalAccessPolicy): ConditionalAccessPolicy {
  const changes = withoutAnnotations(body) as Plain
  refuseEmptyClientTypes(changes)
  const settable = Object.fromEntries(Object.entries(changes).filter(([name]) => !readOnly.has(name)))
  const base = current ? withoutStored(current) : {}
  const merged = withoutNulls(merge(base, settable)) as Plain
  const whole = inDeclaredCase(conditionalAccessPolicySchema, { ...merged, ...strengthById(merged), id })
  const read = conditionalAccessPolicySchema.safeParse(whole)
  if (!read.success) throw policyError('schemaMismatch', z.prettifyError(read.error))
  return read.data as ConditionalAccessPolicy
}

function withoutStored(policy: ConditionalAccessPolicy): Plain {
  return Object.fromEntries(Object.entries(policy).filter(([name]) => !readOnly.has(name)))
}

function refuseEmptyClientTypes(changes: Plain): void {
  const types = isPlain(changes.conditions) ? changes.conditions.clientAppTypes : undefined
  if (Array.isArray(types) && types.length === 0) throw policyError('clientAppTypesEmpty', 'clientAppTypes is []')
}

function merge(current: unknown, change: unknown): unknown {
  if (!isPlain(current) || !isPlain(change)) return change
  const names = [...new Set([...Object.keys(current), ...Object.keys(change)])]
  const merged = names.map((name) => [name, name in change ? merge(current[name], change[name]) : current[name]])
  return Object.fromEntries(merged)
}

/** The schema fills in what is not there; retired members come as null. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isPlain(value)) return value
  const kept = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]))
}

/** A strength comes with all it says; its id is what counts. */
function strengthById({ grantControls }: Plain): Plain {
  if (!isPlain(grantControls) || !isPlain(grantControls.authenticationStrength)) return {}
  return {
    grantControls: { ...grantControls, authenticationStrength: { id: grantControls.authenticationStrength.id } },
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
