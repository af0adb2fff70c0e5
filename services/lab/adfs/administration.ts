import { z } from 'zod'
import { pageTextsSchema } from '#shared/scenario/schema-adfs-content.ts'
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

export const policyNamesSchema = z.object({ policies: z.array(z.string()) })

export const importSchema = z.object({
  trusts: z.array(
    z.object({
      name: z.string(),
      outcome: z.enum(['created', 'changed', 'present', 'refused']),
      objectIdentifier: z.string().optional(),
      reason: z.string().optional(),
      notTaken: z.array(z.object({ property: z.string(), reason: z.string() })),
    }),
  ),
})

/** Texts of the pages, and below `locales` those for a language. */
const webContentSchema = pageTextsSchema.extend({ locales: z.record(z.string(), pageTextsSchema).optional() })

const trustSchema = z.looseObject({
  name: z.string(),
  objectIdentifier: z.string(),
  identifiers: z.array(z.string()),
  enabled: z.boolean(),
  protocolProfile: z.string(),
  accessControlPolicy: z.object({
    name: z.string(),
    parameters: z.object({ groups: z.array(z.string()).optional() }),
  }),
  issuanceTransformRules: z.string(),
  webContent: webContentSchema.optional(),
})

export type RelyingPartyTrust = z.output<typeof trustSchema>
export type RulesTrial = z.output<typeof rulesTrialSchema>
export type Decision = z.output<typeof decisionSchema>

export type ImportReport = z.output<typeof importSchema>

const claimsProviderSchema = z.looseObject({
  name: z.string(),
  identifier: z.string(),
  enabled: z.boolean(),
  protocolProfile: z.string(),
  organizationalAccountSuffixes: z.array(z.string()),
})

const applicationSchema = z.looseObject({ name: z.string(), clientId: z.string() })

const applicationGroupSchema = z.looseObject({
  name: z.string(),
  nativeApplications: z.array(applicationSchema),
  serverApplications: z.array(applicationSchema),
  webApis: z.array(z.looseObject({ name: z.string(), identifiers: z.array(z.string()) })),
})

const farmRulesSchema = z.object({
  additionalAuthenticationRules: z.string(),
  webContent: webContentSchema,
  webTheme: z.record(z.string(), z.object({ type: z.string(), bytes: z.int() })).default({}),
})

export type WebContent = z.output<typeof webContentSchema>
export type PageTexts = z.output<typeof pageTextsSchema>
export type ClaimsProviderTrust = z.output<typeof claimsProviderSchema>
export type ApplicationGroup = z.output<typeof applicationGroupSchema>
export type FarmRules = z.output<typeof farmRulesSchema>

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

export function createTrust(manage: Manage, json: unknown): Promise<RelyingPartyTrust> {
  return ask(manage, { deployment, path: '/relying-parties', method: 'POST', json }, trustSchema)
}

export function importTrusts(manage: Manage, json: unknown): Promise<ImportReport> {
  return ask(manage, { deployment, path: '/relying-parties/import', method: 'POST', json }, importSchema)
}

/** Built-in ones first. */
export async function readPolicyNames(manage: Manage): Promise<readonly string[]> {
  const own = z.object({ items: z.array(z.object({ name: z.string() })) })
  const [{ policies }, { items }] = await Promise.all([
    ask(manage, { deployment, path: '/built-in-policies' }, policyNamesSchema),
    ask(manage, { deployment, path: '/access-control-policies' }, own),
  ])
  return [...policies, ...items.map(({ name }) => name)]
}

export async function readClaimsProviders(manage: Manage): Promise<readonly ClaimsProviderTrust[]> {
  const list = z.object({ items: z.array(claimsProviderSchema) })
  return (await ask(manage, { deployment, path: '/claims-providers' }, list)).items
}

export async function readApplicationGroups(manage: Manage): Promise<readonly ApplicationGroup[]> {
  const list = z.object({ applicationGroups: z.array(applicationGroupSchema) })
  return (await ask(manage, { deployment, path: '/application-groups' }, list)).applicationGroups
}

export function readFarmRules(manage: Manage): Promise<FarmRules> {
  return ask(manage, { deployment, path: '/rules' }, farmRulesSchema)
}
