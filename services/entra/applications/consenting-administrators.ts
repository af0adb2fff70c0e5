import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import type { Person } from '../people/people.ts'

/** "Grant tenant-wide admin consent": the roles that may; the latter two not for app roles of Microsoft Graph. */
const everything = ['Global Administrator', 'Privileged Role Administrator']
const applicationsOnly = ['Application Administrator', 'Cloud Application Administrator']

export function mayConsentForEverybody({ directoryRoles }: Pick<Person, 'directoryRoles'>): boolean {
  return hasOne(directoryRoles, [...everything, ...applicationsOnly])
}

export function mayGrantAppRoles({ directoryRoles }: Pick<Person, 'directoryRoles'>): boolean {
  return hasOne(directoryRoles, everything)
}

function hasOne(held: readonly string[], names: readonly string[]): boolean {
  return names.some((name) => held.includes(directoryRoleTemplates[name] ?? ''))
}
