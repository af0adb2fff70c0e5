import type { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Authority } from '#certs/authority.ts'
import type { Clock } from '../clock.ts'
import type { FaultTable } from '../faults.ts'
import { surroundings } from '../http/fault-hook.ts'
import type { Random } from '../random.ts'
import type { DeploymentPlan } from './deployment.ts'
import type { Receive } from './pass-through.ts'

interface Greeting {
  readonly faults: FaultTable
  readonly random: Random
  readonly clock: Clock
  readonly plan: DeploymentPlan
  readonly authority: Authority
}

export type Greet = (next: Receive, app: FastifyInstance) => Receive

/** Hands connections on, unless a fault breaks them or shows them a certificate that has expired. */
export function greet(greeting: Greeting): Greet {
  return (next, app) => {
    let expired: Promise<TlsServer> | undefined
    return (socket, source) => {
      const { faults } = greeting
      const effect = faults.isEmpty ? undefined : faults.strikeConnection(surroundings(greeting))
      if (effect === undefined) return next(socket, source)
      if (effect === 'reset') return breakOff(socket)
      expired ??= serverWithExpiredCertificate(app, greeting)
      expired.then(
        (server) => server.emit('connection', socket),
        () => socket.destroy(),
      )
    }
  }
}

function breakOff(socket: Socket): void {
  socket.resetAndDestroy()
}

async function serverWithExpiredCertificate(app: FastifyInstance, { plan, authority }: Greeting): Promise<TlsServer> {
  const { createServer } = await import('node:https')
  const hosts = [...new Set([...plan.hosts.internet, ...plan.hosts.corp])]
  const { keyPem: key, certificatePem: cert } = await authority.expiredLeafFor({ name: plan.name, hosts })
  const server = createServer({ key, cert }, (request, response) => app.routing(request, response))
  // A client that refuses the certificate ends the handshake.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

/** The clock as this deployment sees it, which a fault may set wrong. */
export function skewed(clock: Clock, faults: FaultTable): Clock {
  const now = () => new Date(clock.now().getTime() + faults.clockSkew())
  return {
    now,
    seconds: () => Math.floor(now().getTime() / 1000),
    at: (when, task) => clock.at(new Date(when.getTime() - faults.clockSkew()), task),
  }
}
