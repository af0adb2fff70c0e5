import type { X509Certificate } from 'node:crypto'
import { readSigningCertificates } from '#shared/saml/metadata.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { WapError } from './errors.ts'

export interface PublishedTrust {
  readonly objectIdentifier: string
  readonly name: string
  readonly publishedThroughProxy: boolean
  readonly enabled: boolean
}

interface Cached<T> {
  readonly value: T
  readonly fetchedAt: number
}

/** ConfigurationChangesPollingIntervalSec. */
const pollingIntervalMs = 30_000

/** What the proxy knows of its AD FS: asked over the wire, kept for one polling interval of the stack's clock. */
export class FederationService {
  readonly #context: DeploymentContext
  #trusts: Cached<readonly PublishedTrust[]> | undefined
  #certificates: Cached<readonly X509Certificate[]> | undefined

  constructor(context: DeploymentContext) {
    this.#context = context
  }

  get host(): string {
    return this.#context.scenario.organization.hosts.adfs
  }

  async trustNamed(name: string): Promise<PublishedTrust> {
    this.#trusts = await this.#fresh(this.#trusts, () => this.#fetchTrusts())
    const trust = this.#trusts.value.find((each) => each.name === name)
    if (!trust) throw new WapError('unknownRelyingParty', `AD FS has no relying party trust named "${name}"`)
    return trust
  }

  /** `again` asks AD FS anew: a token may be signed with a certificate that came since. */
  async signingCertificates(again = false): Promise<readonly X509Certificate[]> {
    this.#certificates = await this.#fresh(again ? undefined : this.#certificates, () => this.#fetchCertificates())
    return this.#certificates.value
  }

  forget(): void {
    this.#trusts = undefined
    this.#certificates = undefined
  }

  async #fresh<T>(cached: Cached<T> | undefined, fetch: () => Promise<T>): Promise<Cached<T>> {
    const now = this.#context.clock.now().getTime()
    if (cached && Math.abs(now - cached.fetchedAt) < pollingIntervalMs) return cached
    try {
      return { value: await fetch(), fetchedAt: now }
    } catch (error) {
      throw new WapError('federationServiceUnreachable', `AD FS does not answer: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }

  async #fetchTrusts(): Promise<readonly PublishedTrust[]> {
    const answer = await this.#context.http.send(`https://${this.host}/adfs/proxy/RelyingPartyTrusts?api-version=1`, {
      authenticate: true,
    })
    if (answer.status !== 200) throw new Error(`RelyingPartyTrusts answered ${answer.status}`)
    return (await answer.json()) as readonly PublishedTrust[]
  }

  async #fetchCertificates(): Promise<readonly X509Certificate[]> {
    const answer = await this.#context.http.send(
      `https://${this.host}/FederationMetadata/2007-06/FederationMetadata.xml`,
    )
    if (answer.status !== 200) throw new Error(`FederationMetadata answered ${answer.status}`)
    return readSigningCertificates(await answer.text())
  }
}
