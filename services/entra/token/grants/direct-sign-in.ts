import type { RequestedAccess } from '../../authorize/requested-access.ts'
import type { Person } from '../../people/people.ts'
import type { Authentication } from '../../sign-in/browser-session.ts'
import type { SignInServices } from '../../sign-in/services.ts'
import type { AuthenticationDetail } from '../../sign-in-log/sign-in-log.ts'
import { checkConsent } from '../check-consent.ts'
import { checkAccess, grantedPerson } from '../check-user.ts'
import type { TokenAnswer, TokenRequest } from '../token-request.ts'
import { tokenSignIn } from '../token-sign-in.ts'
import { userTokenAnswer } from '../user-tokens.ts'

export interface DirectSignIn {
  readonly person: Person
  readonly authentication: Authentication
  readonly access: RequestedAccess
  readonly details: readonly AuthenticationDetail[]
}

/** Somebody proved who they are at the token endpoint itself: no page can ask for anything more. */
export async function answerDirectSignIn(
  services: SignInServices,
  request: TokenRequest,
  { person, authentication, access, details }: DirectSignIn,
): Promise<TokenAnswer> {
  const { objectId } = await grantedPerson(services, person.objectId)
  await checkConsent(services, request, person, access)
  const grant = {
    objectId,
    clientId: request.client.appId,
    redirectKind: 'publicClient',
    sid: services.random.uuid(),
    authentication: { ...authentication, validity: await services.revocations.stamp(objectId) },
    address: request.address,
  } as const
  const { claims } = request
  const decision = await checkAccess(services, { request, grant, person, access, claims })
  await services.signIns.add(tokenSignIn(services.config, { request, person, access, decision, details }))
  return userTokenAnswer(services, { request, grant, person, access, claims, decision })
}
