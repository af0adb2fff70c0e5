import type { Scenario } from '#shared/scenario/world.ts'
import type { OrganizationStore } from './organization-store.ts'

/** The role group whose members manage everything ("Permissions in Exchange"). */
export const organizationManagement = 'Organization Management'

const setting = `RoleGroup.${organizationManagement}`
/** Directory roles that Exchange counts into Organization Management ("Admin roles in Exchange Online"). */
const directoryRoles: readonly string[] = ['Global Administrator', 'Exchange Administrator']

/** The objectGuids of the members: who has the directory role, until Add- or Remove-RoleGroupMember changed them. */
export async function roleGroupMembers(
  organization: OrganizationStore,
  { users }: Pick<Scenario, 'users'>,
): Promise<readonly string[]> {
  const kept = (await organization.settings())[setting]
  if (Array.isArray(kept)) return kept as readonly string[]
  const members = users.filter(
    (user) =>
      user.directoryRoles.some((role) => directoryRoles.includes(role)) || user.groups.includes(organizationManagement),
  )
  return members.map(({ objectGuid }) => objectGuid.toLowerCase())
}

export async function keepRoleGroupMembers(organization: OrganizationStore, members: readonly string[]): Promise<void> {
  await organization.changeSettings({ [setting]: members })
}
