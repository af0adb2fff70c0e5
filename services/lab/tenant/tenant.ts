import { z } from 'zod'
import { LabError } from '../errors.ts'
import { ask, type Manage } from '../peers/ask.ts'
import {
  type AccessPass,
  accessPassSchema,
  type Device,
  deviceSchema,
  domainSchema,
  type ForcedOutcome,
  type Keys,
  keysSchema,
  type newOutcomeSchema,
  outcomesSchema,
  type Risk,
  riskSchema,
  type TenantDomain,
  type TenantUser,
  tenantUserSchema,
  whereaboutsSchema,
} from './schemas.ts'

const deployment = 'entra'

/** A path of the management port whose variable parts are escaped. */
export function tenantPath(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: strings }, ...values.map(encodeURIComponent))
}

export async function readTenantUsers(manage: Manage): Promise<readonly TenantUser[]> {
  return (await ask(manage, { deployment, path: '/users' }, z.object({ users: z.array(tenantUserSchema) }))).users
}

export function readRisk(manage: Manage, upn: string): Promise<Risk> {
  return ask(manage, { deployment, path: tenantPath`/risk/${upn}` }, riskSchema)
}

export function readWhereabouts(manage: Manage, upn: string) {
  return ask(manage, { deployment, path: tenantPath`/whereabouts/${upn}` }, whereaboutsSchema)
}

/** Undefined where somebody has none. */
export async function readAccessPass(manage: Manage, upn: string): Promise<AccessPass | undefined> {
  try {
    return await ask(manage, { deployment, path: tenantPath`/mfa/${upn}/access-pass` }, accessPassSchema)
  } catch (error) {
    if (error instanceof LabError && error.code === 'notFound') return undefined
    throw error
  }
}

export async function readDevices(manage: Manage): Promise<readonly Device[]> {
  return (await ask(manage, { deployment, path: '/devices' }, z.object({ devices: z.array(deviceSchema) }))).devices
}

export async function readDomains(manage: Manage): Promise<readonly TenantDomain[]> {
  return (await ask(manage, { deployment, path: '/domains' }, z.object({ domains: z.array(domainSchema) }))).domains
}

export async function readOutcomes(manage: Manage): Promise<readonly ForcedOutcome[]> {
  return (await ask(manage, { deployment, path: '/outcomes' }, outcomesSchema)).outcomes
}

/** After those that are there. */
export async function addOutcome(manage: Manage, outcome: z.output<typeof newOutcomeSchema>) {
  const present = (await readOutcomes(manage)).map(({ id: _id, ...rest }) => rest)
  const json = { outcomes: [...present, outcome] }
  return ask(manage, { deployment, path: '/outcomes', method: 'PUT', json }, outcomesSchema)
}

export function readKeys(manage: Manage): Promise<Keys> {
  return ask(manage, { deployment, path: '/keys' }, keysSchema)
}
