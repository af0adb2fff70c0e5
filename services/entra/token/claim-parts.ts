import { hash } from 'node:crypto'
import type { Claims } from '#shared/jwt/own-token.ts'
import { deviceStates } from '../devices/device-facts.ts'
import type { DirectoryDevice } from '../people/devices.ts'
import type { Person } from '../people/people.ts'
import type { Authentication } from '../sign-in/browser-session.ts'

export interface TokenFacts {
  readonly tenantId: string
  /** Epoch seconds. */
  readonly now: number
  /** Id of this token, by which the sign-in log finds it. */
  readonly tokenId: string
}

export interface UserTokenFacts extends TokenFacts {
  readonly person: Person
  readonly authentication: Authentication
  readonly sid: string
  readonly address: string
  /** The device that the sign-in is bound to. */
  readonly device?: DirectoryDevice | undefined
  /** The address lies in a trusted named location. */
  readonly trustedNetwork?: boolean | undefined
}

/** How much earlier tokens begin, for clocks that lag ("Access tokens", nbf). */
const head = 300

/** `notBefore` is what a resource demanded: a token that began earlier would be sent back once more. */
export function times(now: number, lifetime: number, notBefore = 0): Claims {
  const start = notBefore > now ? now - head : Math.max(now - head, notBefore)
  return { iat: start, nbf: start, exp: now + lifetime }
}

export function nameClaims(person: Person): Claims {
  return {
    ...(person.surname !== undefined && { family_name: person.surname }),
    ...(person.givenName !== undefined && { given_name: person.givenName }),
    name: person.displayName,
  }
}

export function signInState({ authentication, device, trustedNetwork }: UserTokenFacts): readonly string[] {
  const { keepSignedIn, insideCorporateNetwork } = authentication
  return [
    ...deviceStates(device),
    ...(insideCorporateNetwork || trustedNetwork ? ['inknownntwk'] : []),
    ...(keepSignedIn ? ['kmsi'] : []),
  ]
}

/** For members whose content only Entra ID reads. */
export function opaque(seed: string): string {
  return `1.A${hash('sha256', seed, 'base64url')}.`
}
