import { randomBytes, type X509Certificate } from 'node:crypto'
import type { IncomingResponse, OutgoingRequest } from '#shared/http/client.ts'
import { readSigningCertificates } from '#shared/saml/metadata.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Application, RelayedEndpoint, StoredConfiguration } from './configuration/configuration.ts'
import { readConfiguration, writeConfiguration } from './configuration/configuration-xml.ts'
import { WapError } from './errors.ts'
import { type ProxyTrust, proxyRealm } from './trust/proxy-trust.ts'

/** Everything that the proxy needs to know to answer a request. */
export interface ProxyConfiguration extends StoredConfiguration {
  readonly endpoints: readonly RelayedEndpoint[]
  /** Of the entry in the store: a change has to name it. */
  readonly version: number
}

interface Cached<T> {
  readonly value: T
  readonly fetchedAt: number
}

/** ConfigurationChangesPollingIntervalSec. */
const pollingIntervalMs = 30_000
const tokenAcceptanceSeconds = 120
/** The entry of the store that the proxies of a farm share. */
const entryKey = 'WebApplicationProxyConfiguration'
const store = `WebApplicationProxy/Store/${entryKey}?api-version=1`

/** What the proxy knows of its AD FS: asked over the wire, kept for one polling interval of the stack's clock. */
export class FederationService {
  readonly #context: DeploymentContext
  readonly #trust: ProxyTrust
  #configuration: Cached<ProxyConfiguration> | undefined
  #asking: Promise<ProxyConfiguration> | undefined
  #certificates: Cached<readonly X509Certificate[]> | undefined
  /** The last entry read, by its text: most polls find what is known. */
  #stored: { readonly value: string; readonly configuration: StoredConfiguration } | undefined

  constructor(context: DeploymentContext, trust: ProxyTrust) {
    this.#context = context
    this.#trust = trust
  }

  get host(): string {
    return this.#context.scenario.organization.hosts.adfs
  }

