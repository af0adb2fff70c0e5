import { Gap } from '#shared/errors.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { type RecipientType, recipientTypes } from '../../mailbox/recipient-store.ts'
import type { DirectoryGroup } from '../../recipients/directory-objects.ts'
import { groupMembers, keepGroupMembers } from '../../recipients/group-members.ts'
import { addRecipient, forgetRecipient, publishAttributes } from '../../recipients/make-recipient.ts'
import { aliasOf, newRecipient } from '../../recipients/new-recipient.ts'
import { noAttributes } from '../../recipients/recipient-attributes.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeFully } from '../describe-recipient.ts'
import { notFound } from '../names.ts'
import { firstOf } from '../result-size.ts'
import { changedGuids, changeRestrictions, namesOf, restrictionParameters } from './delivery-restrictions.ts'
import { dirSynced } from './dir-synced.ts'
import { getter, reading } from './read-recipients.ts'
import { recipientNamed } from './recipient-named.ts'
import { aliasIn, attributes, changeAttributes, refuseSynchronized } from './set-recipient.ts'

const groupTypes = ['MailUniversalDistributionGroup', 'MailUniversalSecurityGroup'] as const
const identity = { Identity: 'identity' } as const
const own = {
  ManagedBy: 'changes',
  MemberJoinRestriction: 'text',
  MemberDepartRestriction: 'text',
  ModerationEnabled: 'boolean',
  RequireSenderAuthenticationEnabled: 'boolean',
} as const
const member = { ...identity, Member: 'identity', BypassSecurityGroupManagerCheck: 'switch' } as const

/** Distribution groups and mail-enabled security groups ("Manage distribution groups"). */
export function distributionGroupCmdlets(place: 'online' | 'onPremises'): readonly Cmdlet[] {
  return [
    {
      name: 'New-DistributionGroup',
      parameters: {
        Name: 'identity',
        DisplayName: 'identity',
        Alias: 'identity',
        PrimarySmtpAddress: 'identity',
        Type: 'text',
        Members: 'texts',
        Notes: 'text',
        ...own,
        ...(place === 'onPremises' && ({ SamAccountName: 'identity', OrganizationalUnit: 'identity' } as const)),
      },
      mandatory: ['Name'],
      run: newGroup,
    },
    {
      name: 'Get-DistributionGroup',
      parameters: { ...reading, RecipientTypeDetails: 'texts', ManagedBy: 'identity' },
      run: getGroups,
    },
    {
      name: 'Set-DistributionGroup',
      parameters: { ...identity, ...attributes, ...restrictionParameters, ...own },
      mandatory: ['Identity'],
      run: setGroup,
    },
    { name: 'Remove-DistributionGroup', parameters: identity, mandatory: ['Identity'], run: removeGroup },
    ...(place === 'onPremises' ? enabling : []),
    ...memberCmdlets,
  ]
}

const memberCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-DistributionGroupMember',
    parameters: { ...identity, ResultSize: 'number' },
    mandatory: ['Identity'],
    run: getMembers,
  },
  { name: 'Add-DistributionGroupMember', parameters: member, mandatory: ['Identity', 'Member'], run: addMember },
  { name: 'Remove-DistributionGroupMember', parameters: member, mandatory: ['Identity', 'Member'], run: removeMember },
  {
    name: 'Update-DistributionGroupMember',
    parameters: { ...identity, Members: 'texts', BypassSecurityGroupManagerCheck: 'switch' },
    mandatory: ['Identity', 'Members'],
    run: async (parts, { Identity, Members }) => {
      const group = await changeableGroup(parts, Identity, 'Update-DistributionGroupMember')
      await keepGroupMembers(parts, group.objectGuid, await changedGuids(parts, [], Members))
      return []
    },
  },
]

