import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import { applicationKeywords, firstPartyApplications } from '#shared/scenario/first-party-applications.ts'
import { isPlain, type Plain } from './clean-object.ts'

/** Ids of this tenant by lower-cased id and by lower-cased name. */
export interface TenantObjects {
  readonly users: ReadonlyMap<string, string>
  readonly groups: ReadonlyMap<string, string>
  readonly roles: ReadonlyMap<string, string>
  readonly applications: ReadonlyMap<string, string>
  readonly servicePrincipals: ReadonlyMap<string, string>
  readonly locations: ReadonlyMap<string, string>
  readonly strengths: ReadonlyMap<string, string>
}

export interface Place {
  readonly path: string
  readonly id: string
}

export interface Adapted {
  readonly policy: Plain
  readonly unknown: readonly Place[]
  readonly mapped: readonly (Place & { readonly to: string })[]
  readonly leftOut: readonly Place[]
}

export interface Adapting {
  readonly tenant: TenantObjects
  /** What stands here for an id or name of the other tenant. */
  readonly map: Readonly<Record<string, string>>
  readonly leaveOutUnknown: boolean
}

type Kind = keyof TenantObjects

const places: readonly (readonly [condition: string, kind: Kind, members: readonly string[]])[] = [
  ['users', 'users', ['includeUsers', 'excludeUsers']],
  ['users', 'groups', ['includeGroups', 'excludeGroups']],
  ['users', 'roles', ['includeRoles', 'excludeRoles']],
  ['applications', 'applications', ['includeApplications', 'excludeApplications']],
  ['clientApplications', 'servicePrincipals', ['includeServicePrincipals', 'excludeServicePrincipals']],
  ['locations', 'locations', ['includeLocations', 'excludeLocations']],
]

const keywords = new Set(
  [
    ...['All', 'None', 'GuestsOrExternalUsers', 'AllTrusted', '00000000-0000-0000-0000-000000000000'],
    ...['ServicePrincipalsInMyTenant', ...applicationKeywords],
  ].map((each) => each.toLowerCase()),
)

/** What every tenant has, by name and by id. */
export const everywhere = {
  roles: Object.entries(directoryRoleTemplates),
  applications: Object.entries(firstPartyApplications),
} as const

/** Pure: a policy of another tenant in the ids of this one, and what is not there. */
export function adaptPolicy(policy: Plain, adapting: Adapting): Adapted {
  const found = { unknown: [] as Place[], mapped: [] as (Place & { to: string })[], leftOut: [] as Place[] }
  const conditions: Record<string, unknown> = { ...(isPlain(policy.conditions) ? policy.conditions : {}) }
  for (const [condition, kind, members] of places) {
    for (const member of members) {
      const within = conditions[condition]
      const ids = isPlain(within) ? within[member] : undefined
      if (!Array.isArray(ids)) continue
      const list = adaptList({ ids: ids.map(String), path: `conditions.${condition}.${member}`, kind, adapting })
      found.unknown.push(...list.unknown)
      found.mapped.push(...list.mapped)
      found.leftOut.push(...list.leftOut)
      conditions[condition] = { ...(within as Plain), [member]: list.ids }
    }
  }
  const { grantControls, ...strength } = adaptStrength(policy, adapting)
  found.unknown.push(...strength.unknown)
  found.mapped.push(...strength.mapped)
  const own = { ...policy, ...(policy.conditions !== undefined && { conditions }), ...grantControls }
  return { policy: own, ...found }
}

interface IdList {
  readonly ids: readonly string[]
  readonly path: string
  readonly kind: Kind
  readonly adapting: Adapting
}

function adaptList({ ids, path, kind, adapting }: IdList) {
  const looked = ids.map((id, index) => ({ path: `${path}.${index}`, id, to: ownId(id, kind, adapting) }))
  const missing = looked.filter(({ to }) => to === undefined).map(({ path: at, id }) => ({ path: at, id }))
  const here = looked.flatMap(({ to, ...place }) => (to === undefined ? [] : [{ ...place, to }]))
  const mapped = here.filter(({ id, to }) => id.toLowerCase() !== to.toLowerCase())
  // A list of inclusions that became empty would be a condition less.
  const leaves = adapting.leaveOutUnknown && (here.length > 0 || path.includes('.exclude'))
  if (leaves) return { ids: here.map(({ to }) => to), unknown: [], mapped, leftOut: missing }
  return { ids: looked.map(({ id, to }) => to ?? id), unknown: missing, mapped, leftOut: [] }
}

function adaptStrength({ grantControls }: Plain, adapting: Adapting) {
  const nothing = { grantControls: {}, unknown: [], mapped: [] }
  if (!isPlain(grantControls) || !isPlain(grantControls.authenticationStrength)) return nothing
  const { id: given, displayName } = grantControls.authenticationStrength
  const id = String(given ?? displayName)
  const to = ownId(id, 'strengths', adapting) ?? ownId(String(displayName), 'strengths', adapting)
  const place = { path: 'grantControls.authenticationStrength', id }
  if (to === undefined) return { ...nothing, unknown: [place] }
  const changed = { grantControls: { ...grantControls, authenticationStrength: { id: to } } }
  return { grantControls: changed, unknown: [], mapped: to === id.toLowerCase() ? [] : [{ ...place, to }] }
}

function ownId(id: string, kind: Kind, { tenant, map }: Adapting): string | undefined {
  const name = map[id] || id
  return keywords.has(name.toLowerCase()) ? name : tenant[kind].get(name.toLowerCase())
}
