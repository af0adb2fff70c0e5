import { createServer } from 'node:https'
import replyFrom from '@fastify/reply-from'
import Fastify, { type FastifyInstance } from 'fastify'
import { Agent, buildConnector } from 'undici'
import { application, edgeCookie, startWap, type WapStage } from '../../services/wap/_stage.ts'
import { requestThrough } from '../actors/request-through.ts'

/** Where the driver finds the contestants; all of them lead to the same back end. */
export interface ProxyServers {
  readonly backend: number
  readonly bareProxy: number
  readonly wap: number
  readonly caPem: string
  readonly cookie: string
}

const answer = Buffer.alloc(1024, 'x')

/** One process with the back end, a bare proxy of the same library, and Web Application Proxy with its AD FS. */
export async function serveProxies(): Promise<void> {
  const stage = await startWap({
    addToBackend: (app) => app.get('/:name/answer', (_request, reply) => reply.type('text/plain').send(answer)),
    change: (scenario) => ({
      ...scenario,
      wap: {
        ...scenario.wap,
        publishedApplications: [
          application({ name: 'open' }),
          application({ name: 'owa', externalPreauthentication: 'ADFS', relyingPartyName: 'Outlook on the web' }),
        ],
      },
    }),
  })
  const servers: ProxyServers = {
    backend: portOf(stage, 'exchange-onprem'),
    wap: portOf(stage, 'wap'),
    bareProxy: await bareProxy(stage),
    caPem: stage.stack.authority.caPem,
    cookie: await accessCookie(stage),
  }
  process.stdout.write(`${JSON.stringify(servers)}\n`)
}

function portOf({ stack }: WapStage, deployment: string): number {
  return stack.deployments.find(({ plan }) => plan.name === deployment)?.https.port ?? 0
}

async function accessCookie(stage: WapStage): Promise<string> {
  const url = `https://mail.contoso.com/owa/?authToken=${await stage.authToken()}`
  return edgeCookie((await requestThrough(stage.stack, 'internet', url)).headers['set-cookie'])
}

async function bareProxy(stage: WapStage): Promise<number> {
  const { authority } = stage.stack
  const { keyPem: key, certificatePem: cert } = await authority.leafFor({ name: 'wap', hosts: ['mail.contoso.com'] })
  const connect = buildConnector({ ca: authority.caPem, allowH2: false })
  const here = { hostname: '127.0.0.1', host: '127.0.0.1', port: String(portOf(stage, 'exchange-onprem')) }
  const undici = new Agent({
    connect: (target, done) => connect({ ...target, servername: target.hostname, ...here }, done),
  })
  const app = Fastify({
    serverFactory: (handler) => createServer({ key, cert }, handler),
  }) as unknown as FastifyInstance
  await app.register(replyFrom, { base: 'https://mail.contoso.com', undici, disableRequestLogging: true })
  app.get('/*', (request, reply) => reply.from(request.url))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  return typeof address === 'object' && address ? address.port : 0
}
