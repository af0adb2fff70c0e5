import { z } from 'zod'

const kindText = 'What the condition looks at.'

const conditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everyone').describe(kindText) }),
  z.strictObject({ kind: z.literal('intranet').describe(kindText) }),
  z.strictObject({ kind: z.literal('extranet').describe(kindText) }),
  z.strictObject({
    kind: z.literal('networks').describe(kindText),
    ranges: z.array(z.string().min(1)).min(1).describe('Addresses: single ones, with a prefix length, or from-to.'),
  }),
  z.strictObject({
    kind: z.literal('groups').describe(kindText),
    groups: z.array(z.string().min(1)).min(1).optional().describe('Left out, the trust gives them (GroupParameter).'),
  }),
  z.strictObject({
    kind: z.literal('users').describe(kindText),
    users: z.array(z.string().min(1)).min(1).describe('Users, by user principal name, DOMAIN\\name or SID.'),
  }),
  z.strictObject({
    kind: z.literal('device').describe(kindText),
    trust: z.enum(['authenticated', 'managed', 'compliant']).describe('How far the device is trusted.'),
  }),
  z.strictObject({
    kind: z.literal('claim').describe(kindText),
    type: z.string().min(1).describe('The claim type.'),
    operator: z
      .enum(['IsPresent', 'Equals', 'NotEquals', 'Contains', 'StartsWith', 'EndsWith', 'RegExMatch'])
      .describe('How the value is compared.'),
    value: z.string().optional().describe('What it is compared with.'),
  }),
])

export const customAccessControlPolicySchema = z.strictObject({
  name: z.string().min(1).describe('The name by which trusts refer to the policy.'),
  description: z.string().default('').describe('What the policy is for.'),
  rules: z
    .array(
      z.strictObject({
        conditions: z.array(conditionSchema).min(1).describe('All of them have to hold.'),
        exceptions: z.array(conditionSchema).default([]).describe('Any of them takes the rule away.'),
        requireMfa: z.boolean().default(false).describe('Whether the permission asks for multifactor authentication.'),
      }),
    )
    .describe('Who is permitted; whoever no rule permits is denied.'),
})