/** Groups of the directory that have no addresses yet. */
const enabling: readonly Cmdlet[] = [
  {
    name: 'Enable-DistributionGroup',
    parameters: { ...identity, Alias: 'identity', DisplayName: 'identity', PrimarySmtpAddress: 'identity' },
    mandatory: ['Identity'],
    run: async (parts, parameters) => {
      const found = await parts.directory?.groups.find(String(parameters.Identity))
      if (!found) throw notFound(String(parameters.Identity), parts.config)
      return made(parts, found, { ...parameters, Name: found.name, Type: 'Security' })
    },
  },
  {
    name: 'Disable-DistributionGroup',
    parameters: identity,
    mandatory: ['Identity'],
    run: async (parts, { Identity }) => {
      const { objectGuid } = await recipientNamed(parts, String(Identity), groupTypes)
      await parts.directory?.groups.change(objectGuid, { attributes: noAttributes })
      await forgetRecipient(parts, objectGuid)
      return []
    },
  },
]

const textIn = (value: Parameters[string]) => (typeof value === 'string' ? value : undefined)

async function newGroup(parts: CmdletParts, parameters: Parameters): Promise<readonly ExchangeObject[]> {
  refuseModeration(parameters)
  const name = String(parameters.Name)
  const samAccountName = textIn(parameters.SamAccountName) ?? name
  const created = await parts.directory?.groups.create({ name, samAccountName })
  const group = created ?? { objectGuid: parts.context.random.uuid(), name, members: [] }
  try {
    return await made(parts, group, parameters)
  } catch (error) {
    await parts.directory?.groups.remove(group.objectGuid)
    throw error
  }
}

type Found = Pick<DirectoryGroup, 'objectGuid' | 'name' | 'members'>

async function made(parts: CmdletParts, found: Found, parameters: Parameters): Promise<readonly ExchangeObject[]> {
  const { config } = parts
  const alias = aliasIn(textIn(parameters.Alias) ?? aliasOf(found.name))
  const group = newRecipient({
    objectGuid: found.objectGuid,
    type: typeIn(parameters.Type),
    emailAddress: textIn(parameters.PrimarySmtpAddress) ?? `${alias}@${config.autoDiscover.acceptedDomains[0]}`,
    alias,
    displayName: textIn(parameters.DisplayName) ?? found.name,
  })
  const members = Array.isArray(parameters.Members) ? await changedGuids(parts, [], parameters.Members) : found.members
  const settings = await groupSettings(parts, group.objectGuid, parameters)
  await addRecipient(parts, group)
  await keepGroupMembers(parts, group.objectGuid, members)
  await parts.organization.changeRecipientSettings(group.objectGuid, settings)
  await changeRestrictions(parts, group, parameters)
  await publishAttributes(parts, group.objectGuid)
  return [await describeGroup(parts, group)]
}

function typeIn(written: Parameters[string]): RecipientType {
  const type = String(written ?? 'Distribution').toLowerCase()
  if (type === 'distribution') return 'MailUniversalDistributionGroup'
  if (type === 'security') return 'MailUniversalSecurityGroup'
  throw new CmdletError(
    'badParameter',
    `Cannot process argument transformation on parameter 'Type'. Unable to match the identifier name "${String(written)}" to a valid enumerator name: Distribution, Security.`,
  )
}

/** Messages that wait for somebody's approval are not kept here. */
function refuseModeration({ ModerationEnabled }: Parameters): void {
  if (ModerationEnabled === true) throw new Gap('moderation of groups', 'services/exchange/README.md')
}

const restrictions = ['Open', 'Closed', 'ApprovalRequired']

async function groupSettings(parts: CmdletParts, objectGuid: string, given: Parameters) {
  const kept = await parts.organization.recipientSettings(objectGuid)
  const before = Array.isArray(kept.ManagedBy) ? (kept.ManagedBy as readonly string[]) : []
  const owners = given.ManagedBy === undefined ? undefined : await changedGuids(parts, before, given.ManagedBy)
  const joining = Object.entries(given).filter(([name]) => /^Member(Join|Depart)Restriction$/.test(name))
  for (const [name, value] of joining)
    if (!restrictions.includes(String(value)))
      throw new CmdletError('badValue', `"${String(value)}" of '${name}' isn't one of ${restrictions.join(', ')}.`)
  const chosen = Object.fromEntries(joining.map(([name, value]) => [name, String(value)]))
  return { ...chosen, ...(owners && { ManagedBy: owners.length > 0 ? owners : null }) }
}

