import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { DirectoryClient } from '../directory/directory-client.ts'
import type { FarmPropertyStore } from '../farm/farm-properties.ts'
import type { AdfsStore } from '../store.ts'
import { type DeviceAuthentication, deviceAuthentication } from './device-authentication.ts'
import { deviceChallenges } from './device-challenges.ts'
import { deviceIssuers } from './device-issuers.ts'
import { deviceProofs } from './device-proofs.ts'

interface DeviceParts {
  readonly directory: DirectoryClient
  readonly properties: FarmPropertyStore
  /** Tells the TLS server whose certificates, PEM, devices may show. */
  readonly offer: (authorities: readonly string[]) => void
}

export interface OpenDeviceAuthentication {
  readonly devices: DeviceAuthentication
  /** After a reset. */
  reload(): Promise<void>
}

export function openDeviceAuthentication(
  { clock, random }: Pick<DeploymentContext, 'clock' | 'random'>,
  { singleUse, entries }: AdfsStore,
  { directory, properties, offer }: DeviceParts,
): OpenDeviceAuthentication {
  const issuers = deviceIssuers(directory, clock, (known) => offer(known.map((issuer) => issuer.toString())))
  const challenges = deviceChallenges({ singleUse, clock, random })
  const proofs = deviceProofs(entries, clock, random)
  return {
    devices: deviceAuthentication({ directory, properties, issuers, challenges, proofs, clock }),
    reload: async () => issuers.forget(),
  }
}
