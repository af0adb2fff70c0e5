import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { SignJWT } from 'jose'
import { type Authority, openAuthority, type SigningKey } from '#certs/authority.ts'
import { clockStateAt, StackClock } from '#shared/clock.ts'
import { FaultTable } from '#shared/faults.ts'
import { CallerRegistry } from '#shared/http/callers.ts'
import type { HttpClient, IncomingResponse, OutgoingRequest } from '#shared/http/client.ts'
import { createApplication } from '#shared/http/server.ts'
import { Whereabouts } from '#shared/http/whereabouts.ts'
import { Journal, type JournalEvent } from '#shared/journal.ts'
import { createLog } from '#shared/log.ts'
import { systemRandom } from '#shared/random.ts'
import { issueFederationMetadata } from '#shared/saml/metadata.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Deployment, DeploymentContext, DeploymentPlan } from '#shared/stack/deployment.ts'
import { openStore } from '#shared/store/open.ts'
import type { Store } from '#shared/store/store.ts'
import { buildExchange } from './service.ts'
import type { ExchangeTables } from './store.ts'

/** What the world outside answers; a test replaces what it is about. */
export type Peers = (url: URL, request: OutgoingRequest) => { readonly status: number; readonly body: string }

export interface StageOptions {
  readonly name: 'exchange-onprem' | 'exchange-online'
  readonly peers: Peers
  readonly scenario?: Scenario
}

/** One deployment of Exchange without sockets: requests are injected, its peers are a function. */
export interface Stage extends AsyncDisposable {
  readonly app: FastifyInstance
  /** The service's own rows of the management port. */
  readonly management: FastifyInstance
  readonly store: Store<ExchangeTables>
  readonly clock: StackClock
  readonly scenario: Scenario
  /** The URLs that were asked of peers. */
  readonly asked: readonly string[]
  readonly events: () => readonly JournalEvent[]
  readonly reset: () => Promise<void>
  readonly browser: (host: string) => Browser
}

/** What a deployment without sockets has of the others. */
const unneeded = {
  deployments: [],
  machineToken: async () => 'machine',
  authenticateMachine: async () => '',
  manage: async () => ({ status: 404, json: {} }),
  servers: async () => [undefined],
  mailAddress: () => undefined,
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const cleanUp = new AsyncDisposableStack()
  const clock = cleanUp.use(new StackClock())
  await clock.set(clockStateAt(new Date('2026-03-02T12:00:00Z'), true))
  const scenario = options.scenario ?? (await loadDefaultScenario())
  const journal = new Journal(clock)
  const asked: string[] = []
  const [log, faults] = [createLog('silent'), new FaultTable()]
  const stores = memoryStores(cleanUp)
  const callers = new CallerRegistry(options.name === 'exchange-onprem' ? 'corp' : 'internet')
  const context: DeploymentContext = {
    name: options.name,
    plan: {} as DeploymentPlan,
    scenario,
    clock,
    random: systemRandom,
    log,
    http: peersClient(options.peers, asked),
    authority: {} as Authority,
    ...unneeded,
    whereabouts: new Whereabouts(),
    createApplication: (more) =>
      createApplication({ deployment: options.name, callers, journal, faults, log, random: systemRandom, ...more }),
    openStore: stores.open,
    strikeFault: (event) => faults.strike({ host: '', path: '', ...event })?.fault,
    record: (event) => journal.add(event),
  }
  const deployment = await buildExchange(context)
  await deployment.app.ready()
  cleanUp.defer(() => deployment.app.close())
  return {
    app: deployment.app,
    management: managementOf(deployment),
    store: stores.first(),
    clock,
    scenario,
    asked,
    events: () => journal.since(0),
    reset: deployment.reset,
    browser: (host) => new Browser(deployment.app, host),
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  }
}

function memoryStores(cleanUp: AsyncDisposableStack) {
  const opened: unknown[] = []
  const open: DeploymentContext['openStore'] = async (wanted) => {
    const store = cleanUp.use(await openStore({ ...wanted, engine: { kind: 'memory' } }))
    opened.push(store)
    return store
  }
  return { open, first: () => opened[0] as Store<ExchangeTables> }
}

function managementOf({ management }: Deployment): FastifyInstance {
  const app = Fastify()
  management?.(app)
  return app
}

function peersClient(peers: Peers, asked: string[]): HttpClient {
  const send = async (url: string, request: OutgoingRequest = {}) => {
    asked.push(url)
    const { status, body } = peers(new URL(url), request)
    const text = async () => body
    return { status, headers: {}, text, json: async () => JSON.parse(body) } as unknown as IncomingResponse
  }
  return { send } as unknown as HttpClient
}

/** Keeps cookies as a browser does, by name, path and Max-Age; follows nothing by itself. */
export class Browser {
  readonly #app: FastifyInstance
  readonly #host: string
  readonly #cookies = new Map<string, { readonly name: string; readonly value: string; readonly path: string }>()

  constructor(app: FastifyInstance, host: string) {
    this.#app = app
    this.#host = host
  }

