import { Gap } from '#shared/errors.ts'
import type { Claims } from '#shared/jwt/own-token.ts'
import type { Session } from '../../../sessions/session.ts'
import { OAuthError } from '../../oauth-error.ts'
import type { OAuthGrant } from '../../oauth-grant.ts'
import type { OAuthParts } from '../../oauth-parts.ts'
import { requestedAccess } from '../../requested-access.ts'
import { decideAccess } from '../decide-access.ts'
import { apiOf } from '../granted-api.ts'
import { tokenAnswer } from '../token-answer.ts'
import { required } from '../token-parameters.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'

/** grant_type=jwt-bearer: a Web API exchanges the token that it was called with ([MS-OAPX] §3.2.5.2.1.3). */
export async function onBehalfOfGrant(request: TokenRequest, parts: OAuthParts): Promise<GrantOutcome> {
  const { client, parameters, origin } = request
  const use = required(parameters, 'requested_token_use')
  if (use === 'logon_cert') throw new Gap('logon certificates', 'services/adfs/README.md, "Logon certificates"')
  if (use !== 'on_behalf_of') {
    const reason = `requested_token_use "${use}" is neither on_behalf_of nor logon_cert`
    throw new OAuthError('parameterInvalid', { parameter: 'requested_token_use', reason })
  }
  if (client.type === 'Public') {
    throw new OAuthError('clientUnauthorized', { reason: `"${client.name}" is a native application` })
  }
  const assertion = required(parameters, 'assertion')
  const grant = await assertedGrant(assertion, request, parts)
  const user = await parts.conversation.directory.find('sid', grant.user.sid, origin)
  if (!user?.enabled) {
    throw refused(`the account of ${grant.user.userPrincipalName} is ${user ? 'disabled' : 'gone'}`)
  }
  const access = requestedAccess(parts.groups(), client, parameters)
  const session: Session = { id: '', user: grant.user, ...grant.authentication }
  const granted = await decideAccess(access, { user, session }, request, parts)
  return tokenAnswer({ client, api: access.api, grant: granted }, { decision: 'onBehalfOf', refreshable: true }, parts)
}

async function assertedGrant(assertion: string, { client }: TokenRequest, parts: OAuthParts): Promise<OAuthGrant> {
  const claims = await parts.builder.signer.read(assertion)
  if (!claims) throw refused('no key of this AD FS signed the assertion')
  checkTimes(claims, parts)
  const grant = await parts.grants.findAccessToken(assertion)
  if (!grant) throw refused('the assertion is no access token with the scope user_impersonation')
  const api = apiOf(grant, parts)
  const own = api.group === client.group || api.trust.settings.identifiers.includes(client.clientId)
  if (own) return grant
  throw refused(
    `the assertion is for "${api.trust.settings.name}", which is in another application group than the client`,
  )
}

function checkTimes({ iss, exp, nbf }: Claims, { builder }: OAuthParts): void {
  const now = builder.clock.seconds()
  if (iss !== builder.identifier) throw refused('the assertion is no access token')
  if (typeof exp !== 'number' || exp <= now) throw refused('the assertion has expired')
  if (typeof nbf === 'number' && nbf > now) throw refused('the assertion is not valid yet')
}

function refused(reason: string): OAuthError {
  return new OAuthError('assertionInvalid', { reason })
}
