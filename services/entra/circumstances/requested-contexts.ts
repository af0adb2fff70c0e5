import type { RequestedClaims } from '../authorize/requested-claims.ts'

/**
 * Authentication contexts that a `claims` parameter demands ("Developer guide to Conditional Access authentication
 * context"): `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`, or `values` with several.
 */
export function requestedContexts(claims: RequestedClaims | undefined): readonly string[] {
  const asked = [claims?.access_token?.acrs, claims?.id_token?.acrs].flatMap(valuesOf)
  return [...new Set(asked.filter((value) => contextId.test(value)))]
}

const contextId = /^c[1-9]\d?$/

function valuesOf(member: unknown): readonly string[] {
  if (typeof member !== 'object' || member === null) return []
  const { value, values } = member as { value?: unknown; values?: unknown }
  return [value, ...(Array.isArray(values) ? values : [])].filter((each) => typeof each === 'string')
}
