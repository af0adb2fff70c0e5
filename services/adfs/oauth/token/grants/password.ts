import { primaryMethods } from '../../../claims/authentication-methods.ts'
import { sessionAfterPrimary } from '../../../sessions/session.ts'
import { OAuthError } from '../../oauth-error.ts'
import type { OAuthParts } from '../../oauth-parts.ts'
import { requestedAccess } from '../../requested-access.ts'
import { decideAccess } from '../decide-access.ts'
import { tokenAnswer } from '../token-answer.ts'
import { required } from '../token-parameters.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'

/** grant_type=password: like the forms page without a page, so no second factor is possible. */
export async function passwordGrant(request: TokenRequest, parts: OAuthParts): Promise<GrantOutcome> {
  const { client, parameters, facts, origin } = request
  const userName = required(parameters, 'username')
  const password = required(parameters, 'password')
  const access = requestedAccess(parts.groups(), client, parameters)
  const { passwords, properties, clock } = parts.conversation
  const result = await passwords.check({ userName, password, facts, origin })
  if (result.outcome === 'refused') {
    throw new OAuthError('wrongCredentials', { reason: `"${userName}": ${result.reason}` })
  }
  const session = sessionAfterPrimary({
    id: '',
    user: result.user,
    by: primaryMethods.FormsAuthentication,
    now: clock.now(),
    lifetimeMinutes: (await properties.read()).singleSignOnMinutes,
    insideCorporateNetwork: facts.insideCorporateNetwork,
    keepSignedIn: false,
    freshFor: '',
  })
  const grant = await decideAccess(access, { user: result.user, session }, request, parts)
  return tokenAnswer({ client, api: access.api, grant }, { decision: 'passwordAccepted', refreshable: true }, parts)
}
