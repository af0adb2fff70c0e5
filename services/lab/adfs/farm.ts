import { z } from 'zod'

import { ask, type Manage } from '../peers/ask.ts'
import { activitySchema, certificatesSchema, propertiesSchema } from './schemas.ts'

export type FarmProperties = z.output<typeof propertiesSchema>
export type AccountActivity = z.output<typeof activitySchema>
export type TokenCertificates = z.output<typeof certificatesSchema>

const deployment = 'adfs'

export function readProperties(manage: Manage): Promise<FarmProperties> {
  return ask(manage, { deployment, path: '/properties' }, propertiesSchema)
}

export async function readActivities(manage: Manage): Promise<readonly AccountActivity[]> {
  return (await ask(manage, { deployment, path: '/account-activity' }, z.object({ accounts: z.array(activitySchema) })))
    .accounts
}

export function readCertificates(manage: Manage): Promise<TokenCertificates> {
  return ask(manage, { deployment, path: '/certificates' }, certificatesSchema)
}

/** A change of AD FS's whose answer no page shows. */
export async function tellFarm(
  manage: Manage,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  target: string,
  json?: unknown,
): Promise<undefined> {
  await ask(manage, { deployment, path: target, method, ...(json !== undefined && { json }) }, z.unknown())
  return undefined
}
