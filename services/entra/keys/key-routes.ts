import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { MalformedRequest } from '../mfa/malformed-request.ts'
import type { TokenSigningKeys } from './signing-keys.ts'

const longest = 60 * 24 * 30

const rollOverSchema = z.strictObject({ afterMinutes: z.number().min(0).max(longest).default(0) }).prefault({})

/** Rows of the management port: which keys there are, and the roll-over that the product does without notice. */
export function addKeyRoutes(app: FastifyInstance, keys: TokenSigningKeys): void {
  app.get('/keys', async () => view(keys))
  app.post('/keys/rollover', async (request) => {
    const wanted = rollOverSchema.safeParse(request.body ?? undefined)
    if (!wanted.success) throw new MalformedRequest(`afterMinutes must be a number from 0 to ${longest}`)
    const { generation, signsFrom } = await keys.rollOver(wanted.data.afterMinutes)
    return { generation, signsFrom: new Date(signsFrom).toISOString(), ...view(keys) }
  })
}

function view(keys: TokenSigningKeys) {
  const { x5t } = keys.current()
  return { signing: x5t, published: keys.published().map((key) => key.x5t) }
}
