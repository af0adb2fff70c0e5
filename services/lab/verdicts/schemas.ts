import { z } from 'zod'

const names = z.array(z.string().min(1))
const risk = z.enum(['none', 'low', 'medium', 'high'])

const expected = z
  .union([z.string().min(1), names.min(1)])
  .describe('The verdict: allow, block, or the controls that are demanded, such as mfa or [mfa, compliantDevice].')

/** One decision that is to stay as it is. */
export const verdictRowSchema = z.strictObject({
  name: z.string().min(1).describe('What the row is about, for people.'),
  user: z.string().min(1).describe('The user principal name.'),
  application: z.string().min(1).optional().describe('An application of Entra ID, by display name or application id.'),
  relyingParty: z.string().min(1).optional().describe('A trust of AD FS, by name or identifier.'),
  zone: z.enum(['internet', 'corp']).default('internet').describe('The network that the person sits in.'),
  address: z.union([z.ipv4(), z.ipv6()]).optional().describe('The address; that of the zone when left out.'),
  country: z.string().length(2).optional().describe('The country by two letters.'),
  clientApp: z
    .enum(['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other'])
    .default('browser')
    .describe('The kind of client, by the names of Microsoft Graph.'),
  platform: z
    .enum(['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'])
    .optional()
    .describe('The platform of the device.'),
  device: z
    .enum(['none', 'registered', 'hybrid', 'compliant'])
    .default('none')
    .describe('How far the device is trusted.'),
  signInRisk: risk.optional().describe('The risk of the sign-in.'),
  userRisk: risk.optional().describe('The risk of the person.'),
  insiderRisk: z.enum(['minor', 'moderate', 'elevated']).optional().describe('The insider risk.'),
  flow: z
    .enum(['deviceCodeFlow', 'authenticationTransfer'])
    .optional()
    .describe('How the sign-in moves between devices.'),
  authenticatedWith: z
    .string()
    .min(1)
    .default('password')
    .describe('What was done already: password, or methods such as password,microsoftAuthenticatorPush or fido2.'),
  protectedApplication: z
    .boolean()
    .default(false)
    .describe('Whether the client is an app that an app protection policy looks after.'),
  expected,
  policies: z
    .strictObject({
      apply: names.default([]).describe('Policies of Conditional Access, by name, that must apply.'),
      notApply: names.default([]).describe('Policies that must not apply.'),
    })
    .optional()
    .describe('The policies that must have part in the decision, or none.'),
})

export const verdictTableSchema = z.strictObject({
  $schema: z.string().optional().describe('The address of this schema, for editors.'),
  verdicts: z.array(verdictRowSchema).min(1).max(5000).describe('The decisions, one by one.'),
})

export type VerdictRow = z.output<typeof verdictRowSchema>

export const judgedSchema = z.object({
  changed: z.int().describe('How many rows are not as expected.'),
  verdicts: z.array(
    z.object({
      name: z.string(),
      expected: z.array(z.string()),
      got: z.array(z.string()),
      asExpected: z.boolean(),
      why: z.string().describe('The reason of the decision.'),
      problems: z.array(z.string()).describe('What is not as expected.'),
    }),
  ),
})

export type Judged = z.output<typeof judgedSchema>

/** For editors: what a person may write, with the sentence of every field. */
export function verdictTableJsonSchema(): object {
  return { ...z.toJSONSchema(verdictTableSchema, { io: 'input', reused: 'inline' }), title: 'Verdict table' }
}
