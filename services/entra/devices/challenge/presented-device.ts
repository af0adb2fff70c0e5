import type { FastifyReply, FastifyRequest } from 'fastify'
import { announcesDeviceAuthentication, readDeviceAnswer } from '#shared/device-authentication/device-answer.ts'
import { challengeHeader } from '#shared/device-authentication/device-challenge.ts'
import type { Random } from '#shared/random.ts'
import { EntraError } from '../../errors.ts'
import type { DirectoryDevice } from '../../people/devices.ts'
import { deviceAuthorityName } from '../device-authority.ts'
import type { DeviceChallenges } from './device-challenges.ts'

/** What a client of the token endpoint tells of its device. */
export interface PresentedDevice {
  readonly answersChallenges: boolean
  /** It answered one: with a device, or that it has no certificate. */
  readonly answered: boolean
  readonly device?: DirectoryDevice | undefined
  /** Puts a challenge on the answer to this request, and gives back what to throw. */
  challenge(reason: string): Promise<EntraError>
}

/** @throws EntraError for an answer to a challenge that proves nothing. */
export async function presentedDevice(
  { challenges, random }: { readonly challenges: DeviceChallenges; readonly random: Random },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<PresentedDevice> {
  const answer = readDeviceAnswer(request.headers.authorization)
  return {
    answersChallenges: answer !== undefined || announcesDeviceAuthentication(request.headers),
    answered: answer !== undefined,
    device: answer && (await challenges.check(answer)),
    async challenge(reason) {
      const submitUrl = `https://${request.hostname}${request.url.split('?')[0]}`
      const challenge = await challenges.issue({ context: random.token(24), submitUrl })
      reply.header('www-authenticate', challengeHeader(challenge, { certificateAuthorities: deviceAuthorityName }))
      return new EntraError('deviceAuthenticationRequired', { reason })
    },
  }
}
