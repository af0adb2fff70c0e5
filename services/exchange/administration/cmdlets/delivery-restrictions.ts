import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { recipientTypes } from '../../mailbox/recipient-store.ts'
import {
  acceptSetting,
  authenticationSetting,
  rejectSetting,
  restrictionsOf,
} from '../../organization/delivery-restrictions.ts'
import { isGroup } from '../../transport/expand-groups.ts'
import type { CmdletParts, ExchangeObject, ListChange, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { recipientNamed } from './recipient-named.ts'

/** Who may send to a recipient, and on behalf of it: the same parameters for every sort of recipient. */
export const restrictionParameters = {
  RequireSenderAuthenticationEnabled: 'boolean',
  AcceptMessagesOnlyFrom: 'changes',
  AcceptMessagesOnlyFromDLMembers: 'changes',
  AcceptMessagesOnlyFromSendersOrMembers: 'changes',
  RejectMessagesFrom: 'changes',
  RejectMessagesFromDLMembers: 'changes',
  RejectMessagesFromSendersOrMembers: 'changes',
  GrantSendOnBehalfTo: 'changes',
} as const satisfies Readonly<Record<string, ParameterKind>>

/** @returns whether anything was given. @throws CmdletError for names that nobody has. */
export async function changeRestrictions(parts: CmdletParts, on: Recipient, given: Parameters): Promise<boolean> {
  const kept = restrictionsOf(await parts.organization.recipientSettings(on.objectGuid), isGroup(on))
  const accepts = await changedSenders(parts, given, 'AcceptMessagesOnlyFrom', kept.acceptsFrom)
  const rejects = await changedSenders(parts, given, 'RejectMessagesFrom', kept.rejectsFrom)
  const { RequireSenderAuthenticationEnabled: required, GrantSendOnBehalfTo: behalf } = given
  const changes = {
    ...(typeof required === 'boolean' && { [authenticationSetting]: required }),
    ...(accepts && { [acceptSetting]: accepts.length > 0 ? accepts : null }),
    ...(rejects && { [rejectSetting]: rejects.length > 0 ? rejects : null }),
  }
  if (Object.keys(changes).length > 0) await parts.organization.changeRecipientSettings(on.objectGuid, changes)
  if (behalf !== undefined) await changeBehalf(parts, on, behalf)
  return Object.keys(changes).length > 0
}

/** The parameters for persons and for groups each change their part of one list. */
async function changedSenders(
  parts: CmdletParts,
  given: Parameters,
  name: 'AcceptMessagesOnlyFrom' | 'RejectMessagesFrom',
  kept: readonly string[],
): Promise<readonly string[] | undefined> {
  const both = given[`${name}SendersOrMembers`]
  const [persons, groups] = [given[name], given[`${name}DLMembers`]]
  if (both !== undefined && (persons !== undefined || groups !== undefined))
    throw new CmdletError('badParameter', `You can't use ${name}SendersOrMembers with ${name} or ${name}DLMembers.`)
  if (both !== undefined) return changedGuids(parts, kept, both)
  if (persons === undefined && groups === undefined) return undefined
  const found = await Promise.all(kept.map((guid) => parts.recipients.findRecipient('objectGuid', guid)))
  const of = (groupsWanted: boolean) =>
    found.flatMap((each) => (each && isGroup(each) === groupsWanted ? [each.objectGuid] : []))
  return [
    ...(persons === undefined ? of(false) : await changedGuids(parts, of(false), persons)),
    ...(groups === undefined ? of(true) : await changedGuids(parts, of(true), groups)),
  ]
}

/** A list of names in place of the one that is kept, or what is added to it and taken away. */
export async function changedGuids(
  parts: CmdletParts,
  kept: readonly string[],
  change: Parameters[string],
): Promise<readonly string[]> {
  const guidsOf = (names: readonly string[]) =>
    Promise.all(names.map(async (name) => (await recipientNamed(parts, name, recipientTypes)).objectGuid))
  if (change === null || change === undefined) return []
  if (Array.isArray(change)) return [...new Set(await guidsOf(change as readonly string[]))]
  const { add, remove } = change as ListChange
  const gone = new Set(await guidsOf(remove))
  return [...new Set([...kept, ...(await guidsOf(add))])].filter((guid) => !gone.has(guid))
}

async function changeBehalf({ permissions, ...parts }: CmdletParts, on: Recipient, change: Parameters[string]) {
  const before = (await permissions.on(on.objectGuid)).filter(({ right }) => right === 'SendOnBehalf')
  const guids = before.map(({ trusteeGuid }) => trusteeGuid)
  const after = await changedGuids({ permissions, ...parts }, guids, change)
  const blank = { objectGuid: on.objectGuid, right: 'SendOnBehalf', isDenied: false, autoMapping: false } as const
  for (const trusteeGuid of guids.filter((guid) => !after.includes(guid)))
    await permissions.remove({ ...blank, trusteeGuid })
  for (const trusteeGuid of after) await permissions.keep({ ...blank, trusteeGuid })
}

/** What Get-Mailbox and its kin show of them. */
export async function describeRestrictions(parts: CmdletParts, on: Recipient): Promise<ExchangeObject> {
  const { requiresAuthentication, acceptsFrom, rejectsFrom } = restrictionsOf(
    await parts.organization.recipientSettings(on.objectGuid),
    isGroup(on),
  )
  const behalf = (await parts.permissions.on(on.objectGuid)).filter(({ right }) => right === 'SendOnBehalf')
  return {
    RequireSenderAuthenticationEnabled: requiresAuthentication,
    AcceptMessagesOnlyFromSendersOrMembers: await namesOf(parts, acceptsFrom),
    RejectMessagesFromSendersOrMembers: await namesOf(parts, rejectsFrom),
    GrantSendOnBehalfTo: await namesOf(
      parts,
      behalf.map(({ trusteeGuid }) => trusteeGuid),
    ),
  }
}

export async function namesOf({ recipients }: CmdletParts, guids: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(guids.map((guid) => recipients.findRecipient('objectGuid', guid)))
  return found.flatMap((recipient) => (recipient ? [recipient.displayName] : []))
}
