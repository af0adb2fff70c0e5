import type { FastifyReply, FastifyRequest } from 'fastify'
import { type DeviceAnswer, readDeviceAnswer } from '#shared/device-authentication/device-answer.ts'
import { finishSilently } from '../authorize/authorize.ts'
import { failed } from '../devices/challenge/device-challenges.ts'
import { EntraError } from '../errors.ts'
import type { DirectoryDevice } from '../people/devices.ts'
import { advance } from './advance.ts'
import type { Conversation } from './conversation.ts'
import { isUsableBy } from './device-presence.ts'
import type { SignInServices } from './services.ts'
import { signInRecord } from './sign-in-record.ts'

/** `/common/DeviceAuthPKeyAuth`: the web view comes back with the device's signature, or without one. */
export function deviceReturn(services: SignInServices) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const answer = readDeviceAnswer(request.headers.authorization)
    if (!answer) throw failed('no Authorization: PKeyAuth was sent')
    const proof = { context: answer.context, needs: 'browserOnly' } as const
    const conversation = await services.conversations.resume(request, proof)
    const device = await checkedDevice(services, request, conversation, answer)
    request.recording.note({ decision: device ? 'deviceAuthenticated' : 'deviceHasNoCertificate' })
    const progress = { ...conversation.progress, device: { deviceId: device?.deviceId } }
    const exchange = { request, reply }
    return conversation.request.prompt === 'none'
      ? finishSilently(services, exchange, { ...conversation, progress })
      : advance(services, exchange, { ...conversation, progress })
  }
}

async function checkedDevice(
  services: SignInServices,
  request: FastifyRequest,
  conversation: Conversation,
  answer: DeviceAnswer,
): Promise<DirectoryDevice | undefined> {
  const { firstFactor } = conversation.progress
  try {
    const device = await services.devices.challenges.check(answer)
    if (device && !isUsableBy(device, firstFactor?.objectId ?? ''))
      throw failed(`${device.displayName} is registered by somebody else`)
    return device
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    const person = firstFactor && (await services.people.byObjectId(firstFactor.objectId))
    const end = { conversation, person, errorCode: error.facts.aadsts, failureReason: error.message }
    await services.signIns.add(signInRecord(services.config, request, end))
    await services.conversations.end(conversation)
    throw error
  }
}
