import type { FastifyInstance } from 'fastify'
import type { TransportStore } from './transport-store.ts'

/** Rows of the management port: what went to the internet, newest first, and what waits for the other place. */
export function addOutboxRows(management: FastifyInstance, messages: TransportStore): void {
  management.get('/outbox', async () => ({
    messages: (await messages.outbox()).map(({ id, from, to, at, mime }) => ({
      id,
      from,
      to,
      sentAt: at.toISOString(),
      bytes: mime.length,
      mime: mime.toString('base64'),
    })),
    queued: (await messages.queued()).map(({ id, from, to, attempts }) => ({ id, from, to, attempts })),
  }))
  management.delete('/outbox', async () => {
    await messages.emptyOutbox()
    return {}
  })
}
