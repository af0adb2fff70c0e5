import { missingConsent } from '../applications/permissions.ts'
import type { RequestedAccess } from '../authorize/requested-access.ts'
import { EntraError } from '../errors.ts'
import type { Person } from '../people/people.ts'
import type { SignInServices } from '../sign-in/services.ts'
import type { TokenRequest } from './token-request.ts'

/** @throws EntraError 65001 when the client asks for permissions that nobody granted it. */
export async function checkConsent(
  { config, consents }: Pick<SignInServices, 'config' | 'consents'>,
  { client }: Pick<TokenRequest, 'client'>,
  person: Person,
  access: RequestedAccess,
): Promise<void> {
  if (client.origin === 'firstParty') return
  const given = await consents.of(person.objectId, client.appId)
  const missing = missingConsent(config.applications, client, access, given)
  if (missing.length === 0) return
  const values = { appId: client.appId, name: client.displayName }
  throw new EntraError('consentNeeded', { values, reason: `nobody consented to ${missing.join(', ')}` })
}
