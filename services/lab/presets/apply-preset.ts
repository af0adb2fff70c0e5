import { z } from 'zod'
import type { Scenario } from '#shared/scenario/world.ts'
import { LabError } from '../errors.ts'
import { graph as askGraph, type GraphRequest } from '../graph/graph.ts'
import { ask, type Manage } from '../peers/ask.ts'
import type { Cmdlet, ExchangePart, Preset, PresetPart } from './preset-list.ts'

export interface PresetParts {
  readonly manage: Manage
  readonly scenario: Scenario
}

/** One surface on which a part of a preset is done. */
interface Surface {
  on(): Promise<void>
  /** Whatever is not there any more is left alone. */
  off(): Promise<void>
  isOn(): Promise<boolean>
}

/** Done anew where it was done before. @throws LabError that says which product refused what. */
export async function applyPreset(parts: PresetParts, preset: Preset): Promise<void> {
  await removePreset(parts, preset)
  for (const part of preset.parts) await surfaceOf(parts, part).on()
}

export async function removePreset(parts: PresetParts, preset: Preset): Promise<void> {
  for (const part of preset.parts.toReversed()) await surfaceOf(parts, part).off()
}

export async function isApplied(parts: PresetParts, preset: Preset): Promise<boolean> {
  const states = await Promise.all(preset.parts.map((part) => surfaceOf(parts, part).isOn()))
  return states.every(Boolean)
}

function surfaceOf(parts: PresetParts, part: PresetPart): Surface {
  const graph: Graph = (method, path, body) => askGraph(parts.manage, { method, path, body }, answerSchema)
  switch (part.via) {
    case 'conditionalAccess':
      return conditionalAccess(graph, part)
    case 'exchange':
      return exchange(parts, part)
    case 'adfsTrust':
      return adfsTrust(parts, part)
    default:
      return federatedDomains(graph, part)
  }
}

type Graph = (method: GraphRequest['method'], path: string, body?: unknown) => Promise<Plain>
type Plain = Readonly<Record<string, unknown>>

/** An object, or nothing (204). */
const answerSchema = z
  .looseObject({})
  .nullish()
  .transform((answer): Plain => answer ?? {})

type Part<Via extends PresetPart['via']> = Extract<PresetPart, { via: Via }>

const policiesPath = '/identity/conditionalAccess/policies'
const listSchema = z.object({ value: z.array(z.looseObject({ id: z.string() })) })

function conditionalAccess(graph: Graph, { policy }: Part<'conditionalAccess'>): Surface {
  const own = async () => {
    const { value } = listSchema.parse(await graph('GET', policiesPath))
    return value.filter(({ displayName }) => displayName === policy.displayName)
  }
  return {
    on: async () => void (await graph('POST', policiesPath, policy)),
    off: async () => {
      for (const { id } of await own()) await graph('DELETE', `${policiesPath}/${id}`)
    },
    isOn: async () => (await own()).some(({ state }) => state === 'enabled'),
  }
}

const objects = z.object({ value: z.array(z.record(z.string(), z.unknown())) })

function exchange({ manage, scenario }: PresetParts, part: ExchangePart): Surface {
  const { deployment, on, off, onEach, offEach, group, sign } = part
  const run = ({ name: CmdletName, parameters: Parameters }: Cmdlet, more: object = {}) => {
    const json = { CmdletInput: { CmdletName, Parameters: { ...Parameters, ...more } } }
    return ask(manage, { deployment, path: '/cmdlets', method: 'POST', json }, objects)
  }
  const members = scenario.users.filter(
    ({ groups, mailbox }) => mailbox && group !== undefined && groups.includes(group),
  )
  const each = async (cmdlet: Cmdlet | undefined) => {
    for (const { userPrincipalName: Identity } of cmdlet ? members : []) await run(cmdlet as Cmdlet, { Identity })
  }
  const isOn = async () => JSON.stringify((await run(sign)).value).includes(sign.has)
  return {
    on: async () => {
      for (const cmdlet of on) await run(cmdlet)
      await each(onEach)
    },
    off: async () => {
      if (!(await isOn())) return
      await each(offEach)
      for (const cmdlet of off) await run(cmdlet)
    },
    isOn,
  }
}

const trustSchema = z.looseObject({
  objectIdentifier: z.string(),
  identifiers: z.array(z.string()),
  accessControlPolicy: z.looseObject({ name: z.string() }).optional(),
})

function adfsTrust({ manage }: PresetParts, { identifier, on, off }: Part<'adfsTrust'>): Surface {
  const deployment = 'adfs'
  const found = async () => {
    const { items } = await ask(
      manage,
      { deployment, path: '/relying-parties' },
      z.object({ items: z.array(trustSchema) }),
    )
    const trust = items.find(({ identifiers }) => identifiers.includes(identifier))
    if (trust) return trust
    throw new LabError('notFound', { message: `AD FS has no trust for ${identifier}.` })
  }
  const set = async (name: string) => {
    const path = `/relying-parties/${(await found()).objectIdentifier}`
    await ask(manage, { deployment, path, method: 'PATCH', json: { accessControlPolicy: { name } } }, z.looseObject({}))
  }
  const isOn = async () => (await found()).accessControlPolicy?.name === on
  return { on: () => set(on), off: async () => void ((await isOn()) && (await set(off))), isOn }
}

function federatedDomains(graph: Graph, { on, off }: Part<'federatedDomains'>): Surface {
  const configurations = async () => {
    const { value: domains } = listSchema.parse(await graph('GET', '/domains'))
    const federated = domains.filter(({ authenticationType }) => authenticationType === 'Federated')
    const lists = federated.map(async ({ id }) => {
      const { value } = listSchema.parse(await graph('GET', `/domains/${id}/federationConfiguration`))
      return value.map((each) => ({
        path: `/domains/${id}/federationConfiguration/${each.id}`,
        now: each.federatedIdpMfaBehavior,
      }))
    })
    return (await Promise.all(lists)).flat()
  }
  const change = async (federatedIdpMfaBehavior: string, only?: string) => {
    for (const { path, now } of await configurations())
      if (only === undefined || now === only) await graph('PATCH', path, { federatedIdpMfaBehavior })
  }
  return {
    on: () => change(on),
    off: () => change(off, on),
    isOn: async () => (await configurations()).every(({ now }) => now === on),
  }
}
