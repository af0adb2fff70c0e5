import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import type { AccountActivityStore } from '../lockout/account-activity.ts'
import { type AccountActivity, isLockedOut, type Location, withoutLockout } from '../lockout/lockout.ts'
import { changedProperties, type FarmProperties, type FarmPropertyStore, farmChangesSchema } from './farm-properties.ts'
import { ManagementRefusal } from './management-refusal.ts'

export interface FarmManagement {
  readonly properties: FarmPropertyStore
  readonly activities: AccountActivityStore
  readonly clock: Clock
  readonly certificates: { reload(): Promise<void> }
}

const resetSchema = z.strictObject({ location: z.enum(['familiar', 'unknown']).optional() }).prefault({})
const setSchema = z.strictObject({ familiarAddresses: z.array(z.union([z.ipv4(), z.ipv6()])).max(20) })

/** Rows of the management port: Get- and Set-AdfsProperties, Get-, Set- and Reset-ADFSAccountActivity. */
export function addFarmRoutes(
  app: FastifyInstance,
  { properties, activities, clock, certificates }: FarmManagement,
): void {
  app.get('/properties', async () => properties.read())
  app.patch('/properties', async (request) => {
    const changes = farmChangesSchema.parse(request.body ?? {})
    const changed = await properties.change(within300(await properties.read(), changes))
    await certificates.reload()
    return changed
  })
  app.get('/account-activity', async () => {
    const { extranetLockout } = await properties.read()
    const all = await activities.list()
    return { accounts: all.map((each) => activityView(each, extranetLockout, clock.now())) }
  })
  app.get('/account-activity/:upn', async (request) => {
    const { extranetLockout } = await properties.read()
    return activityView(await known(activities, request.params), extranetLockout, clock.now())
  })
  app.patch('/account-activity/:upn', async (request) => {
    const { familiarAddresses } = setSchema.parse(request.body)
    const account = await known(activities, request.params)
    await activities.change(account, (activity) => ({
      activity: { ...activity, familiarAddresses },
      result: undefined,
    }))
    return {}
  })
  app.post('/account-activity/:upn/reset', async (request) => {
    const { location } = resetSchema.parse(request.body ?? {})
    const account = await known(activities, request.params)
    const locations: readonly Location[] = location ? [location] : ['familiar', 'unknown']
    await activities.change(account, (activity) => ({
      activity: locations.reduce(withoutLockout, activity),
      result: undefined,
    }))
    return {}
  })
}

function within300(current: FarmProperties, changes: z.output<typeof farmChangesSchema>): Partial<FarmProperties> {
  try {
    return changedProperties(current, changes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ManagementRefusal(400, error.message)
  }
}

async function known(activities: AccountActivityStore, parameters: unknown): Promise<AccountActivity> {
  const { upn } = parameters as { upn: string }
  const activity = await activities.find(upn)
  if (activity) return activity
  throw new ManagementRefusal(404, `nothing is known of ${upn}: nobody has tried to sign in from outside with it`)
}

function activityView(activity: AccountActivity, settings: FarmProperties['extranetLockout'], now: Date) {
  const { userPrincipalName, badPasswordCount, lastFailure, familiarAddresses } = activity
  return {
    userPrincipalName,
    badPwdCountFamiliar: badPasswordCount.familiar,
    badPwdCountUnknown: badPasswordCount.unknown,
    lastFailedAuthFamiliar: lastFailure.familiar ?? null,
    lastFailedAuthUnknown: lastFailure.unknown ?? null,
    familiarLockout: isLockedOut(activity, 'familiar', settings, now),
    unknownLockout: isLockedOut(activity, 'unknown', settings, now),
    familiarIps: familiarAddresses,
  }
}
