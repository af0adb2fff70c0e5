import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import { EntraError } from '../../errors.ts'
import type { DeviceStore, DirectoryDevice } from '../../people/devices.ts'
import { type DeviceAuthority, thumbprintOf } from '../device-authority.ts'
import type { DeviceAnswer } from './announced.ts'
import type { DeviceChallenge } from './challenge-text.ts'
import { type DeviceToken, readDeviceToken } from './device-token.ts'

/*
 * Device authentication by PKeyAuth ([MS-PKAP]): a nonce is handed out, and a device signs it with the key whose
 * certificate the tenant issued to it. Owns nonces and the checks of answers; does not know who asks, or why.
 */
export interface DeviceChallenges {
  issue(place: Omit<DeviceChallenge, 'nonce'>): Promise<DeviceChallenge>
  /**
   * The device that answered, or undefined when it has no certificate of this tenant.
   * @throws EntraError for an answer that proves nothing.
   */
  check(answer: DeviceAnswer): Promise<DirectoryDevice | undefined>
}

export interface DeviceChallengeParts {
  readonly singleUse: SingleUseStore
  readonly directory: DeviceStore
  readonly authority: DeviceAuthority
  readonly tenantId: string
  readonly clock: Clock
  readonly random: Random
}

const kind = 'deviceChallenge'
const lifetime = 5 * 60_000
/** How far the clock of a device may be off. */
const toleratedSkew = 5 * 60

export function createDeviceChallenges(parts: DeviceChallengeParts): DeviceChallenges {
  const { singleUse, directory, clock, random } = parts
  return {
    async issue(place) {
      const challenge: DeviceChallenge = { ...place, nonce: random.token(32) }
      const expiresAt = new Date(clock.now().getTime() + lifetime)
      await singleUse.put(kind, challenge.nonce, challenge, expiresAt)
      return challenge
    },
    async check(answer) {
      if (answer.token === undefined) return undefined
      const token = await readDeviceToken(answer.token)
      if (!token) {
        throw new EntraError('deviceTokenInvalid', {
          reason: 'AuthToken is no RS256 token signed by the key of the certificate in its x5c',
        })
      }
      const challenge = await singleUse.take<DeviceChallenge>(kind, token.nonce, clock.now())
      checkChallenge(token, answer, challenge, clock)
      const device = await certifiedDevice(parts, token)
      await directory.noteSignIn(device.deviceId, clock.now().getTime())
      return device
    },
  }
}

function checkChallenge(
  { audience, issuedAt }: DeviceToken,
  { context }: DeviceAnswer,
  challenge: DeviceChallenge | undefined,
  clock: Clock,
): void {
  if (!challenge) throw failed('the nonce was never given out, was used before, or is older than five minutes')
  if (context !== challenge.context) throw failed('the nonce was given out in another Context')
  if (withoutQuery(audience) !== withoutQuery(challenge.submitUrl))
    throw failed(`aud is "${audience}", expected the SubmitUrl ${challenge.submitUrl}`)
  if (!(Math.abs(clock.seconds() - issuedAt) <= toleratedSkew))
    throw failed(`iat is ${issuedAt}; it is ${clock.seconds()} now`)
}

/** Clients append their request id to the URL that they call, and may sign what they called. */
function withoutQuery(url: string): string {
  return (url.split('?')[0] ?? '').toLowerCase()
}

async function certifiedDevice(parts: DeviceChallengeParts, { certificate }: DeviceToken): Promise<DirectoryDevice> {
  const now = parts.clock.now()
  if (!(await parts.authority.isIssuerOf(certificate)))
    throw failed('the certificate is not from MS-Organization-Access')
  if (now < certificate.validFromDate || now > certificate.validToDate)
    throw failed(`the certificate is valid from ${certificate.validFrom} to ${certificate.validTo}`)
  const device = await parts.directory.byThumbprint(thumbprintOf(certificate))
  if (!device) throw await unknownCertificate(parts, certificate.subject)
  return usableDevice(device)
}

/** @throws EntraError for a device that the administrator switched off. */
export function usableDevice(device: DirectoryDevice): DirectoryDevice {
  if (device.accountEnabled) return device
  throw new EntraError('deviceDisabled', { reason: `accountEnabled of ${device.displayName} is false` })
}

async function unknownCertificate({ directory, tenantId }: DeviceChallengeParts, subject: string): Promise<EntraError> {
  const deviceId = /CN=([\w-]+)/.exec(subject)?.[1] ?? ''
  if (await directory.byDeviceId(deviceId)) return failed('the device has another certificate by now, or none')
  return deviceDeleted(tenantId, deviceId)
}

export function deviceDeleted(tenantId: string, deviceId: string): EntraError {
  const values = { tenant: tenantId }
  return new EntraError('deviceDeleted', { values, reason: `the directory has no device ${deviceId}` })
}

export function failed(reason: string): EntraError {
  return new EntraError('deviceAuthenticationFailed', { reason })
}
