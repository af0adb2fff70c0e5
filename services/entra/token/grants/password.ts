import { EntraError, errorKeyOf } from '../../errors.ts'
import type { SignInServices } from '../../sign-in/services.ts'
import { passwordDetail } from '../../sign-in/steps/password.ts'
import { requirePublicOrSecret } from '../client-authentication.ts'
import { accessOfRequest, requiredParameter } from '../required-parameter.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'
import { tokenSignIn } from '../token-sign-in.ts'
import { answerDirectSignIn } from './direct-sign-in.ts'

/** "OAuth 2.0 Resource Owner Password Credentials": managed accounts only, where no policy needs a page. */
export async function passwordGrant(services: SignInServices, request: TokenRequest): Promise<GrantOutcome> {
  const { config, passwords, signIns, clock } = services
  const username = requiredParameter(request.parameters, 'username')
  const password = requiredParameter(request.parameters, 'password')
  refuseCommon(request, config.tenant.id)
  requirePublicOrSecret(request)
  const access = accessOfRequest(services, request)
  const check = await passwords.check(username, password)
  const at = clock.now().getTime()
  if (check.outcome === 'refused') {
    const { aadsts, reason, person } = check
    const values = { user: username, tenant: config.tenant.displayName }
    const error = new EntraError(errorKeyOf(aadsts) ?? 'wrongPassword', { values, reason })
    const details = [passwordDetail(at, undefined)]
    await signIns.add(tokenSignIn(config, { request, person, userPrincipalName: username, access, details, error }))
    throw error
  }
  const authentication = {
    amr: ['pwd'],
    authenticatedAt: at,
    federated: false,
    keepSignedIn: false,
    combinations: ['password'],
  }
  const { person, by } = check
  const details = [passwordDetail(at, by)]
  const answer = await answerDirectSignIn(services, request, { person, authentication, access, details })
  return { answer, user: person.userPrincipalName, decision: 'passwordAccepted' }
}

export function refuseCommon({ tenant }: TokenRequest, tenantId: string): void {
  if (tenant.text !== 'common') return
  throw new EntraError('grantNeedsTenant', { reason: `/common/ names no tenant; use /organizations/ or /${tenantId}/` })
}
