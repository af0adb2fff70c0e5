import { z } from 'zod'

const detailSchema = z.looseObject({
  authenticationStepDateTime: z.string(),
  authenticationMethod: z.string(),
  authenticationMethodDetail: z.string(),
  succeeded: z.boolean(),
  authenticationStepResultDetail: z.string(),
  authenticationStepRequirement: z.string(),
})

export const signInSchema = z
  .looseObject({
    id: z.string().describe('The id of the request, as error pages show it.'),
    createdDateTime: z.string(),
    userPrincipalName: z.string(),
    userDisplayName: z.string(),
    appDisplayName: z.string(),
    appId: z.string(),
    resourceDisplayName: z.string(),
    resourceId: z.string(),
    ipAddress: z.string(),
    clientAppUsed: z.string(),
    userAgent: z.string(),
    correlationId: z.string(),
    isInteractive: z.boolean(),
    conditionalAccessStatus: z.string(),
    authenticationRequirement: z.string(),
    authenticationDetails: z.array(detailSchema),
    deviceDetail: z.looseObject({ deviceId: z.string(), displayName: z.string(), trustType: z.string() }).optional(),
    status: z.looseObject({
      errorCode: z.int().describe('The AADSTS number; 0 for success.'),
      failureReason: z.string(),
      additionalDetails: z.string().optional(),
    }),
  })
  .describe('The record as Microsoft Graph has it.')

const ruleSchema = z.object({ rule: z.string(), value: z.string(), matched: z.boolean() })

const conditionSchema = z.looseObject({
  condition: z.string(),
  verdict: z.enum(['met', 'notMet', 'gap']),
  gap: z.string().optional(),
  includes: z.array(ruleSchema),
  excludes: z.array(ruleSchema),
  saw: z.string().describe('What the sign-in brought.'),
})

const controlSchema = z.looseObject({
  control: z.string(),
  detail: z.string().optional(),
  verdict: z.enum(['satisfied', 'unsatisfied', 'gap']),
  because: z.string(),
})

const policySchema = z.looseObject({
  id: z.string(),
  displayName: z.string(),
  state: z.string(),
  result: z.string().describe('As in appliedConditionalAccessPolicies of Microsoft Graph.'),
  reason: z.string(),
  applies: z.boolean(),
  conditions: z.array(conditionSchema),
  operator: z.enum(['AND', 'OR']).optional(),
  controls: z.array(controlSchema),
  sessionControls: z.array(z.string()),
})

const decisionSchema = z.looseObject({
  outcome: z.enum(['allow', 'block', 'challenge']),
  reason: z.string(),
  requires: z
    .array(z.looseObject({ control: z.string(), aadsts: z.int(), policyName: z.string() }))
    .describe('What was demanded and not there yet.'),
  sessionControls: z.looseObject({}),
})

export const explanationSchema = z.object({
  signIn: signInSchema,
  signals: z.looseObject({}).nullable().describe('What Conditional Access was told; null when it was not asked.'),
  decision: decisionSchema.nullable(),
  policies: z.array(policySchema).describe('Every policy as it was at that moment.'),
  names: z.record(z.string(), z.string()).describe('Names for the ids that the policies speak of.'),
  conversation: z
    .array(z.object({ id: z.string(), createdDateTime: z.string(), errorCode: z.int(), failureReason: z.string() }))
    .describe('The other records with the same correlation id, newest first.'),
})

export type SignIn = z.output<typeof signInSchema>
export type SignInExplanation = z.output<typeof explanationSchema>
export type PolicyExplanation = z.output<typeof policySchema>
export type ConditionExplanation = z.output<typeof conditionSchema>
