import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { errorKeyOf } from '../errors.ts'
import type { ForcedOutcomes } from './forced-outcomes.ts'

const lowerCase = z
  .string()
  .min(1)
  .transform((text) => text.toLowerCase())

const effectSchema = z.discriminatedUnion('effect', [
  z.strictObject({
    effect: z.literal('error'),
    aadsts: z.int().refine((code) => errorKeyOf(code) !== undefined, 'no AADSTS code of the catalogue'),
  }),
  z.strictObject({ effect: z.literal('consent') }),
  z.strictObject({ effect: z.literal('registration') }),
  z.strictObject({ effect: z.literal('claimsChallenge'), claims: z.string().refine(isJsonObject).optional() }),
])

const outcomesSchema = z.strictObject({
  outcomes: z
    .array(
      z
        .strictObject({
          user: lowerCase.optional(),
          appId: lowerCase.optional(),
          where: z.enum(['signIn', 'token']),
          times: z.int().min(1).max(1_000_000).default(1),
          outcome: effectSchema,
        })
        .refine(
          ({ where, outcome }) => where === 'token' || outcome.effect !== 'claimsChallenge',
          'a claims challenge answers token requests, not sign-ins',
        ),
    )
    .max(100),
})

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** Rows of the management port: what the next sign-ins and token requests are to meet; PUT replaces them all. */
export function addOutcomeRoutes(app: FastifyInstance, outcomes: ForcedOutcomes): void {
  app.get('/outcomes', async () => ({ outcomes: outcomes.list() }))
  app.put('/outcomes', async (request) => {
    await outcomes.replace(outcomesSchema.parse(request.body).outcomes)
    return { outcomes: outcomes.list() }
  })
  app.delete('/outcomes', async () => {
    await outcomes.replace([])
    return { outcomes: [] }
  })
}
