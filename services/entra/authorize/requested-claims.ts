import { isIP } from 'node:net'
import { EntraError } from '../errors.ts'

/** The `claims` parameter (OpenID Connect Core §5.5), and what a resource's claims challenge comes back as. */
export interface RequestedClaims {
  readonly id_token?: Readonly<Record<string, unknown>> | undefined
  readonly access_token?: Readonly<Record<string, unknown>> | undefined
}

export function readRequestedClaims(text: string | undefined): RequestedClaims | undefined {
  if (text === undefined) return undefined
  const claims = jsonObject(text)
  const members = claims && [claims.id_token, claims.access_token]
  if (!members?.every((member) => member === undefined || isObject(member))) {
    throw new EntraError('requestMalformed', { reason: 'the claims parameter is no JSON object of claims by token' })
  }
  return claims as RequestedClaims
}

/** A code is redeemed with the claims of both requests; the later one counts where they differ. */
export function mergedClaims(
  earlier: RequestedClaims | undefined,
  later: RequestedClaims | undefined,
): RequestedClaims | undefined {
  if (!earlier || !later) return later ?? earlier
  return {
    id_token: { ...earlier.id_token, ...later.id_token },
    access_token: { ...earlier.access_token, ...later.access_token },
  }
}

/** `CP1`: the client understands claims challenges ("Client capabilities"). */
export function clientCapabilities(claims: RequestedClaims | undefined): readonly string[] {
  return [...new Set(valuesOf(claims?.access_token?.xms_cc).map((value) => value.toUpperCase()))]
}

/** The same of a web application that keeps the id_token for its session, as Outlook on the web does. */
export function sessionIsWatched(claims: RequestedClaims | undefined): boolean {
  return valuesOf(claims?.id_token?.xms_cc).some((value) => value.toUpperCase() === 'CP1')
}

/** Epoch seconds: a resource will not take a token that is older than this ("continuous access evaluation"). */
export function demandedNotBefore(claims: RequestedClaims | undefined): number | undefined {
  const value = Number(valuesOf(claims?.access_token?.nbf)[0])
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}

/** The address that a resource saw, where it differs from the one that Entra ID sees ("Continuous access evaluation"). */
export function demandedResourceAddress(claims: RequestedClaims | undefined): string | undefined {
  const [address] = valuesOf(claims?.access_token?.xms_rp_ipaddr)
  return address !== undefined && isIP(address) !== 0 ? address : undefined
}

function valuesOf(request: unknown): readonly string[] {
  if (!isObject(request)) return []
  const { value, values } = request
  return [value, ...(Array.isArray(values) ? values : [])].filter((each) => typeof each === 'string')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
