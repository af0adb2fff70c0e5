import { request as httpRequest } from 'node:http'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { SignJWT } from 'jose'
import { services } from '#services/registry.ts'
import { type Stack, startStack } from '#services/stack.ts'
import type { JournalEvent } from '#shared/journal.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { PublishedApplication, Scenario } from '#shared/scenario/world.ts'
import type { BuildService } from '#shared/stack/deployment.ts'
import { managementClient } from '#shared/stack/management-client.ts'

/** What reached the back end. */
export interface Arrival {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, unknown>
  readonly bytes: number
}

export interface WapStage extends AsyncDisposable {
  readonly stack: Stack
  readonly arrivals: Arrival[]
  /** What the proxy sent to AD FS. */
  readonly relayed: Record<string, unknown>[]
  /** A token as AD FS issues it after pre-authentication. */
  authToken(claims?: Record<string, unknown>, name?: string): Promise<string>
  journal(): Promise<readonly JournalEvent[]>
  /** Asks the proxy's management port. */
  manage(
    path: string,
    method?: 'GET' | 'POST' | 'PUT' | 'DELETE',
    json?: unknown,
  ): Promise<{ status: number; json: unknown }>
  /** A TLS connection from the internet to a name of the proxy. */
  dial(host: string, protocols?: readonly string[]): Promise<TLSSocket>
}

/** The trust of Outlook on the web in the default world. */
export const owaTrustId = 'e0000000-0000-4000-8000-000000000002'

export function application(differences: Partial<PublishedApplication> & { name: string }): PublishedApplication {
  const url = `https://mail.contoso.com/${differences.name}/`
  return {
    ...{ externalUrl: url, backendServerUrl: url, externalPreauthentication: 'PassThrough' },
    ...{
      backendServerAuthenticationMode: 'NoAuthentication',
      backendServerCertificateValidation: 'ValidateCertificate',
    },
    ...{ useOAuthAuthentication: false, enableSignOut: false, enableHttpRedirect: false },
    ...{ disableHttpOnlyCookieProtection: false, disableTranslateUrlInRequestHeaders: false },
    ...{ disableTranslateUrlInResponseHeaders: false, inactiveTransactionsTimeoutSec: 300 },
    ...{ persistentAccessCookieExpirationTimeSec: 0, ...differences },
  } as PublishedApplication
}

/** Knows two accounts, and one of them administers AD FS. */
const directory: BuildService = async (context) => {
  const app = context.createApplication()
  const user = (name: string, groups: readonly string[]) => ({
    ...{ objectGuid: crypto.randomUUID(), sid: 'S-1-5-21-1-2-3-1100', samAccountName: name, netbiosName: 'CONTOSO' },
    ...{ userPrincipalName: `${name}@contoso.com`, displayName: name, enabled: true, attributes: {} },
    groups: groups.map((group) => ({ name: group, samAccountName: group, sid: 'S-1-5-21-1-2-3-1200' })),
  })
  const accounts = new Map([
    ['admin@contoso.com Admin-Pass7', user('admin', ['IT Administrators'])],
    ['bob@contoso.com Bob-Pass2', user('bob', [])],
  ])
  app.post('/logon', async (request, reply) => {
    const { identity, password } = request.body as { identity: string; password: string }
    const found = accounts.get(`${identity} ${password}`)
    return found ? { user: found } : reply.code(401).send({ status: 'STATUS_WRONG_PASSWORD' })
  })
  return { app, reset: async () => {} }
}

/** The real AD FS, with an ear at its door. */
function listeningAdfs(relayed: Record<string, unknown>[]): BuildService {
  return async (context) => {
    const buildAdfs = await services.adfs?.()
    if (!buildAdfs) throw new Error('there is no AD FS')
    return buildAdfs({
      ...context,
      createApplication: (options) => {
        const app = context.createApplication(options)
        app.addHook('onRequest', async ({ headers, url }) => void relayed.push({ ...headers, url }))
        return app
      },
    })
  }
}

/** A back end that tells what reached it; `add` gives it more to do. */
function backend(arrivals: Arrival[], add: (app: FastifyInstance) => void): BuildService {
  return async (context) => {
    const app = context.createApplication({ bodyLimit: 1024 * 1024 * 1024 })
    add(app)
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
      scope.all('/*', async (request, reply) => {
        let bytes = 0
        for await (const chunk of (request.body as AsyncIterable<Buffer> | null) ?? []) bytes += chunk.length
        arrivals.push({ method: request.method, url: request.url, headers: request.headers, bytes })
        return reply.header('x-backend', 'yes').send('from the back end')
      })
    })
    return { app, reset: async () => {} }
  }
}

export interface StageOptions {
  readonly change?: (scenario: Scenario) => Scenario
  readonly addToBackend?: (app: FastifyInstance) => void
}

export async function startWap({
  change = (same) => same,
  addToBackend = () => {},
}: StageOptions = {}): Promise<WapStage> {
  const arrivals: Arrival[] = []
  const relayed: Record<string, unknown>[] = []
  const stack = await startStack({
    scenario: change(await loadDefaultScenario()),
    only: ['wap', 'adfs', 'directory', 'exchange-onprem', 'gateway-internet'],
    services: { adfs: listeningAdfs(relayed), directory, exchange: backend(arrivals, addToBackend) },
  })
  const address = stack.deployments.find(({ plan }) => plan.name === 'wap')?.management
  const ask = managementClient({
    https: () => undefined,
    mail: () => undefined,
    management: () => address,
    managements: async () => [],
  })
  return {
    stack,
    arrivals,
    relayed,
    authToken: (claims, name) => authToken(stack, claims, name),
    journal: async () => ((await ask('wap', '/journal')).json as { events: JournalEvent[] }).events,
    manage: (path, method = 'GET', json = undefined) => ask('wap', path, { method, json }),
    dial: (host, protocols = ['http/1.1']) => dial(stack, host, protocols),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}

async function authToken(
  stack: Stack,
  claims: Record<string, unknown> = {},
  name = 'adfs-token-signing',
): Promise<string> {
  const key = await stack.authority.signingKeyFor({ name, subject: 'CN=ADFS Signing - adfs.contoso.com' })
  const now = stack.clock.seconds()
  const payload = {
    ...{ aud: 'urn:AppProxy:com', iat: now, exp: now + 3600, relyingpartytrustid: owaTrustId },
    ...{ upn: 'bob@contoso.com', clientreqid: crypto.randomUUID(), ...claims },
  }
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'JWT', x5t: key.x5t }).sign(key.privateKey)
}

async function dial(stack: Stack, host: string, protocols: readonly string[]): Promise<TLSSocket> {
  const { port } = new URL(stack.proxy('internet'))
  const socket = await new Promise<import('node:net').Socket>((resolve, reject) => {
    const asked = httpRequest({ host: '127.0.0.1', port, method: 'CONNECT', path: `${host}:443` })
    asked
      .once('connect', (_answer, tunnel) => resolve(tunnel as never))
      .once('error', reject)
      .end()
  })
  const secure = connectTls({ socket, servername: host, ca: stack.authority.caPem, ALPNProtocols: [...protocols] })
  await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject))
  return secure
}

export function edgeCookie(setCookie: string | string[] | undefined): string {
  const header = [setCookie ?? []].flat().find((each) => each.startsWith('EdgeAccessCookie='))
  return header?.split(';')[0] ?? ''
}