  /** A proxy that has its configuration works on with it while AD FS does not answer. */
  async configuration(): Promise<ProxyConfiguration> {
    const kept = this.#configuration
    if (kept && this.#isFresh(kept)) return kept.value
    this.#asking ??= this.#readConfiguration().finally(() => {
      this.#asking = undefined
    })
    try {
      return await this.#asking
    } catch (error) {
      if (error instanceof WapError) throw error
      if (kept) return kept.value
      const { message } = error as Error
      throw new WapError('federationServiceUnreachable', `AD FS does not answer: ${message}`, { cause: error })
    }
  }

  /** Publishes other applications; @throws WapError when somebody else changed the configuration meanwhile. */
  async publish(applications: readonly Application[]): Promise<void> {
    const { global, version } = await this.configuration()
    const json = { key: entryKey, version, value: encode({ global, applications: await this.#bound(applications) }) }
    await this.#expect(await this.#ask(store, { method: 'PUT', json }), 'the configuration store')
    this.#configuration = undefined
  }

  /** A pre-authentication for clients with user name and password; undefined when AD FS refuses them. */
  async relyingPartyToken(request: Readonly<Record<string, unknown>>, parent: string): Promise<string | undefined> {
    const answer = await this.#ask('relyingpartytoken?api-version=1', { method: 'POST', json: request, parent })
    const { authToken } = (await answer.json()) as { authToken?: string }
    return answer.status === 200 && authToken ? Buffer.from(authToken, 'base64').toString('utf8') : undefined
  }

  /** `again` asks AD FS anew: a token may be signed with a certificate that came since. */
  async signingCertificates(again = false): Promise<readonly X509Certificate[]> {
    if (!again && this.#certificates && this.#isFresh(this.#certificates)) return this.#certificates.value
    try {
      const client = await this.#trust.client()
      const answer = await client.send(`https://${this.host}/FederationMetadata/2007-06/FederationMetadata.xml`)
      if (answer.status !== 200) throw new Error(`FederationMetadata answered ${answer.status}`)
      const value = readSigningCertificates(await answer.text())
      this.#certificates = { value, fetchedAt: this.#now() }
      return value
    } catch (error) {
      if (error instanceof WapError) throw error
      const { message } = error as Error
      throw new WapError('federationServiceUnreachable', `AD FS does not answer: ${message}`, { cause: error })
    }
  }

  forget(): void {
    this.#configuration = undefined
    this.#certificates = undefined
  }

  #now(): number {
    return this.#context.clock.now().getTime()
  }

  #isFresh({ fetchedAt }: Cached<unknown>): boolean {
    return Math.abs(this.#now() - fetchedAt) < pollingIntervalMs
  }

  async #readConfiguration(): Promise<ProxyConfiguration> {
    const [endpoints, entry] = await Promise.all([this.#endpoints(), this.#ask(store)])
    if (entry.status === 404) {
      await entry.text()
      await this.#publishScenario()
      return this.#readConfiguration()
    }
    await this.#expect(entry, 'the configuration store', false)
    const { version, value } = (await entry.json()) as { version: number; value: string }
    const configuration = { ...(await this.#storedIn(value)), endpoints, version }
    this.#configuration = { value: configuration, fetchedAt: this.#now() }
    return configuration
  }

  async #storedIn(value: string): Promise<StoredConfiguration> {
    if (this.#stored?.value === value) return this.#stored.configuration
    const configuration = await readConfiguration(Buffer.from(value, 'base64').toString('utf8'))
    this.#stored = { value, configuration }
    return configuration
  }

  async #endpoints(): Promise<readonly RelayedEndpoint[]> {
    const answer = await this.#ask('GetConfiguration?api-version=2')
    await this.#expect(answer, 'GetConfiguration', false)
    const { EndpointConfiguration } = (await answer.json()) as {
      EndpointConfiguration: { Endpoints: readonly { Path: string; ServicePath: string; PortType: number }[] }
    }
    return EndpointConfiguration.Endpoints.filter(({ PortType }) => PortType === 1)
      .map(({ Path, ServicePath }) => ({ path: Path, servicePath: ServicePath }))
      .sort((a, b) => b.path.length - a.path.length)
  }

  /** Add-WebApplicationProxyApplication for everything in the scenario, on a farm whose store is still empty. */
  async #publishScenario(): Promise<void> {
    const { wap } = this.#context.scenario
    const base = `https://${this.host}/adfs`
    const global = {
      ...{ accessCookieKey: randomBytes(32).toString('base64'), realm: proxyRealm, tokenAcceptanceSeconds },
      ...{
        signInUrl: `${base}/ls`,
        signOutUrl: `${base}/ls/?wa=wsignout1.0`,
        authorizationUrl: `${base}/oauth2/authorize`,
      },
      ...{ userIdleTimeoutSec: wap.userIdleTimeoutSec, userIdleTimeoutAction: wap.userIdleTimeoutAction },
      proxyName: wap.proxyName,
    }
    const value = encode({ global, applications: await this.#bound(wap.publishedApplications) })
    const answer = await this.#ask(store, { method: 'POST', json: { key: entryKey, version: 0, value } })
    // 409: another proxy of the farm was first.
    if (answer.status !== 409) await this.#expect(answer, 'the configuration store')
    else await answer.text()
  }

  /** The applications with the ids of their trusts, which AD FS is told of. */
  async #bound(applications: readonly Application[]): Promise<readonly Application[]> {
    if (applications.every(({ relyingPartyName }) => relyingPartyName === undefined)) return applications
    const answer = await this.#ask('RelyingPartyTrusts?api-version=1')
    await this.#expect(answer, 'RelyingPartyTrusts', false)
    const trusts = (await answer.json()) as readonly { objectIdentifier: string; name: string }[]
    return Promise.all(applications.map((application) => this.#bind(application, trusts)))
  }

  async #bind(
    application: Application,
    trusts: readonly { readonly objectIdentifier: string; readonly name: string }[],
  ): Promise<Application> {
    const { relyingPartyName, externalUrl, backendServerUrl } = application
    if (relyingPartyName === undefined) return application
    const trust = trusts.find(({ name }) => name === relyingPartyName)
    if (!trust) throw new WapError('unknownRelyingParty', `AD FS has no relying party trust "${relyingPartyName}"`)
    const json = { externalUrl, internalUrl: backendServerUrl, proxyTrustedEndpoint: externalUrl }
    const path = `RelyingPartyTrusts/${trust.objectIdentifier}/PublishedSettings?api-version=1`
    await (await this.#ask(path, { method: 'POST', json })).text()
    return { ...application, relyingPartyId: trust.objectIdentifier }
  }

  /** One question to the proxy REST; a trust that AD FS no longer knows is made again where that is allowed. */
  async #ask(path: string, request: OutgoingRequest = {}): Promise<IncomingResponse> {
    const url = `https://${this.host}/adfs/proxy/${path}`
    const answer = await (await this.#trust.client()).send(url, request)
    if (answer.status !== 401) return answer
    await answer.text()
    this.#trust.lost()
    return (await this.#trust.client()).send(url, request)
  }

  async #expect(answer: IncomingResponse, what: string, consume = true): Promise<void> {
    if (answer.status !== 200) {
      await answer.text()
      throw new Error(`${what} answered ${answer.status}`)
    }
    if (consume) await answer.text()
  }
}

function encode(configuration: StoredConfiguration): string {
  return Buffer.from(writeConfiguration(configuration)).toString('base64')
}
