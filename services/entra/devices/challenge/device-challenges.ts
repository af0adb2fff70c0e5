import type { Clock } from '#shared/clock.ts'
import type { DeviceAnswer } from '#shared/device-authentication/device-answer.ts'
import { type DeviceChallenge, faultOfAnswer } from '#shared/device-authentication/device-challenge.ts'
import { type DeviceToken, readDeviceToken } from '#shared/device-authentication/device-token.ts'
import type { Random } from '#shared/random.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import { EntraError } from '../../errors.ts'
import type { DeviceStore, DirectoryDevice } from '../../people/devices.ts'
import { type DeviceAuthority, thumbprintOf } from '../device-authority.ts'

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
      const fault = faultOfAnswer(token, answer.context, challenge, clock.seconds())
      if (fault !== undefined) throw failed(fault)
      const device = await certifiedDevice(parts, token)
      await directory.noteSignIn(device.deviceId, clock.now().getTime())
      return device
    },
  }
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
