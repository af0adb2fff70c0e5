import type { FastifyReply, FastifyRequest } from 'fastify'
import { challengeLocation } from '#shared/device-authentication/device-challenge.ts'
import { deviceAuthorityName } from '../../devices/device-authority.ts'
import { EntraError } from '../../errors.ts'
import { onLoginHost, signInPaths } from '../../urls.ts'
import { type Conversation, contextOf } from '../conversation.ts'
import { note } from '../journal.ts'
import type { NextStep, SignInFacts } from '../next-step.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'

interface DeviceTurn<Name extends NextStep['step']> {
  readonly conversation: Conversation
  readonly facts: SignInFacts
  readonly step: Extract<NextStep, { step: Name }>
}

/** [MS-PKAP]: the web view recognises the scheme, signs the nonce with the device's key and goes to the SubmitUrl. */
export async function challengeDevice(
  services: SignInServices,
  { request, reply }: Exchange,
  { conversation, facts, step }: DeviceTurn<'authenticateDevice'>,
): Promise<FastifyReply> {
  const { devices, config } = services
  const submitUrl = onLoginHost(signInPaths.deviceAuthentication)
  const challenge = await devices.challenges.issue({ context: contextOf(conversation), submitUrl })
  const asker = { certificateAuthorities: deviceAuthorityName, tenantId: config.tenant.id }
  const interrupt = new EntraError('deviceAuthenticationRequired', { reason: step.reason })
  await logInterrupt(services, request, { conversation, facts }, interrupt)
  return reply.redirect(challengeLocation(challenge, asker), 302)
}

const brokers = {
  android: 'https://play.google.com/store/apps/details?id=com.azure.authenticator',
  iOS: 'https://apps.apple.com/app/microsoft-authenticator/id983156458',
} as const

/** The address by which the authentication libraries take people to the app that registers devices. */
export async function sendToBroker(
  services: SignInServices,
  { request, reply }: Exchange,
  { conversation, facts, step }: DeviceTurn<'installBroker'>,
): Promise<FastifyReply> {
  const error = new EntraError('brokerNotInstalled', { reason: step.reason })
  await logInterrupt(services, request, { conversation, facts }, error)
  await services.conversations.end(conversation)
  const parameters = {
    username: facts.person?.userPrincipalName ?? '',
    app_link: brokers[step.platform],
    ...(step.control.control === 'compliantApplication' && { intuneAppProtection: '1' }),
  }
  return reply.redirect(`msauth://wpj/?${new URLSearchParams(parameters)}`, 302)
}

async function logInterrupt(
  { signIns, config }: SignInServices,
  request: FastifyRequest,
  { conversation, facts }: Pick<DeviceTurn<'authenticateDevice'>, 'conversation' | 'facts'>,
  error: EntraError,
): Promise<void> {
  const { decision, person } = facts
  const end = { conversation, decision, person, errorCode: error.facts.aadsts, failureReason: error.message }
  await signIns.add(signInRecord(config, request, end))
  const user = person === undefined ? {} : { user: person.userPrincipalName }
  note(request, conversation.request, undefined, { decision: error.code, reason: error.reason, ...user })
}
