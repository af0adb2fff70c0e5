import { Gap } from '#shared/errors.ts'
import type { Claims } from '#shared/jwt/own-token.ts'
import type { Application } from '../../applications/application.ts'
import { EntraError } from '../../errors.ts'
import type { SignInServices } from '../../sign-in/services.ts'
import { issuerOf } from '../../urls.ts'
import { checkConsent } from '../check-consent.ts'
import { checkAccess, checkNotRevoked, grantedPerson } from '../check-user.ts'
import { requireSecret } from '../client-authentication.ts'
import { accessOfRequest, requiredParameter } from '../required-parameter.ts'
import { readSessionNote } from '../session-note.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'
import { tokenSignIn } from '../token-sign-in.ts'
import { userTokenAnswer } from '../user-tokens.ts'

/** "OAuth 2.0 On-Behalf-Of": an API that was called with a token gets one, for the same person, for the API behind it. */
export async function onBehalfOfGrant(services: SignInServices, request: TokenRequest): Promise<GrantOutcome> {
  const { parameters, client, claims } = request
  const assertion = requiredParameter(parameters, 'assertion')
  checkUse(request)
  requireSecret(request)
  const access = accessOfRequest(services, request)
  const incoming = await incomingToken(services, client, assertion)
  const { authentication, redirectKind, clientId: usedBy, flow } = sessionOf(incoming)
  const person = await grantedPerson(services, String(incoming.oid))
  const grant = {
    objectId: person.objectId,
    clientId: client.appId,
    redirectKind: 'web',
    usedThrough: redirectKind,
    usedBy,
    flow,
    sid: String(incoming.sid),
    authentication,
    address: String(incoming.ipaddr ?? request.address),
  } as const
  await checkNotRevoked(services, request, grant, Number(incoming.iat) * 1000)
  await checkConsent(services, request, person, access)
  const decision = await checkAccess(services, { request, grant, person, access, claims })
  await services.signIns.add(tokenSignIn(services.config, { request, person, access, decision }))
  const answer = await userTokenAnswer(services, { request, grant, person, access, claims, decision })
  return { answer, user: person.userPrincipalName, decision: 'actsOnBehalfOf' }
}

function checkUse({ parameters }: TokenRequest): void {
  const use = requiredParameter(parameters, 'requested_token_use')
  if (use !== 'on_behalf_of') {
    throw new EntraError('requestMalformed', { reason: `requested_token_use "${use}" is not on_behalf_of` })
  }
  const type = parameters.requested_token_type
  if (type !== undefined && !type.endsWith(':access_token')) {
    throw new Gap(`on-behalf-of with requested_token_type=${type}`, 'services/entra/README.md')
  }
}

/** @throws EntraError unless it is an access token of a person, issued by us, for this very client, and still good. */
async function incomingToken(
  { config, signer, clock }: SignInServices,
  client: Application,
  assertion: string,
): Promise<Claims> {
  const claims = await signer.read(assertion)
  if (!claims) {
    throw new EntraError('assertionInvalid', {
      values: { why: 'The key was not found or the signature is wrong.' },
      reason: 'the assertion is signed by none of the published keys',
    })
  }
  const issuers = [issuerOf(1, config.tenant.id), issuerOf(2, config.tenant.id)]
  const isAccessToken = typeof claims.scp === 'string'
  // Of an application the subject is its service principal.
  const kind = { isOfApplication: !isAccessToken && claims.sub === claims.oid, isAccessToken }
  if (kind.isOfApplication) {
    const values = { appId: client.appId }
    throw new EntraError('notOnBehalfOfApplications', { values, reason: 'the assertion is app-only: it has no person' })
  }
  if (!kind.isAccessToken || !issuers.includes(String(claims.iss))) {
    const values = { why: 'The assertion is not an access token.' }
    throw new EntraError('assertionInvalid', { values, reason: 'the assertion is an id_token, or of another tenant' })
  }
  checkAudience(client, String(claims.aud))
  checkTimes(claims, clock.now())
  return claims
}

function checkAudience(client: Application, audience: string): void {
  const plain = (uri: string) => uri.toLowerCase().replace(/\/$/, '')
  if ([client.appId, ...client.identifierUris].some((mine) => plain(mine) === plain(audience))) return
  throw new EntraError('assertionAudienceMismatch', {
    values: { audience, appId: client.appId },
    reason: `the assertion is for ${audience}, and ${client.displayName} (${client.appId}) presents it`,
  })
}

function checkTimes({ exp, nbf }: Claims, now: Date): void {
  const seconds = now.getTime() / 1000
  if (Number(nbf) <= seconds && seconds < Number(exp)) return
  const expiry = new Date(Number(exp) * 1000).toISOString()
  const values = { now: now.toISOString(), expiry }
  throw new EntraError('assertionExpired', { values, reason: `the assertion was good until ${expiry}` })
}

function sessionOf(incoming: Claims) {
  const note = readSessionNote(incoming)
  if (note) return note
  throw new EntraError('assertionInvalid', {
    values: { why: 'The assertion carries no session.' },
    reason: 'the access token has no aio of ours',
  })
}
