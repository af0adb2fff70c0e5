import { type Condition, type Conditions, names, within } from './condition.ts'
import type { UserSignal } from './signals.ts'

type UserAssignment = Conditions['users']
type Guests = UserAssignment['includeGuestsOrExternalUsers']

/** "Conditional Access: Users, groups, and workload identities". */
export const usersCondition: Condition = {
  name: 'users',
  judge: ({ users }, { user }) => within(isIncluded(users, user), isExcluded(users, user)),
}

function isIncluded(users: UserAssignment, user: UserSignal): boolean {
  return (
    names(users.includeUsers, 'All') ||
    isNamed(users.includeUsers, user) ||
    overlaps(users.includeGroups, user.groups) ||
    overlaps(users.includeRoles, user.roles) ||
    isGuestOf(users.includeGuestsOrExternalUsers, user)
  )
}

function isExcluded(users: UserAssignment, user: UserSignal): boolean {
  return (
    names(users.excludeUsers, 'All') ||
    isNamed(users.excludeUsers, user) ||
    overlaps(users.excludeGroups, user.groups) ||
    overlaps(users.excludeRoles, user.roles) ||
    isGuestOf(users.excludeGuestsOrExternalUsers, user)
  )
}

function isNamed(list: readonly string[], user: UserSignal): boolean {
  return names(list, user.objectId) || (user.guest !== undefined && names(list, 'GuestsOrExternalUsers'))
}

function overlaps(list: readonly string[], ids: readonly string[]): boolean {
  return list.length > 0 && ids.some((id) => names(list, id))
}

function isGuestOf(guests: Guests, { guest }: UserSignal): boolean {
  if (!guests || !guest) return false
  const types = guests.guestOrExternalUserTypes.split(',').map((type) => type.trim())
  return names(types, guest.type) && comesFrom(guests.externalTenants, guest.tenantId)
}

/** [Graph] conditionalAccessExternalTenants: everybody, or the tenants that are listed. */
function comesFrom(externalTenants: unknown, tenantId: string): boolean {
  if (typeof externalTenants !== 'object' || externalTenants === null) return true
  const { membershipKind, members } = externalTenants as { membershipKind?: string; members?: readonly string[] }
  return membershipKind !== 'enumerated' || names(members ?? [], tenantId)
}
