import { setTimeout as delay } from 'node:timers/promises'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccountStore } from '../accounts/accounts.ts'
import { logOn } from '../logon/logon.ts'

interface PendingRequest {
  readonly requestId: string
  readonly userPrincipalName: string
  readonly encryptedPassword: string
}

/** How many requests the agent holds open at Entra ID, so that one slow logon does not delay the next. */
const concurrentPolls = 2

/** The pass-through authentication agent: asks Entra ID outwards for sign-ins and checks them at the domain. */
export class PassThroughAgent implements AsyncDisposable {
  readonly #context: DeploymentContext
  readonly #accounts: AccountStore
  readonly #stopping = new AbortController()
  #running: readonly Promise<void>[] = []

  constructor(context: DeploymentContext, accounts: AccountStore) {
    this.#context = context
    this.#accounts = accounts
  }

  /** Once is enough: an agent that runs goes on. */
  start(): void {
    if (this.#running.length > 0) return
    this.#running = Array.from({ length: concurrentPolls }, () => this.#run())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#running)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    let failures = 0
    while (!signal.aborted) {
      try {
        await this.#serveOne()
        failures = 0
      } catch (error) {
        failures += 1
        await this.#pauseAfter(error, failures)
      }
    }
  }

  /** A held poll may be cut at any time, as when the stack ends; only what goes on failing is worth a word. */
  async #pauseAfter(err: unknown, failures: number): Promise<void> {
    const { signal } = this.#stopping
    if (signal.aborted) return
    if (failures > 1) this.#context.log.warn({ err }, 'pass-through agent')
    await delay(1000, undefined, { signal, ref: false }).catch(() => undefined)
  }

  async #serveOne(): Promise<void> {
    const { authority, name } = this.#context
    const { x5c } = await authority.machineIdentity(name)
    const response = await this.#send('poll', { agentCertificate: x5c[0] }, 60_000)
    if (response.status === 204) return void (await response.text())
    if (response.status !== 200)
      throw new Error(`Entra ID answered the poll with ${response.status}: ${await response.text()}`)
    const request = (await response.json()) as PendingRequest
    const answer = await this.#send(request.requestId, { status: await this.#check(request) }, 10_000)
    await answer.text()
  }

  async #check({ userPrincipalName, encryptedPassword }: PendingRequest): Promise<string> {
    const { authority, name, clock, scenario } = this.#context
    const { compactDecrypt } = await import('jose')
    const { privateKey } = await authority.machineIdentity(name)
    const { plaintext } = await compactDecrypt(encryptedPassword, privateKey)
    const { netbiosName } = scenario.organization.activeDirectory
    const { status } = await logOn(
      { accounts: this.#accounts, clock, netbiosName },
      userPrincipalName,
      new TextDecoder().decode(plaintext),
    )
    return status
  }

  #send(path: string, json: unknown, timeoutMs: number) {
    const url = `https://adminwebservice.microsoftonline.com/provisioning/${this.#context.scenario.tenant.id}/passthrough/${path}`
    return this.#context.http.send(url, {
      method: 'POST',
      authenticate: true,
      json,
      timeoutMs,
      signal: this.#stopping.signal,
    })
  }
}
