import type { RecipientStore } from '../mailbox/mailbox-store.ts'
import type { DirectoryAccounts } from './directory-accounts.ts'

export interface GroupMemberParts {
  readonly recipients: Pick<RecipientStore, 'membersOf' | 'setMembers'>
  /** On premises, whose word counts; while it does not answer, what it last said does. */
  readonly directory?: DirectoryAccounts | undefined
}

/** The objectGuids of a group's members. */
export async function groupMembers(
  { recipients, directory }: GroupMemberParts,
  groupGuid: string,
): Promise<readonly string[]> {
  const group = await directory?.groups.find(groupGuid).catch(() => undefined)
  if (group) await recipients.setMembers(groupGuid, group.members)
  return recipients.membersOf(groupGuid)
}

export async function keepGroupMembers(
  { recipients, directory }: GroupMemberParts,
  groupGuid: string,
  members: readonly string[],
): Promise<void> {
  await directory?.groups.change(groupGuid, { members })
  await recipients.setMembers(groupGuid, members)
}
