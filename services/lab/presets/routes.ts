import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'
import { applyPreset, isApplied, type PresetParts, removePreset } from './apply-preset.ts'
import { type Preset, presets } from './preset-list.ts'

const presetSchema = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  surfaces: z.array(z.string()).describe('Where it is done.'),
  applied: z.boolean(),
})
const presetParameters = z.strictObject({ id: z.string().min(1) })
const refusals = ['invalidRequest', 'notFound', 'conflict', 'deploymentFailed', 'deploymentUnreachable'] as const

export type PresetView = z.output<typeof presetSchema>

/** Restrictions of the documented architecture, ready to be turned on. */
export function presetRoutes(parts: PresetParts): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/presets',
      name: 'listPresets',
      summary: 'Restrictions that can be turned on while the world runs',
      answer: z.object({ presets: z.array(presetSchema) }),
      refusals,
      handle: async () => ({ presets: await presetViews(parts) }),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/presets/{id}',
      name: 'applyPreset',
      summary: 'Turn a restriction on, through Graph, the management shell and AD FS',
      parameters: presetParameters,
      answer: presetSchema,
      refusals,
      handle: async ({ parameters: { id } }) => {
        const preset = foundPreset(id)
        await applyPreset(parts, preset)
        return viewOf(parts, preset)
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/presets/{id}',
      name: 'removePreset',
      summary: 'Turn a restriction off',
      parameters: presetParameters,
      answer: presetSchema,
      refusals,
      handle: async ({ parameters: { id } }) => {
        const preset = foundPreset(id)
        await removePreset(parts, preset)
        return viewOf(parts, preset)
      },
    }),
  ]
}

export async function presetViews(parts: PresetParts): Promise<PresetView[]> {
  const views: PresetView[] = []
  for (const preset of presets) views.push(await viewOf(parts, preset))
  return views
}

export function foundPreset(id: string): Preset {
  const preset = presets.find((each) => each.id === id)
  if (preset) return preset
  throw new LabError('notFound', { message: `There is no preset ${id}.`, detail: presets.map((each) => each.id) })
}

const surfaces = {
  conditionalAccess: 'Conditional Access (Microsoft Graph)',
  exchange: 'Exchange cmdlets',
  adfsTrust: 'AD FS relying party trust',
  federatedDomains: 'Domains (Microsoft Graph)',
} as const

async function viewOf(parts: PresetParts, preset: Preset): Promise<PresetView> {
  const { id, title, text } = preset
  const where = [...new Set(preset.parts.map(({ via }) => surfaces[via]))]
  return { id, title, text, surfaces: where, applied: await isApplied(parts, preset) }
}
