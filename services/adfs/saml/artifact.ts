import { createHash } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { Trust } from '../trusts.ts'

/** A response that waits to be fetched. */
export interface KeptResponse {
  readonly response: string
  /** The object identifier of the only trust that may fetch it. */
  readonly trust: string
}

export interface ArtifactStore {
  /** Gives the artifact. */
  keep(response: string, trust: Trust): Promise<string>
  /** Once; undefined for an artifact that is unknown, used, too old or of another issuer. */
  take(artifact: string): Promise<KeptResponse | undefined>
}

const kind = 'saml artifact'
const typeCode = 4
const endpointIndex = 0
const lifetimeMinutes = 5

export function artifactStore(
  values: SingleUseStore,
  { clock, random, identifier }: { clock: Clock; random: Random; identifier: string },
): ArtifactStore {
  const sourceId = createHash('sha1').update(identifier).digest()
  return {
    async keep(response, trust) {
      await values.sweep(clock.now())
      const handle = createHash('sha256').update(random.token()).digest().subarray(0, 20)
      const artifact = writeArtifact(sourceId, handle)
      const expiresAt = new Date(clock.now().getTime() + lifetimeMinutes * 60_000)
      await values.put(kind, artifact, { response, trust: trust.settings.objectIdentifier }, expiresAt)
      return artifact
    },
    take: (artifact) => values.take<KeptResponse>(kind, artifact, clock.now()),
  }
}

/** SAML 2.0 Bindings §3.6.4: type code, end point index, SHA-1 of the issuer, message handle. */
function writeArtifact(sourceId: Buffer, handle: Buffer): string {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(typeCode, 0)
  head.writeUInt16BE(endpointIndex, 2)
  return Buffer.concat([head, sourceId, handle]).toString('base64')
}
