import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { DeviceProof } from './registered-device.ts'

/** Proofs from before there is a session, by a cookie of which only the hash is kept. */
export interface DeviceProofs {
  keep(reply: FastifyReply, proof: DeviceProof): Promise<void>
  find(request: FastifyRequest): Promise<DeviceProof | undefined>
  /** The session has it now. */
  forget(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

const kind = 'device-proof'
const name = 'MSISDevice'
const attributes = { path: '/adfs', secure: true, httpOnly: true, sameSite: 'none' } as const
/** How long somebody may take to type a password. */
const lifetime = 10 * 60_000

export function deviceProofs(entries: ExpiringStore, clock: Clock, random: Random): DeviceProofs {
  return {
    async keep(reply, proof) {
      const value = random.token()
      const expiresAt = new Date(clock.now().getTime() + lifetime)
      await entries.put(kind, digest(value), { value: proof, expiresAt })
      reply.setCookie(name, value, attributes)
    },
    async find({ cookies }) {
      const value = cookies[name]
      return value === undefined ? undefined : entries.get<DeviceProof>(kind, digest(value), clock.now())
    },
    async forget({ cookies }, reply) {
      const value = cookies[name]
      if (value !== undefined) await entries.delete(kind, digest(value))
      reply.clearCookie(name, attributes)
    },
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
