import { keepRoleGroupMembers, roleGroupMembers, roleGroupNames } from '../../organization/role-groups.ts'
import type { Cmdlet, CmdletParts, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeRecipient } from '../describe-recipient.ts'
import { notFound } from '../names.ts'
import { recipientNamed } from './recipient-named.ts'

const mandatory = ['Identity', 'Member'] as const
const parameters = { Identity: 'identity', Member: 'identity' } as const

/** Who administers Exchange; which role groups there are, and what each may run, the organization knows. */
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

function groupNamed(parts: CmdletParts, identity: Parameters[string]): string {
  const group = roleGroupNames.find((name) => name.toLowerCase() === String(identity).toLowerCase())
  if (group === undefined) throw notFound(String(identity), parts.config)
  return group
}

function membersOf(parts: CmdletParts, identity: Parameters[string]): Promise<readonly string[]> {
  return roleGroupMembers(parts.organization, parts.context.scenario, groupNamed(parts, identity))
}

async function addMember(parts: CmdletParts, { Identity, Member }: Parameters) {
  const group = groupNamed(parts, Identity)
  const members = await membersOf(parts, group)
  const { objectGuid, displayName } = await recipientNamed(parts, String(Member), ['UserMailbox', 'MailUser'])
  if (members.includes(objectGuid))
    throw new CmdletError('objectExists', `The recipient "${displayName}" is already a member of the group "${group}".`)
  await keepRoleGroupMembers(parts.organization, group, [...members, objectGuid])
  return []
}

async function removeMember(parts: CmdletParts, { Identity, Member }: Parameters) {
  const group = groupNamed(parts, Identity)
  const members = await membersOf(parts, group)
  const { objectGuid, displayName } = await recipientNamed(parts, String(Member), ['UserMailbox', 'MailUser'])
  if (!members.includes(objectGuid))
    throw new CmdletError('invalidArgument', `The recipient "${displayName}" isn't a member of the group "${group}".`)
  const others = members.filter((each) => each !== objectGuid)
  await keepRoleGroupMembers(parts.organization, group, others)
  return []
}
