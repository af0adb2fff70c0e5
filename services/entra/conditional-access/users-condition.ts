import { type Condition, type Conditions, flagsOf, hasAny, lowered, metIf, type NamedRule, names } from './condition.ts'
import type { Signals, UserSignal } from './signals.ts'

type UserAssignment = Conditions['users']
type Guests = UserAssignment['includeGuestsOrExternalUsers']

/** One side of the assignment. */
interface People {
  readonly users: readonly string[]
  readonly groups: readonly string[]
  readonly roles: readonly string[]
  readonly guests: Guests
}

/** "Conditional Access: Users, groups, and workload identities". */
export const usersCondition: Condition = {
  name: 'users',
  compile: ({ users }) => {
    const isIncluded = compilePeople(included(users))
    const isExcluded = compilePeople(excluded(users))
    return ({ user }) => metIf(isIncluded(user) && !isExcluded(user))
  },
  explain: ({ users }, signals) => ({
    includes: rulesOf(included(users), signals),
    excludes: rulesOf(excluded(users), signals),
    saw: describeUser(signals.user),
  }),
}

function included(users: UserAssignment): People {
  const { includeUsers, includeGroups, includeRoles, includeGuestsOrExternalUsers: guests } = users
  return { users: includeUsers, groups: includeGroups, roles: includeRoles, guests }
}

function excluded(users: UserAssignment): People {
  const { excludeUsers, excludeGroups, excludeRoles, excludeGuestsOrExternalUsers: guests } = users
  return { users: excludeUsers, groups: excludeGroups, roles: excludeRoles, guests }
}

function compilePeople({ users, groups, roles, guests }: People): (user: UserSignal) => boolean {
  const [named, inGroups, inRoles] = [lowered(users), lowered(groups), lowered(roles)]
  if (named.has('all')) return () => true
  if (named.size + inGroups.size + inRoles.size === 0 && !guests) return () => false
  return (user) =>
    named.has(user.objectId) ||
    (user.guest !== undefined && named.has('guestsorexternalusers')) ||
    hasAny(inGroups, user.groups) ||
    hasAny(inRoles, user.roles) ||
    isGuestOf(guests, user)
}

function isGuestOf(guests: Guests, { guest }: UserSignal): boolean {
  if (!guests || !guest) return false
  return (
    names(flagsOf(guests.guestOrExternalUserTypes), guest.type) && comesFrom(guests.externalTenants, guest.tenantId)
  )
}

/** [Graph] conditionalAccessExternalTenants: everybody, or the tenants that are listed. */
function comesFrom(externalTenants: unknown, tenantId: string): boolean {
  if (typeof externalTenants !== 'object' || externalTenants === null) return true
  const { membershipKind, members } = externalTenants as { membershipKind?: string; members?: readonly string[] }
  return membershipKind !== 'enumerated' || names(members ?? [], tenantId)
}

function rulesOf({ users, groups, roles, guests }: People, { user }: Signals): readonly NamedRule[] {
  const rule = (kind: string, value: string, matched: boolean): NamedRule => ({ rule: kind, value, matched })
  return [
    ...users.map((value) => userRule(value, user)),
    ...groups.map((value) => rule('groupId', value, names(user.groups, value))),
    ...roles.map((value) => rule('roleId', value, names(user.roles, value))),
    ...(guests ? [rule('guest', guests.guestOrExternalUserTypes, isGuestOf(guests, user))] : []),
  ]
}

function userRule(value: string, user: UserSignal): NamedRule {
  const keyword = value.toLowerCase()
  if (keyword === 'all') return { rule: 'allUsers', value, matched: true }
  if (keyword === 'none') return { rule: 'userId', value, matched: false }
  if (keyword === 'guestsorexternalusers') return { rule: 'guest', value, matched: user.guest !== undefined }
  return { rule: 'userId', value, matched: names([value], user.objectId) }
}

function describeUser({ objectId, groups, roles, guest }: UserSignal): string {
  const parts = [
    objectId,
    `groups: ${groups.join(', ') || 'none'}`,
    `roles: ${roles.join(', ') || 'none'}`,
    ...(guest ? [`guest: ${guest.type}`] : []),
  ]
  return parts.join('; ')
}
