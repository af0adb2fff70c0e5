import { z } from 'zod'

const object = z.record(z.string(), z.unknown())
const exported = z.union([z.looseObject({ value: z.array(object) }), z.array(object), object])

export const importBodySchema = z.strictObject({
  policies: exported.optional().describe('As Microsoft Graph lists them: one, an array, or { "value": […] }.'),
  namedLocations: exported.optional().describe('The named locations that they speak of, likewise.'),
  map: z
    .record(z.string(), z.string())
    .default({})
    .describe('What stands here for an id of the other tenant: a user principal name, a name, or an id.'),
  reportOnly: z.boolean().default(false).describe('Whether enabled policies come in as report-only.'),
})

const place = z.object({
  path: z.string().describe('Where in the policy.'),
  id: z.string().describe('As it was exported.'),
})

export const policyImportSchema = z.object({
  namedLocations: z.array(
    z.object({
      name: z.string(),
      outcome: z.enum(['created', 'present', 'refused']),
      reason: z.string().optional(),
    }),
  ),
  policies: z.array(
    z.object({
      name: z.string(),
      outcome: z.enum(['created', 'refused']),
      id: z.string().optional(),
      state: z.string().optional(),
      reason: z.string().optional(),
      unknown: z.array(place).describe('What this tenant does not have; a policy with any is refused.'),
      mapped: z.array(place.extend({ to: z.string() })).describe('What was put in the place of what.'),
    }),
  ),
})

export type ImportBody = z.output<typeof importBodySchema>
export type PolicyImport = z.output<typeof policyImportSchema>

/** The objects of an export, in whichever of the forms it came. */
export function objectsOf(given: ImportBody['policies']): readonly Readonly<Record<string, unknown>>[] {
  if (given === undefined) return []
  if (Array.isArray(given)) return given
  return Array.isArray(given.value) ? given.value : [given]
}
