import type { Clock } from '#shared/clock.ts'
import type { Claims } from '#shared/jwt/own-token.ts'
import { deviceRegistrationId } from '../../applications/first-party.ts'
import type { PeopleStore, Person } from '../../people/people.ts'
import type { TokenSigner } from '../../token/sign-token.ts'
import { deviceRegistrationAudience, issuerOf } from '../../urls.ts'
import { RegistrationRefusal } from './registration-refusal.ts'

/** Whoever asks the registration service for something. */
export interface RegistrationCaller {
  readonly person: Person
  readonly amr: readonly string[]
  /** The device that the token was issued to. */
  readonly deviceId?: string | undefined
}

interface TokenParts {
  readonly signer: TokenSigner
  readonly clock: Clock
  readonly people: PeopleStore
  readonly tenantId: string
}

const audiences = [deviceRegistrationAudience, deviceRegistrationId]

/** @throws RegistrationRefusal unless it is a delegated token for this service that is still good. */
export async function registrationCaller(
  { signer, clock, people, tenantId }: TokenParts,
  authorization: string | undefined,
): Promise<RegistrationCaller> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
  const claims = token === undefined ? undefined : await signer.read(token)
  if (!claims) throw refused(token === undefined ? 'no bearer token was sent' : 'it is not signed by a published key')
  checkTimes(claims, clock.seconds())
  if (!audiences.includes(String(claims.aud)) || claims.iss !== issuerOf(1, tenantId) || claims.idtyp !== 'user')
    throw refused(`aud is ${claims.aud}, expected ${audiences.join(' or ')} of this tenant, for a user`)
  // Any client gets a token for a resource that it has no permission of; such a token opens nothing.
  if (claims.scp === '') throw refused('nobody granted the client a permission here: scp is empty')
  const person = await people.byObjectId(String(claims.oid))
  if (!person?.accountEnabled) throw refused('the account is gone, or disabled')
  const amr = Array.isArray(claims.amr) ? claims.amr.map(String) : []
  return { person, amr, deviceId: typeof claims.deviceid === 'string' ? claims.deviceid : undefined }
}

function checkTimes({ exp, nbf }: Claims, now: number): void {
  if (Number(exp) <= now || Number(nbf) > now) throw refused('it is expired, or not valid yet')
}

function refused(reason: string): RegistrationRefusal {
  return new RegistrationRefusal('tokenInvalid', `the access token: ${reason}`)
}
