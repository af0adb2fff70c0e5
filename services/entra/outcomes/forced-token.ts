import type { Application } from '../applications/application.ts'
import { EntraError, type EntraErrorKey, errorKeyOf } from '../errors.ts'
import type { SignInServices } from '../sign-in/services.ts'
import type { ForcedEffect } from './forced-outcomes.ts'

export interface TokenOccasion {
  readonly client: Pick<Application, 'appId' | 'displayName'>
  /** Absent where the application acts for itself. */
  readonly user?: string | undefined
  readonly resourceId: string
}

/** @throws EntraError when this token request is to fail. */
export async function refuseWhereForced(
  { outcomes, clock }: Pick<SignInServices, 'outcomes' | 'clock'>,
  { client, user, resourceId }: TokenOccasion,
): Promise<void> {
  if (outcomes.list().length === 0) return
  const effect = await outcomes.take({ where: 'token', user, appId: client.appId })
  const key = effect && keyOf(effect)
  if (!key) return
  throw new EntraError(key, {
    values: { user: user ?? '', resource: resourceId, appId: client.appId, name: client.displayName },
    reason: `forced by an outcome of the management port: ${effect.effect}`,
    ...(effect.effect === 'claimsChallenge' && { claims: effect.claims ?? notBefore(clock.seconds()) }),
  })
}

function keyOf(effect: ForcedEffect): EntraErrorKey | undefined {
  switch (effect.effect) {
    case 'error':
      return errorKeyOf(effect.aadsts)
    case 'consent':
      return 'consentNeeded'
    case 'registration':
      return 'mfaRegistrationRequired'
    case 'claimsChallenge':
      return 'mfaRequired'
  }
}

function notBefore(seconds: number): string {
  return JSON.stringify({ access_token: { nbf: { essential: true, value: String(seconds) } } })
}
