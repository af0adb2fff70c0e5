import { EntraError } from '../../errors.ts'
import { acceptedBearerAssertion } from '../../federation/accepted-assertion.ts'
import { federatedIdentity } from '../../federation/assertion-claims.ts'
import { acceptedBearerAssertion20 } from '../../federation/bearer-assertion.ts'
import { believedSignIn, type FederationServices } from '../../federation/login-return.ts'
import { grantedPerson } from '../check-user.ts'
import { requirePublicOrSecret } from '../client-authentication.ts'
import { accessOfRequest, requiredParameter } from '../required-parameter.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'
import { answerDirectSignIn } from './direct-sign-in.ts'
import { refuseCommon } from './password.ts'

/** RFC 7522, and the same for SAML 1.1: what the federation service issued by WS-Trust buys tokens. */
export function samlBearerGrant(version: '1.1' | '2.0') {
  return async (services: FederationServices, request: TokenRequest): Promise<GrantOutcome> => {
    const { config, clock, domains, certificates } = services
    const encoded = requiredParameter(request.parameters, 'assertion')
    refuseCommon(request, config.tenant.id)
    requirePublicOrSecret(request)
    const access = accessOfRequest(services, request)
    const assertion = decoded(encoded)
    const parts = { domains, certificates, now: clock.now() }
    const accepted =
      version === '1.1'
        ? await acceptedBearerAssertion(parts, assertion)
        : await acceptedBearerAssertion20(parts, assertion, config.tenant.id)
    const identity = federatedIdentity(accepted.assertion, accepted.domain, accepted.federation)
    const { objectId, authentication, details } = await believedSignIn(services, accepted, identity)
    const person = await grantedPerson(services, objectId)
    const answer = await answerDirectSignIn(services, request, { person, authentication, access, details })
    return { answer, user: person.userPrincipalName, decision: 'assertionAccepted' }
  }
}

/** Clients send base64 as well as base64url. */
function decoded(assertion: string): string {
  const xml = Buffer.from(assertion, 'base64').toString()
  if (xml.trimStart().startsWith('<')) return xml
  throw new EntraError('samlTokenInvalid', { reason: 'the assertion is not base64 of XML' })
}
