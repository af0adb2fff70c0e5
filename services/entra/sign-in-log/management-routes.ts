import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { explainSignIn, type NameOf } from './explain-sign-in.ts'
import type { SignInLog } from './sign-in-log.ts'

interface SignInRows {
  readonly signIns: SignInLog
  readonly nameOf: NameOf
}

const querySchema = z.object({
  user: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  /** Without the policies, which cost something to work out. */
  brief: z.literal('true').optional(),
})

/** Rows of the management port: the sign-in log, newest first, and everything about one sign-in. */
export function addSignInRows(app: FastifyInstance, { signIns, nameOf }: SignInRows): void {
  app.get('/signins', async (request) => {
    const { user, limit, brief } = querySchema.parse(request.query)
    const filter = { userPrincipalName: user, limit }
    if (!brief) return { signIns: await signIns.list(filter) }
    return { signIns: (await signIns.read(filter)).map(({ judged: _judged, ...signIn }) => signIn) }
  })
  app.get('/signins/:id', async (request, reply) => {
    const { id } = request.params as { id: string }
    const explanation = await explainSignIn(signIns, id, nameOf)
    return explanation ?? reply.code(404).send({ error: 'The sign-in log has no such request or correlation id.' })
  })
}
