import type { SecurityAttributes } from '../conditional-access/application-filter.ts'
import type { CompiledPolicy } from '../conditional-access/policy-set.ts'
import type { ConditionalAccessStore } from '../conditional-access/policy-store.ts'
import type { ClientAppType, LocationSignal, Signals } from '../conditional-access/signals.ts'
import type { Person } from '../people/people.ts'

/** What a resource knows of a call, of all that policies ask about. */
export interface WatchedCall {
  readonly person: Pick<Person, 'objectId' | 'groups' | 'directoryRoles'>
  readonly resourceId: string
  readonly resourceAttributes?: SecurityAttributes | undefined
  readonly clientAppType: ClientAppType
}

/** What a resource can tell by itself; what else a policy asks is met for it, since Entra ID decides afterwards. */
const tellable: ReadonlySet<string> = new Set(['users', 'application', 'clientType', 'location'])

/**
 * The name of a policy about locations that applies at the new address and did not at the old one
 * ("Continuous access evaluation", Conditional Access policy evaluation).
 */
export function newlyApplyingPolicy(
  conditionalAccess: Pick<ConditionalAccessStore, 'current' | 'locations'>,
  call: WatchedCall,
  { from, to }: { readonly from: LocationSignal; readonly to: LocationSignal },
): string | undefined {
  const then = signalsAt(call, from)
  const now = signalsAt(call, to)
  const moved = conditionalAccess
    .current()
    .policies.filter(({ policy }) => policy.state === 'enabled' && isAboutAddresses(conditionalAccess, policy))
    .find((policy) => mayApply(policy, now) && !mayApply(policy, then))
  return moved?.policy.displayName
}

/** Resources know address ranges alone: a location of countries is a matter of Entra ID. */
function isAboutAddresses(
  { locations }: Pick<ConditionalAccessStore, 'locations'>,
  { conditions }: CompiledPolicy['policy'],
): boolean {
  const { includeLocations = [], excludeLocations = [] } = conditions.locations ?? {}
  const named = [...includeLocations, ...excludeLocations]
  return named.length > 0 && named.every((id) => !('countriesAndRegions' in (locations.byId(id) ?? {})))
}

function mayApply({ judges }: CompiledPolicy, signals: Signals): boolean {
  return judges.every(({ name, judge }) => !tellable.has(name) || judge(signals) !== 'notMet')
}

function signalsAt(call: WatchedCall, location: LocationSignal): Signals {
  const { person, resourceId, resourceAttributes: attributes, clientAppType } = call
  const lower = (ids: readonly string[]) => ids.map((id) => id.toLowerCase())
  return {
    user: { objectId: person.objectId, groups: lower(person.groups), roles: lower(person.directoryRoles) },
    application: { appId: resourceId, attributes },
    clientAppType,
    location: { ...location, namedLocationIds: lower(location.namedLocationIds) },
    satisfied: { mfa: false, combinations: [] },
    hasMfaMethods: true,
  }
}
