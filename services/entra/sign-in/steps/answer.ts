import type { FastifyReply } from 'fastify'
import { answerClient } from '../../authorize/answer-client.ts'
import { type Authentication, type SessionAccount, withAccount } from '../browser-session.ts'
import type { Conversation } from '../conversation.ts'
import { authenticationSoFar } from '../facts.ts'
import { note } from '../journal.ts'
import type { SignInFacts } from '../next-step.ts'
import { responseParameters } from '../response-parameters.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'
import { connectDevice, sendDeviceConnected } from './connect-device.ts'

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
  const { deviceCode, adminConsent } = authorize
  const outcome = { conversation, person, account, device: facts.device }
  const parameters = adminConsent
    ? { admin_consent: 'True', tenant: services.config.tenant.id, scope: adminConsent.scope }
    : deviceCode === undefined
      ? await responseParameters(services, exchange.request, outcome)
      : await connectDevice(services, exchange.request, { conversation, account })
  const end = { conversation, decision, person, errorCode: 0, failureReason: 'Other.' }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  const { multifactor } = conversation.progress
  const proved = { multifactor: multifactor !== undefined && multifactor.remembered !== true }
  await services.circumstances.risk.signedIn(person.objectId, proved)
  await services.conversations.end(conversation)
  note(exchange.request, authorize, 'answered', {
    decision: 'signedIn',
    user: person.userPrincipalName,
    detail: { application: authorize.clientId, amr: authentication.amr },
  })
  if (deviceCode !== undefined) return sendDeviceConnected(services, exchange, authorize)
  return answerClient(exchange.request, exchange.reply, authorize, parameters)
}

async function keepSession(
  { sessions, random, revocations }: SignInServices,
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
    authentication:
      firstFactor.sid === undefined
        ? { ...authentication, validity: await revocations.stamp(objectId) }
        : authentication,
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
