import { z } from 'zod'

/**
 * Members of enumerations as they are declared: Graph reads `All` and `Mfa` like `all` and `mfa`, and answers with the
 * latter. Its own refusal 1064 advises to send `['All']`.
 */
export function inDeclaredCase(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return inDeclaredCase(schema.unwrap(), value)
  }
  if (schema instanceof z.ZodEnum && typeof value === 'string') {
    const written = value.toLowerCase()
    return schema.options.find((option) => String(option).toLowerCase() === written) ?? value
  }
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((each) => inDeclaredCase(schema.element, each))
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value
  const shape: Readonly<Record<string, unknown>> = schema.shape
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inDeclaredCase(shape[name], inner)]))
}
