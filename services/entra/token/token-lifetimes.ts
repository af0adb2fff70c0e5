import type { Random } from '#shared/random.ts'
import { exchangeOnlineId, graphId } from '../applications/first-party.ts'
import type { EntraConfig } from '../config.ts'

const minute = 60
const hour = 60 * minute

/** Resources that take part in continuous access evaluation, and so trust tokens for longer. */
const evaluating: ReadonlySet<string> = new Set([exchangeOnlineId, graphId, '00000003-0000-0ff1-ce00-000000000000'])

export interface LifetimeFacts {
  readonly capabilities: readonly string[]
  readonly resourceId: string
  readonly locationsSuspended?: boolean | undefined
}

/**
 * Seconds. The scenario may fix it; else 60 to 90 minutes at random, and 20 to 28 hours where client and resource both
 * take claims challenges, or an hour where the resource is to leave locations alone ("Access token lifetime", "Continuous access evaluation").
 */
export function accessTokenLifetime(
  { accessTokenMinutes }: Pick<EntraConfig, 'accessTokenMinutes'>,
  random: Random,
  { capabilities, resourceId, locationsSuspended }: LifetimeFacts,
): number {
  if (accessTokenMinutes !== undefined) return accessTokenMinutes * minute
  if (locationsSuspended) return hour
  const long = capabilities.includes('CP1') && evaluating.has(resourceId)
  return long ? random.integer(20 * hour, 28 * hour + 1) : random.integer(hour, 90 * minute + 1)
}

/** Long-lived tokens say when it is time to fetch the next: after half of their life. */
export function refreshIn(lifetime: number): number | undefined {
  return lifetime > 2 * hour ? Math.floor(lifetime / 2) : undefined
}
