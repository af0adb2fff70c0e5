import { z } from 'zod'

const object = z.record(z.string(), z.unknown())
const exported = z.union([
  z.string(),
  z.looseObject({ value: z.array(object) }),
  z.array(z.union([z.string(), object])),
  object,
])
const forms = 'one, an array, { "value": […] }, or the text of a file'

export const importBodySchema = z.strictObject({
  policies: exported
    .optional()
    .describe(
      `As Microsoft Graph lists them or its PowerShell module writes them: ${forms}. Text may also be a configuration of Microsoft365DSC, JSON that of terraform show -json; locations and strengths in it come along.`,
    ),
  namedLocations: exported.optional().describe('The named locations that they speak of, likewise.'),
  authenticationStrengths: exported
    .optional()
    .describe('Likewise; those that policies of Graph carry along need not be given.'),
  map: z
    .record(z.string(), z.string())
    .default({})
    .describe('What stands here for an id or a name of the other tenant: a user principal name, a name, or an id.'),
  reportOnly: z.boolean().default(false).describe('Whether enabled policies come in as report-only.'),
  leaveOutUnknown: z
    .boolean()
    .default(false)
    .describe('Whether ids that nobody here has are left out, as long as something else is left in their list.'),
})

const place = z.object({
  path: z.string().describe('Where in the policy.'),
  id: z.string().describe('As it was exported.'),
})

const brought = z.array(
  z.object({
    name: z.string(),
    outcome: z.enum(['created', 'present', 'refused']),
    reason: z.string().optional(),
  }),
)

export const policyImportSchema = z.object({
  namedLocations: brought,
  authenticationStrengths: brought,
  policies: z.array(
    z.object({
      name: z.string(),
      outcome: z.enum(['created', 'refused']),
      id: z.string().optional(),
      state: z.string().optional(),
      reason: z.string().optional(),
      unknown: z.array(place).describe('What this tenant does not have; a policy with any is refused.'),
      mapped: z.array(place.extend({ to: z.string() })).describe('What was put in the place of what.'),
      leftOut: z.array(place).describe('What this tenant does not have and was left out, as was asked.'),
    }),
  ),
})

export type Exported = z.output<typeof exported>
export type ImportBody = z.output<typeof importBodySchema>
export type PolicyImport = z.output<typeof policyImportSchema>