async function getGroups(parts: CmdletParts, { ManagedBy, ...parameters }: Parameters) {
  const found = await getter(groupTypes, describeGroup)(parts, parameters)
  if (ManagedBy === undefined) return found
  const { displayName } = await recipientNamed(parts, String(ManagedBy), recipientTypes)
  return found.filter((group) => Array.isArray(group.ManagedBy) && group.ManagedBy.includes(displayName))
}

async function describeGroup(parts: CmdletParts, group: Recipient): Promise<ExchangeObject> {
  const kept = await parts.organization.recipientSettings(group.objectGuid)
  const owners = Array.isArray(kept.ManagedBy) ? (kept.ManagedBy as readonly string[]) : []
  return {
    ...(await describeFully(parts, group)),
    GroupType: group.type === 'MailUniversalSecurityGroup' ? 'Universal, SecurityEnabled' : 'Universal',
    ManagedBy: await namesOf(parts, owners),
    MemberJoinRestriction: kept.MemberJoinRestriction ?? 'Closed',
    MemberDepartRestriction: kept.MemberDepartRestriction ?? 'Open',
    ModerationEnabled: false,
  }
}

async function setGroup(parts: CmdletParts, { Identity, ...given }: Parameters) {
  refuseModeration(given)
  const group = await recipientNamed(parts, String(Identity), groupTypes)
  refuseSynchronized(group, 'Set-DistributionGroup', given)
  await parts.organization.changeRecipientSettings(
    group.objectGuid,
    await groupSettings(parts, group.objectGuid, given),
  )
  const isRestricted = await changeRestrictions(parts, group, given)
  await changeAttributes(parts, group, given, {}, isRestricted)
  return []
}

async function changeableGroup(parts: CmdletParts, Identity: Parameters[string], cmdlet: string): Promise<Recipient> {
  const group = await recipientNamed(parts, String(Identity), groupTypes)
  if (group.isDirSynced) throw dirSynced(group, cmdlet, 'Identity')
  return group
}

async function removeGroup(parts: CmdletParts, { Identity }: Parameters) {
  const { objectGuid } = await changeableGroup(parts, Identity, 'Remove-DistributionGroup')
  await parts.directory?.groups.remove(objectGuid)
  await forgetRecipient(parts, objectGuid)
  return []
}

async function getMembers(parts: CmdletParts, { Identity, ResultSize }: Parameters) {
  const group = await recipientNamed(parts, String(Identity), groupTypes)
  const guids = await groupMembers(parts, group.objectGuid)
  const found = await Promise.all(guids.map((guid) => parts.recipients.findRecipient('objectGuid', guid)))
  const described = await Promise.all(found.flatMap((each) => (each ? [describeFully(parts, each)] : [])))
  return firstOf(parts, described, { ResultSize })
}

async function addMember(parts: CmdletParts, { Identity, Member }: Parameters) {
  const group = await changeableGroup(parts, Identity, 'Add-DistributionGroupMember')
  const { objectGuid, displayName } = await recipientNamed(parts, String(Member), recipientTypes)
  const members = await groupMembers(parts, group.objectGuid)
  if (members.includes(objectGuid))
    throw new CmdletError(
      'memberExists',
      `The recipient "${displayName}" is already a member of the group "${group.displayName}".`,
    )
  if (objectGuid === group.objectGuid)
    throw new CmdletError('invalidArgument', `The group "${group.displayName}" can't be a member of itself.`)
  await keepGroupMembers(parts, group.objectGuid, [...members, objectGuid])
  return []
}

async function removeMember(parts: CmdletParts, { Identity, Member }: Parameters) {
  const group = await changeableGroup(parts, Identity, 'Remove-DistributionGroupMember')
  const { objectGuid, displayName } = await recipientNamed(parts, String(Member), recipientTypes)
  const members = await groupMembers(parts, group.objectGuid)
  if (!members.includes(objectGuid))
    throw new CmdletError(
      'memberNotFound',
      `The recipient "${displayName}" isn't a member of the group "${group.displayName}".`,
    )
  const left = members.filter((each) => each !== objectGuid)
  await keepGroupMembers(parts, group.objectGuid, left)
  return []
}
