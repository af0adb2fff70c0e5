import { keepRoleGroupMembers, organizationManagement, roleGroupMembers } from '../../organization/role-groups.ts'
import type { Cmdlet, CmdletParts, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeRecipient } from '../describe-recipient.ts'
import { notFound } from '../names.ts'
import { recipientNamed } from './recipients.ts'

const mandatory = ['Identity', 'Member'] as const
const parameters = { Identity: 'identity', Member: 'identity' } as const

/** Who administers Exchange; the one role group is Organization Management. */
export const roleGroupCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-RoleGroupMember',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: async (parts, { Identity }) => {
      const members = await membersOf(parts, Identity)
      const found = await Promise.all(members.map((guid) => parts.recipients.findRecipient('objectGuid', guid)))
      return found.flatMap((recipient) => (recipient ? [describeRecipient(parts.config, recipient)] : []))
    },
  },
  { name: 'Add-RoleGroupMember', parameters, mandatory, run: addMember },
  { name: 'Remove-RoleGroupMember', parameters, mandatory, run: removeMember },
]

async function membersOf(parts: CmdletParts, identity: Parameters[string]): Promise<readonly string[]> {
  if (String(identity).toLowerCase() !== organizationManagement.toLowerCase())
    throw notFound(String(identity), parts.config)
  return roleGroupMembers(parts.organization, parts.context.scenario)
}

async function addMember(parts: CmdletParts, { Identity, Member }: Parameters) {
  const members = await membersOf(parts, Identity)
  const { objectGuid, displayName } = await recipientNamed(parts, String(Member), ['UserMailbox', 'MailUser'])
  if (members.includes(objectGuid))
    throw new CmdletError(
      'objectExists',
      `The recipient "${displayName}" is already a member of the group "${organizationManagement}".`,
    )
  await keepRoleGroupMembers(parts.organization, [...members, objectGuid])
  return []
}

async function removeMember(parts: CmdletParts, { Identity, Member }: Parameters) {
  const members = await membersOf(parts, Identity)
  const { objectGuid, displayName } = await recipientNamed(parts, String(Member), ['UserMailbox', 'MailUser'])
  if (!members.includes(objectGuid))
    throw new CmdletError(
      'invalidArgument',
      `The recipient "${displayName}" isn't a member of the group "${organizationManagement}".`,
    )
  await keepRoleGroupMembers(
    parts.organization,
    members.filter((each) => each !== objectGuid),
  )
  return []
}
