import { X509Certificate } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { HttpClient } from '#shared/http/client.ts'
import type { Log } from '#shared/log.ts'
import type { TenantFederation } from '../domains/domain-store.ts'

/** The signing certificates of identity providers, from their federation metadata. */
export interface ProviderCertificates {
  /** None when the metadata cannot be read. */
  of(federation: TenantFederation): Promise<readonly X509Certificate[]>
  /** Reads the metadata again, at most once a minute: undefined when it is too soon. */
  refreshed(federation: TenantFederation): Promise<readonly X509Certificate[] | undefined>
  forget(): void
}

interface Kept {
  readonly certificates: readonly X509Certificate[]
  readonly readAt: number
}

/** "Manage AD FS trust": the certificates are looked up daily, and when a signature names an unknown one. */
const keptFor = 24 * 60 * 60 * 1000
const refreshPause = 60 * 1000

export function providerCertificates(parts: {
  http: Pick<HttpClient, 'send'>
  clock: Clock
  log: Log
}): ProviderCertificates {
  const kept = new Map<string, Kept>()
  const now = () => parts.clock.now().getTime()
  const read = async (url: string): Promise<readonly X509Certificate[]> => {
    const certificates = await readMetadata(parts, url)
    if (certificates.length > 0) kept.set(url, { certificates, readAt: now() })
    return certificates
  }
  return {
    async of(federation) {
      const configured = configuredCertificates(federation)
      if (configured.length > 0) return configured
      const url = metadataUrl(federation)
      const known = kept.get(url)
      return known && now() - known.readAt < keptFor ? known.certificates : read(url)
    },
    async refreshed(federation) {
      if (configuredCertificates(federation).length > 0) return undefined
      const url = metadataUrl(federation)
      const known = kept.get(url)
      return known && now() - known.readAt < refreshPause ? undefined : read(url)
    },
    forget: () => kept.clear(),
  }
}

/** A provider without metadata has its certificates in the domain, the present one and the next. */
function configuredCertificates(federation: TenantFederation): readonly X509Certificate[] {
  return [federation.signingCertificate, federation.nextSigningCertificate].flatMap((certificate) =>
    certificate ? [new X509Certificate(Buffer.from(certificate, 'base64'))] : [],
  )
}

function metadataUrl({ passiveSignInUri }: TenantFederation): string {
  return new URL('/FederationMetadata/2007-06/FederationMetadata.xml', passiveSignInUri).href
}

async function readMetadata(
  { http, log }: { http: Pick<HttpClient, 'send'>; log: Log },
  url: string,
): Promise<readonly X509Certificate[]> {
  const { readSigningCertificates } = await import('#shared/saml/metadata.ts')
  try {
    const answer = await http.send(url, { timeoutMs: 5_000 })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`status ${answer.status}`)
    return readSigningCertificates(text)
  } catch (error) {
    log.warn({ err: error, url }, 'federation metadata cannot be read')
    return []
  }
}
