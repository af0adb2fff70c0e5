import { z } from 'zod'
import { directoryPath as path } from '../directory/active-directory.ts'
import { ask, type Manage } from '../peers/ask.ts'

export const trialClaimSchema = z.strictObject({
  type: z.string().min(1).describe('The claim type.'),
  value: z.string().describe('The value.'),
  issuer: z.string().optional().describe('The issuer.'),
})

const issuedSchema = z.object({ type: z.string(), value: z.string(), issuer: z.string() })

export const rulesTrialSchema = z.object({
  steps: z.array(z.object({ rule: z.string(), target: z.string(), matches: z.int(), made: z.array(issuedSchema) })),
  issued: z.array(issuedSchema),
  error: z.object({ message: z.string(), line: z.int().optional(), column: z.int().optional() }).optional(),
})

export const decisionSchema = z.looseObject({ outcome: z.string(), reason: z.string() })

const trustSchema = z.looseObject({
  name: z.string(),
  objectIdentifier: z.string(),
  identifiers: z.array(z.string()),
  enabled: z.boolean(),
  protocolProfile: z.string(),
  accessControlPolicy: z.object({ name: z.string() }),
  issuanceTransformRules: z.string(),
})

export type RelyingPartyTrust = z.output<typeof trustSchema>
export type RulesTrial = z.output<typeof rulesTrialSchema>
export type Decision = z.output<typeof decisionSchema>

const deployment = 'adfs'

export async function readTrusts(manage: Manage): Promise<readonly RelyingPartyTrust[]> {
  return (await ask(manage, { deployment, path: '/relying-parties' }, z.object({ items: z.array(trustSchema) }))).items
}

export function readTrust(manage: Manage, id: string): Promise<RelyingPartyTrust> {
  return ask(manage, { deployment, path: path`/relying-parties/${id}` }, trustSchema)
}

export function changeTrust(manage: Manage, id: string, json: unknown): Promise<RelyingPartyTrust> {
  return ask(manage, { deployment, path: path`/relying-parties/${id}`, method: 'PATCH', json }, trustSchema)
}

export function tryRules(manage: Manage, json: unknown): Promise<RulesTrial> {
  return ask(manage, { deployment, path: '/try/rules', method: 'POST', json }, rulesTrialSchema)
}

export function tryPolicy(manage: Manage, json: unknown): Promise<Decision> {
  return ask(manage, { deployment, path: '/try/policy', method: 'POST', json }, decisionSchema)
}
