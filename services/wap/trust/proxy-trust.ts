import { X509Certificate } from 'node:crypto'
import type { ClientCertificate, HttpClient } from '#shared/http/client.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { WapError } from '../errors.ts'

export interface TrustCredential {
  readonly userName: string
  readonly password: string
}

export interface TrustStatus {
  readonly state: 'none' | 'established' | 'revoked' | 'refused'
  readonly reason?: string | undefined
  readonly thumbprint?: string | undefined
}

interface Established {
  readonly client: HttpClient
  readonly certificate: X509Certificate
}

/** An administrator's wrong password is not tried again and again: that would lock the account out. */
const retryRefusedMs = 10 * 60_000
/** [MS-ADFSPIP] §3.2: proxies renew long before the certificate ends. */
const renewalMs = 8 * 60 * 60_000
/** Of AD FS of the same stack: an administrator ended the trust, so that only an administrator makes a new one. */
const trustHeader = 'fauxchange-proxy-trust'
export const proxyRealm = 'urn:AppProxy:com'

/** The proxy's trust with AD FS: its own certificate, that an administrator registers there once. */
export class ProxyTrust implements AsyncDisposable {
  readonly #context: DeploymentContext
  #established: Established | undefined
  #establishing: Promise<Established> | undefined
  #ended: { readonly state: 'revoked' | 'refused'; readonly reason: string; readonly at: number } | undefined
  #renewal: Disposable | undefined
  readonly #retired: HttpClient[] = []

  constructor(context: DeploymentContext) {
    this.#context = context
  }

  get status(): TrustStatus {
    const thumbprint = this.#established?.certificate.fingerprint256.replaceAll(':', '')
    if (this.#established) return { state: 'established', thumbprint }
    return { state: this.#ended?.state ?? 'none', reason: this.#ended?.reason }
  }

  /**
   * A client that AD FS knows as its proxy.
   * @throws WapError when there is no trust and none can be had.
   */
  async client(): Promise<HttpClient> {
    if (this.#established) return this.#established.client
    if (this.#ended && !this.#mayTryAgain(this.#ended)) throw new WapError('proxyTrustMissing', this.#ended.reason)
    return (await this.#establishOnce(this.#context.scenario.wap.trustCredential)).client
  }

  /** Install-WebApplicationProxy: an administrator makes the trust anew. */
  async install(credential: TrustCredential): Promise<TrustStatus> {
    this.forget()
    await this.#establishOnce(credential, true).catch((error: unknown) => {
      if (!(error instanceof WapError)) throw error
    })
    return this.status
  }

  /** AD FS answered 401: nothing is known until it is asked again. */
  lost(): void {
    this.#retire()
  }

  forget(): void {
    this.#retire()
    this.#ended = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#retire()
    await Promise.all(this.#retired.map((client) => client[Symbol.asyncDispose]()))
  }

  #mayTryAgain({ state, at }: { readonly state: string; readonly at: number }): boolean {
    return state === 'refused' && Math.abs(this.#context.clock.now().getTime() - at) >= retryRefusedMs
  }

  #retire(): void {
    this.#renewal?.[Symbol.dispose]()
    if (this.#established) this.#retired.push(this.#established.client)
    this.#established = undefined
  }

  #establishOnce(credential: TrustCredential | undefined, anew = false): Promise<Established> {
    this.#establishing ??= this.#establish(credential, anew).finally(() => {
      this.#establishing = undefined
    })
    return this.#establishing
  }

  async #establish(credential: TrustCredential | undefined, anew: boolean): Promise<Established> {
    const candidate = await this.#open(await this.#certificate())
    const known = anew ? undefined : await this.#ask(candidate, 'GetConfiguration?api-version=2')
    if (known?.status === 200) return this.#keep(candidate)
    if (known?.headers[trustHeader] === 'revoked') {
      return this.#end('revoked', 'AD FS has revoked the trust in this proxy; install it again', candidate)
    }
    if (!credential) return this.#end('refused', 'the scenario names no administrator (wap.trustCredential)', candidate)
    const authorization = `Basic ${Buffer.from(`${credential.userName}:${credential.password}`).toString('base64')}`
    const json = { SerializedTrustCertificate: candidate.certificate.raw.toString('base64') }
    const { status } = await this.#ask(candidate, 'EstablishTrust', { json, headers: { authorization } })
    if (status !== 200) {
      return this.#end('refused', `EstablishTrust as ${credential.userName} answered ${status}`, candidate)
    }
    await this.#ask(candidate, 'WebApplicationProxy/trust?api-version=1', { json: { Identifier: proxyRealm } })
    return this.#keep(candidate)
  }

  #keep(candidate: Established): Established {
    this.#established = candidate
    this.#ended = undefined
    const due = new Date(this.#context.clock.now().getTime() + renewalMs)
    this.#renewal = this.#context.clock.at(due, () => this.#renew(candidate))
    return candidate
  }

  async #end(state: 'revoked' | 'refused', reason: string, { client }: Established): Promise<never> {
    this.#retired.push(client)
    this.#ended = { state, reason, at: this.#context.clock.now().getTime() }
    this.#context.log.warn({ reason }, 'no proxy trust with AD FS')
    throw new WapError('proxyTrustMissing', reason)
  }

  /** RenewTrust: the certificate in use vouches for the next one. A failure is found out by the next request. */
  async #renew(current: Established): Promise<void> {
    if (this.#established !== current) return
    try {
      const next = await this.#open(await this.#certificate(true))
      const json = { SerializedReplacementCertificate: next.certificate.raw.toString('base64') }
      const { status } = await this.#ask(current, 'RenewTrust', { json })
      this.#retire()
      if (status === 200) this.#keep(next)
      else this.#retired.push(next.client)
    } catch (error) {
      this.#context.log.info({ err: error }, 'the proxy trust could not be renewed')
      this.#retire()
    }
  }

  async #certificate(anew = false): Promise<ClientCertificate> {
    const { authority, name, clock, scenario } = this.#context
    const request = { name: `${name} proxy trust`, commonName: `ADFS ProxyTrust - ${scenario.wap.proxyName}` }
    const now = clock.now()
    if (!anew) {
      const own = await authority.clientCertificateFor(request)
      const { validFromDate, validToDate } = new X509Certificate(own.certificatePem)
      if (validFromDate <= now && now < validToDate) return own
    }
    return authority.clientCertificateFor({ ...request, validAt: now })
  }

  async #open(certificate: ClientCertificate): Promise<Established> {
    const client = this.#context.http.variant({ certificate })
    return { client, certificate: new X509Certificate(certificate.certificatePem) }
  }

  async #ask(
    { client }: Established,
    path: string,
    post?: { readonly json: unknown; readonly headers?: Readonly<Record<string, string>> },
  ) {
    const url = `https://${this.#context.scenario.organization.hosts.adfs}/adfs/proxy/${path}`
    const answer = await client.send(url, post && { method: 'POST', ...post })
    await answer.text()
    return answer
  }
}
