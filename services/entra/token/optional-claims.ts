import type { Claims } from '#shared/jwt/own-token.ts'
import { loginHintClaim } from '../authorize/login-hint.ts'
import { signInState, type UserTokenFacts } from './claim-parts.ts'

export interface OptionalClaimFacts extends UserTokenFacts {
  /** Authentication contexts that were asked for and are met. */
  readonly contexts: readonly string[]
}

/** "Optional claims reference": those of these names that there is something to say about. */
export function optionalClaims(names: readonly string[], facts: OptionalClaimFacts): Claims {
  if (names.length === 0) return {}
  const { person, authentication, address, contexts } = facts
  const available: Claims = {
    acct: 0,
    acrs: contexts.length > 0 ? contexts : undefined,
    amr: authentication.amr,
    auth_time: Math.floor(authentication.authenticatedAt / 1000),
    email: person.mail,
    family_name: person.surname,
    given_name: person.givenName,
    in_corp: authentication.insideCorporateNetwork ? 'true' : undefined,
    ipaddr: address,
    login_hint: loginHintClaim(person.userPrincipalName),
    onprem_sid: person.sid,
    preferred_username: person.userPrincipalName,
    sid: facts.sid,
    signin_state: signInState(facts),
    upn: person.userPrincipalName,
    verified_primary_email: person.mail === undefined ? undefined : [person.mail],
  }
  return Object.fromEntries(
    Object.entries(available).filter(([name, value]) => names.includes(name) && value !== undefined),
  )
}
