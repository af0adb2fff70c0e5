import type { FastifyRequest } from 'fastify'
import { sessionIsWatched } from '../authorize/requested-claims.ts'
import type { Person } from '../people/people.ts'
import { type AccessTokenOrder, issueAccessToken, peopleClaims } from '../token/access-token.ts'
import { idTokenClaims } from '../token/id-token-claims.ts'
import type { SessionNote } from '../token/session-note.ts'
import { clientInfo } from '../token/subject.ts'
import { echoedScopes } from '../token/user-tokens.ts'
import type { SessionAccount } from './browser-session.ts'
import type { Conversation } from './conversation.ts'
import { type DevicePresence, knownDevice } from './device-presence.ts'
import { clientOf } from './facts.ts'
import type { SignInServices } from './services.ts'

export interface SignInOutcome {
  readonly conversation: Conversation
  readonly person: Person
  readonly account: SessionAccount
  readonly device: DevicePresence | undefined
}

type Parameters = Readonly<Record<string, string | undefined>>

/** What the authorize endpoint answers a successful sign-in with: code, tokens, and what clients keep beside them. */
export async function responseParameters(
  services: SignInServices,
  request: FastifyRequest,
  outcome: SignInOutcome,
): Promise<Parameters> {
  const { conversation, person, account } = outcome
  const { request: authorize } = conversation
  const address = services.circumstances.whereabouts.of(person.objectId, request.caller.address)
  const code = authorize.responseTypes.includes('code') ? await issueCode(services, address, outcome) : undefined
  const tokenId = services.random.token(16)
  const access = authorize.responseTypes.includes('token')
    ? await accessTokenMembers(services, address, outcome, tokenId)
    : {}
  const idToken = authorize.responseTypes.includes('id_token')
    ? await signIdToken(services, address, outcome, { code, accessToken: access.access_token, tokenId })
    : undefined
  return {
    ...access,
    code,
    id_token: idToken,
    session_state: account.sid,
    ...(authorize.clientInfo && { client_info: clientInfo(services.config.tenant.id, person.objectId) }),
    ...(authorize.version === 1 &&
      authorize.responseMode === 'form_post' && { correlation_id: conversation.correlationId }),
  }
}

/** RFC 6749 §4.2.2. */
async function accessTokenMembers(
  services: SignInServices,
  address: string,
  { conversation, person, account, device }: SignInOutcome,
  tokenId: string,
): Promise<Parameters> {
  const { request: authorize } = conversation
  const { version, access, claims, redirectKind } = authorize
  const { token, scopes, lifetime } = await issueAccessToken(services, {
    version,
    client: clientOf(services.config, authorize),
    proof: '0',
    grant: { sid: account.sid, authentication: account.authentication, address, redirectKind },
    person,
    access,
    claims,
    now: services.clock.seconds(),
    tokenId,
    frontChannel: true,
    ...surroundings(services, address, device),
  })
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: String(lifetime),
    scope: version === 1 ? scopes.join(' ') : echoedScopes(scopes, access),
  }
}

/** What tokens say of where the sign-in came from. */
function surroundings(
  { conditionalAccess }: SignInServices,
  address: string,
  device: DevicePresence | undefined,
): Pick<AccessTokenOrder, 'device' | 'trustedNetwork'> {
  return { device: knownDevice(device), trustedNetwork: conditionalAccess.locate(address).isTrusted }
}

async function signIdToken(
  services: SignInServices,
  address: string,
  { conversation, person, account, device }: SignInOutcome,
  beside: { readonly code: string | undefined; readonly accessToken: string | undefined; readonly tokenId: string },
): Promise<string> {
  const { config, clock, signer } = services
  const { request: authorize } = conversation
  const client = clientOf(config, authorize)
  const content = idTokenClaims({
    ...beside,
    note: await noteOf(services, conversation, account),
    ...surroundings(services, address, device),
    ...peopleClaims(config.applications, { person, frontChannel: authorize.responseMode === 'fragment' }, client),
    version: authorize.version,
    client,
    person,
    authentication: account.authentication,
    sid: account.sid,
    address,
    nonce: authorize.nonce,
    scopes: authorize.access.openid,
    requested: authorize.claims,
    tellsAge: authorize.maxAge !== undefined,
    tenantId: config.tenant.id,
    now: clock.seconds(),
  })
  return signer.sign(content, authorize.version === 1 ? 'withThumbprint' : 'plain')
}

/** What Entra ID will be asked about by a web application that evaluates access continuously. */
async function noteOf(
  { revocations }: SignInServices,
  { request: { claims, clientId, redirectKind } }: Conversation,
  { objectId, authentication }: SessionAccount,
): Promise<SessionNote | undefined> {
  if (!sessionIsWatched(claims)) return undefined
  const { events } = await revocations.standing(objectId)
  return { authentication, redirectKind, clientId, watch: { events } }
}

function issueCode(
  { grants }: SignInServices,
  address: string,
  { conversation, person, account }: SignInOutcome,
): Promise<string> {
  const { clientId, redirectUri, redirectKind, access, proofKey, nonce, claims, maxAge } = conversation.request
  const { sid, authentication } = account
  return grants.issueCode({
    objectId: person.objectId,
    clientId,
    redirectUri,
    redirectKind,
    access,
    proofKey,
    nonce,
    claims,
    tellsAge: maxAge !== undefined,
    sid,
    authentication,
    address,
  })
}
