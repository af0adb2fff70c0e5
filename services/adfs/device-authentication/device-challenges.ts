import type { X509Certificate } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { DeviceAnswer } from '#shared/device-authentication/device-answer.ts'
import {
  challengeLocation,
  type DeviceChallenge,
  faultOfAnswer,
} from '#shared/device-authentication/device-challenge.ts'
import { readDeviceToken } from '#shared/device-authentication/device-token.ts'
import type { Random } from '#shared/random.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import { AdfsError } from '../errors.ts'

/** Nonces that devices sign with the key of their certificate ([MS-PKAP]); does not know which devices there are. */
export interface DeviceChallenges {
  /** `urn:http-auth:PKeyAuth?…`, whose answer is to come to `submitUrl`. */
  issue(submitUrl: string, issuers: readonly X509Certificate[]): Promise<string>
  /**
   * The certificate whose key has signed; undefined when the client says that it has none.
   * @throws AdfsError for an answer that proves nothing.
   */
  check(answer: DeviceAnswer): Promise<X509Certificate | undefined>
}

const kind = 'device-challenge'
const lifetime = 5 * 60_000

export function deviceChallenges(parts: {
  readonly singleUse: SingleUseStore
  readonly clock: Clock
  readonly random: Random
}): DeviceChallenges {
  const { singleUse, clock, random } = parts
  return {
    async issue(submitUrl, issuers) {
      const challenge: DeviceChallenge = { nonce: random.token(32), context: random.uuid(), submitUrl }
      await singleUse.put(kind, challenge.nonce, challenge, new Date(clock.now().getTime() + lifetime))
      return challengeLocation(challenge, { certificateAuthorities: issuers.map(nameOf).join(';') })
    },
    async check({ token: text, context }) {
      if (text === undefined) return undefined
      const token = await readDeviceToken(text)
      if (!token) throw refused('AuthToken is no RS256 token signed by the key of the certificate in its x5c')
      const challenge = await singleUse.take<DeviceChallenge>(kind, token.nonce, clock.now())
      const fault = faultOfAnswer(token, context, challenge, clock.seconds())
      if (fault !== undefined) throw refused(fault)
      return token.certificate
    },
  }
}

/** `OU=…,CN=…,DC=…`, from the most specific part on. */
function nameOf({ subject }: X509Certificate): string {
  return subject.split('\n').join(',')
}

function refused(reason: string): AdfsError {
  return new AdfsError('deviceAuthenticationFailed', { reason })
}
