import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import { applicationKeywords, firstPartyApplications } from '#shared/scenario/first-party-applications.ts'

/** Ids of this tenant by lower-cased id and by lower-cased name. */
export interface TenantObjects {
  readonly users: ReadonlyMap<string, string>
  readonly groups: ReadonlyMap<string, string>
  readonly applications: ReadonlyMap<string, string>
  readonly locations: ReadonlyMap<string, string>
}

export interface Place {
  readonly path: string
  readonly id: string
}

export interface Adapted {
  readonly policy: Plain
  readonly unknown: readonly Place[]
  readonly mapped: readonly (Place & { readonly to: string })[]
}

type Plain = Readonly<Record<string, unknown>>
type Kind = keyof TenantObjects | 'roles'

const places: readonly (readonly [condition: string, kind: Kind, members: readonly string[]])[] = [
  ['users', 'users', ['includeUsers', 'excludeUsers']],
  ['users', 'groups', ['includeGroups', 'excludeGroups']],
  ['users', 'roles', ['includeRoles', 'excludeRoles']],
  ['applications', 'applications', ['includeApplications', 'excludeApplications']],
  ['locations', 'locations', ['includeLocations', 'excludeLocations']],
]

const keywords = new Set(
  [
    ...['All', 'None', 'GuestsOrExternalUsers', 'AllTrusted', '00000000-0000-0000-0000-000000000000'],
    ...applicationKeywords,
    ...Object.values(firstPartyApplications),
    ...Object.values(directoryRoleTemplates),
  ].map((each) => each.toLowerCase()),
)

/** Pure: a policy of another tenant in the ids of this one, and what is not there. */
export function adaptPolicy(policy: Plain, tenant: TenantObjects, map: Readonly<Record<string, string>>): Adapted {
  const unknown: Place[] = []
  const mapped: (Place & { to: string })[] = []
  const conditions = { ...plain(policy.conditions) }
  for (const [condition, kind, members] of places) {
    const changed = { ...plain(conditions[condition]) }
    for (const member of members) {
      const ids = changed[member]
      if (!Array.isArray(ids)) continue
      changed[member] = ids.map((id, index) => {
        const place = { path: `conditions.${condition}.${member}.${index}`, id: String(id) }
        const to = ownId(tenant, kind, map[place.id] ?? place.id)
        if (to === undefined) unknown.push(place)
        else if (to !== place.id.toLowerCase() && to !== place.id) mapped.push({ ...place, to })
        return to ?? id
      })
    }
    if (conditions[condition] !== undefined && conditions[condition] !== null) conditions[condition] = changed
  }
  return { policy: { ...policy, ...(policy.conditions !== undefined && { conditions }) }, unknown, mapped }
}

function ownId(tenant: TenantObjects, kind: Kind, name: string): string | undefined {
  const lowered = name.toLowerCase()
  if (keywords.has(lowered)) return name
  return kind === 'roles' ? undefined : tenant[kind].get(lowered)
}

function plain(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
