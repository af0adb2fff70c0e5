import { z } from 'zod'
import type { Fault, FaultState } from '#shared/faults.ts'
import { LabError } from '../errors.ts'
import { ask, type Manage, unlessUnreachable } from '../peers/ask.ts'
import { activeSyncFaults } from './catalogue/active-sync.ts'
import type { CataloguedFault } from './catalogue/catalogued-fault.ts'
import { entraFaults } from './catalogue/entra.ts'
import { exchangeFaults } from './catalogue/exchange.ts'
import { federationFaults } from './catalogue/federation.ts'
import { foundationFaults } from './catalogue/foundations.ts'

/** Every fault that has a name. */
export const faultCatalogue: readonly CataloguedFault[] = [
  ...entraFaults,
  ...federationFaults,
  ...exchangeFaults,
  ...activeSyncFaults,
  ...foundationFaults,
]

/** What may be said when a fault is turned on; the rest is in the catalogue. */
export const faultParametersSchema = z
  .strictObject({
    deployment: z.string().describe('Where it strikes; the catalogue’s own place when left out.').optional(),
    user: z.string().describe('Only requests that are about this person.').optional(),
    path: z.string().startsWith('/').describe('Only paths that begin so; a part that is * stands for any.').optional(),
    count: z.int().positive().describe('How often it strikes; until it is turned off when left out.').optional(),
    probability: z.number().gt(0).max(1).describe('Of 1, how likely it strikes.').optional(),
    delayMs: z.int().min(0).max(600_000).describe('How long to wait first.').optional(),
    retryAfterSeconds: z.int().min(1).max(86_400).describe('What Retry-After says, and holds.').optional(),
  })
  .prefault({})

export type FaultParameters = z.output<typeof faultParametersSchema>

export interface FaultParts {
  readonly manage: Manage
  readonly deployments: readonly string[]
}

const listedSchema = z.object({ faults: z.array(z.looseObject({ id: z.string().optional() })) })

export function cataloguedFault(id: string): CataloguedFault {
  const found = faultCatalogue.find((each) => each.id === id)
  if (found) return found
  throw new LabError('notFound', { message: `The catalogue has no fault ${id}.` })
}

/** The fault as the deployment gets it. */
export function configuredFault({ id, fault }: CataloguedFault, parameters: FaultParameters): Fault {
  const { user, path, deployment: _where, ...effect } = parameters
  const given = Object.fromEntries(Object.entries(effect).filter(([, value]) => value !== undefined))
  const match = { ...fault.match, ...(user !== undefined && { user }), ...(path !== undefined && { path }) }
  return { ...fault, ...given, match, id: user === undefined ? id : `${id}:${user.toLowerCase()}` }
}

export async function turnOn(
  { manage, deployments }: FaultParts,
  id: string,
  parameters: FaultParameters,
): Promise<Fault> {
  const entry = cataloguedFault(id)
  const deployment = parameters.deployment ?? entry.deployment
  if (!deployments.includes(deployment))
    throw new LabError('notFound', { message: `There is no deployment ${deployment}.`, detail: deployments })
  const fault = configuredFault(entry, parameters)
  await ask(manage, { deployment, path: '/faults', method: 'POST', json: fault }, listedSchema)
  return fault
}

/** Wherever and for whomever it was turned on; how many there were. */
export async function turnOff(parts: FaultParts, id: string): Promise<number> {
  cataloguedFault(id)
  const found = (await activeFaults(parts)).filter(({ fault }) => nameOf(fault) === id)
  for (const { deployment, fault } of found) {
    const path = `/faults/${encodeURIComponent(fault.id ?? '')}`
    await ask(parts.manage, { deployment, path, method: 'DELETE' }, listedSchema)
  }
  return found.length
}

export interface ActiveFault {
  readonly deployment: string
  readonly fault: FaultState
}

/** What is set now, also by hand; deployments that give no answer are left out. */
export async function activeFaults({ manage, deployments }: FaultParts): Promise<readonly ActiveFault[]> {
  const listed = deployments.map(async (deployment) => {
    const answer = await unlessUnreachable(ask(manage, { deployment, path: '/faults' }, listedSchema))
    return (answer?.faults ?? []).map((fault) => ({ deployment, fault: fault as unknown as FaultState }))
  })
  return (await Promise.all(listed)).flat()
}

/** The name in the catalogue of a fault that is set. */
export function nameOf({ id }: Pick<Fault, 'id'>): string | undefined {
  return id?.split(':')[0]
}
