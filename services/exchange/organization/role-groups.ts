import type { Scenario } from '#shared/scenario/world.ts'
import type { OrganizationStore } from './organization-store.ts'

/** The role group whose members manage everything ("Permissions in Exchange"). */
export const organizationManagement = 'Organization Management'

/** Whom a role group has besides its members, and what they may run. */
interface RoleGroup {
  /** By template id, as `wids` of tokens has them, the directory roles that count as membership. */
  readonly directoryRoles: Readonly<Record<string, string>>
  readonly cmdlets: RegExp
}

const people = 'Recipient|Mailbox|CASMailbox|User|MailUser|MailContact|DistributionGroup|DistributionGroupMember'
const devices = 'MobileDevice|MobileDeviceStatistics'
const options = '(?:Mailbox(?:AutoReply|Regional|Calendar|Message)Configuration|UserPhoto)'
const recipients = `${people}|RemoteMailbox|MailboxPermission|MailboxFolderPermission|RecipientPermission|ADPermission`
const moves = 'MoveRequest|MoveRequestStatistics|MigrationBatch|MigrationUser|MigrationEndpoint'
const statistics = 'MailboxStatistics|MailboxFolderStatistics'
const traces = 'MessageTrace|MessageTraceV2|MessageTraceDetail|MessageTraceDetailV2|MessageTrackingLog'

/** "Permissions in Exchange Online" and "Microsoft Entra built-in roles". */
const roleGroups: Readonly<Record<string, RoleGroup>> = {
  [organizationManagement]: {
    directoryRoles: {
      '62e90394-69f5-4237-9190-012177145e10': 'Global Administrator',
      '29232cdf-9323-42fd-ade2-1d097af3e4de': 'Exchange Administrator',
    },
    cmdlets: /^/,
  },
  'View-Only Organization Management': {
    directoryRoles: {
      'f2ef992c-3afb-46b9-b7cf-a126ee74c451': 'Global Reader',
      '5d6b6bb7-de71-4623-b4af-96380a352509': 'Security Reader',
    },
    cmdlets: /^Get-/i,
  },
  'Recipient Management': {
    directoryRoles: { '31392ffb-586c-42d1-9346-e59415a2cc4e': 'Exchange Recipient Administrator' },
    cmdlets: new RegExp(
      `^(\\w+-(${recipients}|${devices}|${options}|${moves})|Get-(${statistics}|${traces}|AcceptedDomain))$`,
      'i',
    ),
  },
  'Help Desk': {
    directoryRoles: { '729827e3-9c14-49f7-bb1b-9608f156bbb8': 'Helpdesk Administrator' },
    cmdlets: new RegExp(
      `^(Get-(${people}|${devices}|${options}|${statistics})|Set-${options}|Clear-MobileDevice)$`,
      'i',
    ),
  },
}

export const roleGroupNames: readonly string[] = Object.keys(roleGroups)

/** Whether members of one of the groups may run the cmdlet. */
export function mayRun(groups: readonly string[], cmdlet: string): boolean {
  return groups.some((name) => roleGroups[name]?.cmdlets.test(cmdlet))
}

/** The role groups that directory roles, by template id, count into. */
export function roleGroupsOfRoles(roleIds: readonly string[]): readonly string[] {
  return roleGroupNames.filter((name) =>
    roleIds.some((id) => Object.hasOwn(roleGroups[name]?.directoryRoles ?? {}, id)),
  )
}

/** Every role group that somebody is a member of, by objectGuid. */
export async function roleGroupsOfMember(
  organization: OrganizationStore,
  scenario: Pick<Scenario, 'users'>,
  objectGuid: string,
): Promise<readonly string[]> {
  const found = await Promise.all(
    roleGroupNames.map(async (name) => {
      return (await roleGroupMembers(organization, scenario, name)).includes(objectGuid) ? [name] : []
    }),
  )
  return found.flat()
}

/** The objectGuids of the members: who has the directory role, until Add- or Remove-RoleGroupMember changed them. */
export async function roleGroupMembers(
  organization: OrganizationStore,
  { users }: Pick<Scenario, 'users'>,
  group = organizationManagement,
): Promise<readonly string[]> {
  const kept = (await organization.settings())[settingOf(group)]
  if (Array.isArray(kept)) return kept as readonly string[]
  const roles = Object.values(roleGroups[group]?.directoryRoles ?? {})
  const members = users.filter(
    (user) => user.directoryRoles.some((role) => roles.includes(role)) || user.groups.includes(group),
  )
  return members.map(({ objectGuid }) => objectGuid.toLowerCase())
}

export async function keepRoleGroupMembers(
  organization: OrganizationStore,
  group: string,
  members: readonly string[],
): Promise<void> {
  await organization.changeSettings({ [settingOf(group)]: members })
}

function settingOf(group: string): string {
  return `RoleGroup.${group}`
}
