import { evaluateAccessControlPolicy } from '../../../access-control/evaluate.ts'
import { requestClaims } from '../../../claims/input-claims.ts'
import { runRules } from '../../../tokens/run-rules.ts'
import { OAuthError } from '../../oauth-error.ts'
import type { OAuthParts } from '../../oauth-parts.ts'
import { requestedAccess } from '../../requested-access.ts'
import { jwtMembers } from '../../tokens/claim-names.ts'
import { issueClientToken } from '../../tokens/tokens.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'

/** grant_type=client_credentials: the client for itself, so without anything that a person would have. */
export async function clientCredentialsGrant(request: TokenRequest, parts: OAuthParts): Promise<GrantOutcome> {
  const { client, parameters, facts } = request
  if (client.type === 'Public') {
    throw new OAuthError('clientUnauthorized', { reason: `"${client.name}" is a native application` })
  }
  const access = requestedAccess(parts.groups(), client, parameters)
  const { settings, issuanceRules } = access.api.trust
  const incoming = requestClaims({ facts, relyingPartyTrustId: settings.objectIdentifier })
  const accessFacts = {
    insideCorporateNetwork: facts.insideCorporateNetwork,
    groupNames: [],
    deviceAuthenticated: false,
    deviceRegistration: false,
    clientAddress: facts.originIp,
    claims: incoming,
  }
  const { accessControlPolicies } = parts.conversation.config.trusts
  const decision = evaluateAccessControlPolicy(settings.accessControlPolicy, accessFacts, accessControlPolicies)
  if (decision.outcome !== 'permit') throw new OAuthError('accessDenied', { reason: decision.reason })
  const issued = await runRules(issuanceRules, incoming, {}, settings.name)
  const { token, expiresIn } = await issueClientToken(parts.builder, {
    client,
    api: access.api,
    audience: access.audience,
    claims: jwtMembers(issued),
  })
  const answer = { access_token: token, token_type: 'bearer', expires_in: expiresIn }
  return { answer, decision: 'clientTokenIssued' }
}
