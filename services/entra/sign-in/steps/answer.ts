import type { FastifyReply } from 'fastify'
import { answerClient } from '../../authorize/answer-client.ts'
import type { Person } from '../../people/people.ts'
import { clientInfo } from '../../token/subject.ts'
import { idTokenClaims } from '../../token/token-claims.ts'
import { type Authentication, type SessionAccount, withAccount } from '../browser-session.ts'
import type { Conversation } from '../conversation.ts'
import { type DevicePresence, knownDevice } from '../device-presence.ts'
import { authenticationSoFar, clientOf } from '../facts.ts'
import { note } from '../journal.ts'
import type { SignInFacts } from '../next-step.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'

interface Answer {
  readonly conversation: Conversation
  readonly facts: SignInFacts
  readonly persistent: boolean
}

/** The end of a sign-in: session, log, code and tokens, and the browser goes back to the client. */
export async function answer(
  services: SignInServices,
  exchange: Exchange,
  { conversation, facts, persistent }: Answer,
): Promise<FastifyReply> {
  const { person, decision } = facts
  if (!person) throw new Error('nobody is signed in')
  const { request: authorize } = conversation
  const authentication: Authentication = { ...authenticationSoFar(conversation.progress), keepSignedIn: persistent }
  const account = await keepSession(services, exchange, { conversation, facts, persistent }, authentication)
  const parameters = await responseParameters(services, exchange, {
    conversation,
    person,
    account,
    device: facts.device,
  })
  const end = { conversation, decision, person, errorCode: 0, failureReason: 'Other.' }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  await services.conversations.end(conversation)
  note(exchange.request, authorize, 6, {
    decision: 'signedIn',
    user: person.userPrincipalName,
    detail: { application: authorize.clientId, amr: authentication.amr },
  })
  return answerClient(exchange.request, exchange.reply, authorize, parameters)
}

async function keepSession(
  { sessions, random }: SignInServices,
  { request, reply }: Exchange,
  { conversation, facts, persistent }: Answer,
  authentication: Authentication,
): Promise<SessionAccount> {
  const { firstFactor } = conversation.progress
  if (!firstFactor) throw new Error('nobody is signed in')
  const { objectId, userPrincipalName } = firstFactor
  const known = facts.session?.accounts.find((each) => each.objectId === objectId)
  const applications = [...new Set([...(known?.applications ?? []), conversation.request.clientId])]
  const account: SessionAccount = {
    sid: firstFactor.sid ?? random.uuid(),
    objectId,
    userPrincipalName,
    authentication,
    applications,
  }
  const session = {
    accounts: withAccount(facts.session, account),
    persistent: persistent || facts.session?.persistent === true,
  }
  if (firstFactor.sid === undefined) await sessions.begin(request, reply, session)
  else if (
    conversation.progress.multifactor ||
    conversation.progress.device ||
    applications.length !== known?.applications.length
  )
    await sessions.update(request, session)
  return account
}

interface Outcome {
  readonly conversation: Conversation
  readonly person: Person
  readonly account: SessionAccount
  readonly device: DevicePresence | undefined
}

async function responseParameters(services: SignInServices, { request }: Exchange, outcome: Outcome) {
  const { conversation, person, account, device } = outcome
  const { request: authorize } = conversation
  const { tenant } = services.config
  const code = authorize.responseTypes.includes('code')
    ? await issueCode(services, request.caller.address, outcome)
    : undefined
  const idToken = authorize.responseTypes.includes('id_token')
    ? await services.signer.sign(
        idTokenClaims({
          version: authorize.version,
          client: clientOf(services.config, authorize),
          person,
          authentication: account.authentication,
          sid: account.sid,
          address: request.caller.address,
          device: knownDevice(device),
          trustedNetwork: services.conditionalAccess.locate(request.caller.address).isTrusted,
          nonce: authorize.nonce,
          code,
          scopes: authorize.access.openid,
          requested: authorize.claims,
          tenantId: tenant.id,
          now: services.clock.seconds(),
          tokenId: services.random.token(16),
        }),
        authorize.version === 1 ? 'withThumbprint' : 'plain',
      )
    : undefined
  return {
    code,
    id_token: idToken,
    session_state: account.sid,
    ...(authorize.clientInfo && { client_info: clientInfo(tenant.id, person.objectId) }),
    ...(authorize.version === 1 &&
      authorize.responseMode === 'form_post' && { correlation_id: conversation.correlationId }),
  }
}

function issueCode(
  { grants }: SignInServices,
  address: string,
  { conversation, person, account }: Outcome,
): Promise<string> {
  const { clientId, redirectUri, redirectKind, access, proofKey, nonce, claims } = conversation.request
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
    sid,
    authentication,
    address,
  })
}
