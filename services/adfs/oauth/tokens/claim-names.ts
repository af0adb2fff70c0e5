import { claimTypes } from '../../claims/claim-types.ts'
import type { IssuedClaim } from '../oauth-grant.ts'

const identity2005 = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const identity2008 = 'http://schemas.microsoft.com/ws/2008/06/identity/claims'
const jsonValueType = 'http://www.w3.org/2001/XMLSchema#json'

const shortNames: Readonly<Record<string, string>> = {
  [claimTypes.upn]: 'upn',
  [`${identity2005}/emailaddress`]: 'email',
  [`${identity2005}/givenname`]: 'given_name',
  [`${identity2005}/surname`]: 'family_name',
  [claimTypes.name]: 'unique_name',
  [`${identity2008}/role`]: 'role',
  [`${identity2008}/groups`]: 'groups',
  [claimTypes.groupSid]: 'groupsid',
  [claimTypes.primarySid]: 'primarysid',
  [claimTypes.windowsAccountName]: 'winaccountname',
}

/** What the protocol itself says in a token; a rule cannot say otherwise. */
const reserved = new Set([
  'aud',
  'iss',
  'iat',
  'nbf',
  'exp',
  'nonce',
  'at_hash',
  'c_hash',
  'appid',
  'apptype',
  'authmethod',
  'auth_time',
  'mfa_auth_time',
  'ver',
  'scp',
])

/** Issued claims as members of a JWT: well-known types by their short names, several values of a type as a list. */
export function jwtMembers(claims: readonly IssuedClaim[]): Record<string, unknown> {
  const members = new Map<string, unknown[]>()
  for (const claim of claims) {
    const name = shortNames[claim.type] ?? claim.type
    if (!reserved.has(name)) members.set(name, [...(members.get(name) ?? []), memberValue(claim)])
  }
  return Object.fromEntries([...members].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

/** A value of the JSON type goes in as it is ("AD FS: issue JSON claims"); one that is no JSON stays text. */
function memberValue({ value, valueType }: IssuedClaim): unknown {
  if (valueType !== jsonValueType) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}