  get cookieNames(): readonly string[] {
    return [...this.#cookies.values()].map(({ name }) => name)
  }

  cookie(name: string): string | undefined {
    return [...this.#cookies.values()].find((each) => each.name === name)?.value
  }

  setCookie(name: string, value: string, path = '/'): void {
    this.#cookies.set(`${name};${path}`, { name, value, path })
  }

  deleteCookies(pattern: RegExp): void {
    for (const [key, { name }] of this.#cookies) if (pattern.test(name)) this.#cookies.delete(key)
  }

  get(url: string, headers: Record<string, string> = {}) {
    return this.#send({ method: 'GET', url, headers })
  }

  /** `form` as pairs may have a name more than once. */
  post(
    url: string,
    form: Record<string, string> | readonly (readonly [string, string])[],
    headers: Record<string, string> = {},
  ) {
    const payload = new URLSearchParams(form as Record<string, string>).toString()
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.#send({ method: 'POST', url, payload, headers: { ...type, ...headers } })
  }

  /** As a form with `multipart/form-data`. */
  async postMultipart(url: string, form: FormData) {
    const body = new Response(form)
    return this.postBytes(url, Buffer.from(await body.arrayBuffer()), {
      'content-type': body.headers.get('content-type') ?? '',
    })
  }

  postBytes(url: string, payload: Buffer, headers: Record<string, string>) {
    return this.#send({ method: 'POST', url, payload, headers })
  }

  async #send(request: InjectOptions & { readonly url: string }) {
    const path = request.url.split('?')[0] ?? '/'
    const fitting = [...this.#cookies.values()].filter((each) => path.toLowerCase().startsWith(each.path))
    const cookie = fitting.map(({ name, value }) => `${name}=${value}`).join('; ')
    const headers = { host: this.#host, ...(cookie && { cookie }), ...request.headers }
    const answer = await this.#app.inject({ ...request, headers } as InjectOptions)
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) this.#keep(line)
    return answer
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/;\s*/)
    const [name = '', ...value] = pair.split('=')
    const attribute = (wanted: string) =>
      attributes.find((each) => each.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1)
    const path = attribute('path') ?? '/'
    const gone = attribute('max-age') === '0' || Date.parse(attribute('expires') ?? '') < 1
    if (gone) this.#cookies.delete(`${name};${path}`)
    else this.#cookies.set(`${name};${path}`, { name, value: value.join('='), path })
  }
}

/** Keys as the issuers have them, in a throw-away folder. */
export async function testKeys(): Promise<{ key: (name: string) => Promise<SigningKey>; remove: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), 'exchange-'))
  const authority = await openAuthority({ directory, domains: ['contoso.com'] })
  return {
    key: (name) => authority.signingKeyFor({ name, subject: `CN=${name}` }),
    remove: () => rmSync(directory, { recursive: true }),
  }
}

/** Exchange Online with one person signed in, by an id_token that `entra` really signed. */
export async function openMailboxOf(
  person: string,
  entra: SigningKey,
  scenario?: Scenario,
): Promise<Stage & { readonly person: Browser }> {
  const peers = () => ({ status: 200, body: JSON.stringify({ keys: [entra.publicJwk] }) })
  const stage = await openStage({ name: 'exchange-online', peers, ...(scenario && { scenario }) })
  return Object.assign(stage, { person: await signInOnline(stage, entra, person) })
}

export async function signInOnline(stage: Stage, entra: SigningKey, person: string): Promise<Browser> {
  const browser = stage.browser('outlook.office.com')
  const { headers } = await browser.get('/owa/')
  const request = new URL(headers.location as string).searchParams
  const now = stage.clock.seconds()
  const code = 'a-code'
  const token = await new SignJWT({
    nonce: request.get('nonce'),
    oid: stage.scenario.users.find((user) => user.userPrincipalName === person)?.entraObjectId,
    tid: stage.scenario.tenant.id,
    upn: person,
    c_hash: createHash('sha256').update(code).digest().subarray(0, 16).toString('base64url'),
  })
    .setProtectedHeader({ alg: 'RS256', kid: entra.publicJwk.kid })
    .setIssuer(`https://sts.windows.net/${stage.scenario.tenant.id}/`)
    .setAudience('00000002-0000-0ff1-ce00-000000000000')
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + 3600)
    .sign(entra.privateKey)
  const accepted = await browser.post('/owa/', { code, id_token: token, state: request.get('state') ?? '' })
  if (accepted.statusCode !== 302) throw new Error(`sign-in answered ${accepted.statusCode}`)
  return browser
}

/** Federation metadata of an issuer that signs with these keys. */
export async function metadataOf(...signers: readonly SigningKey[]): Promise<string> {
  const base = 'https://adfs.contoso.com/adfs'
  const view = {
    documentId: '_00000000-0000-4000-8000-000000000000',
    entityId: 'http://adfs.contoso.com/adfs/services/trust',
    displayName: 'Contoso',
    passiveEndpoint: `${base}/ls/`,
    activeEndpoint: `${base}/services/trust/2005/certificatemixed`,
    metadataExchangeEndpoint: `${base}/services/trust/mex`,
    signingCertificates: signers.map((signer) => signer.certificateDer),
  }
  return issueFederationMetadata(view, signers[0] as SigningKey)
}
