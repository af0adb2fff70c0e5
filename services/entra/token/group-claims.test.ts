import { expect, test } from 'vitest'
import type { Application } from '../applications/application.ts'
import type { GroupMembership } from '../applications/claims-configuration.ts'
import type { Person } from '../people/people.ts'
import { groupClaims, memberRole } from './group-claims.ts'

const names = (count: number) => Array.from({ length: count }, (_, index) => `g${index}`)
const overage = {
  _claim_names: { groups: 'src1' },
  _claim_sources: { src1: { endpoint: 'https://graph.windows.net/t/users/p/getMemberObjects' } },
}

test.each<{ groups: GroupMembership; member: number; assigned?: number; url?: true; want: object; because: string }>([
  { groups: 'none', member: 3, want: {}, because: 'nothing was asked for' },
  { groups: 'securityGroups', member: 3, want: { groups: names(3) }, because: 'all groups' },
  { groups: 'securityGroups', member: 0, want: {}, because: 'no group, no claim' },
  { groups: 'securityGroups', member: 200, want: { groups: names(200) }, because: 'as many as fit' },
  { groups: 'securityGroups', member: 201, want: overage, because: 'one too many' },
  { groups: 'securityGroups', member: 5, url: true, want: { groups: names(5) }, because: 'as many as fit into a URL' },
  { groups: 'securityGroups', member: 6, url: true, want: { hasgroups: true }, because: 'one too many for a URL' },
  { groups: 'all', member: 1, want: { groups: names(1), wids: ['role', memberRole] }, because: 'groups and roles' },
  { groups: 'directoryRoles', member: 9, want: { wids: ['role', memberRole] }, because: 'roles alone' },
  { groups: 'assignedGroups', member: 9, assigned: 2, want: { groups: names(2) }, because: 'those with a role of it' },
  { groups: 'assignedGroups', member: 9, want: {}, because: 'none has a role of it' },
])('$groups of $member: $because', ({ groups, member, assigned = 0, url, want }) => {
  const person = { objectId: 'p', groups: names(member), directoryRoles: ['role'] } as unknown as Person
  const application = { claims: { groups, idToken: [], accessToken: [] } } as unknown as Application
  const facts = { tenantId: 't', person, application, assignedGroups: names(assigned), frontChannel: url === true }
  expect(groupClaims(facts)).toEqual(want)
})
