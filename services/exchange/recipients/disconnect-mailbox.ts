import type { CmdletParts } from '../administration/cmdlet.ts'
import type { NewRecipient, Recipient } from '../mailbox/mailbox-store.ts'
import { type DisconnectedMailbox, type DisconnectReason, retentionDays } from './disconnected-mailboxes.ts'
import { forgetRecipient } from './make-recipient.ts'

type Parts = Pick<
  CmdletParts,
  'recipients' | 'permissions' | 'transaction' | 'disconnected' | 'mailboxes' | 'context' | 'devices'
>

/** Somebody stops being a recipient; the mailbox, if there is one, is kept for thirty days of the clock. */
export async function disconnectRecipient(parts: Parts, recipient: Recipient, reason: DisconnectReason): Promise<void> {
  const { mailboxId, objectGuid, emailAddress } = recipient
  await parts.transaction(async () => {
    const addresses = await parts.recipients.addressesOf(objectGuid)
    const owner = { ...recipient, otherAddresses: addresses.filter((each) => each !== emailAddress) }
    if (mailboxId !== undefined)
      await parts.disconnected.keep({ mailboxId, reason, at: parts.context.clock.now(), owner })
    await forgetRecipient(parts, objectGuid)
  })
}

/** The mailboxes without an owner; those whose time is over go for good. */
export async function disconnectedMailboxes(parts: Parts): Promise<readonly DisconnectedMailbox[]> {
  const oldest = parts.context.clock.now().getTime() - retentionDays * 86_400_000
  const all = await parts.disconnected.list()
  for (const { mailboxId, at } of all) if (at.getTime() < oldest) await eraseMailbox(parts, mailboxId)
  return all.filter(({ at }) => at.getTime() >= oldest)
}

/** For good, with the partnerships of its devices. */
export async function eraseMailbox(parts: Parts, mailboxId: string): Promise<void> {
  for (const device of await parts.devices.list(mailboxId)) await parts.devices.remove(device)
  await parts.disconnected.forget(mailboxId)
  await parts.mailboxes.removeMailbox(mailboxId)
}

/** The mailbox is its new owner's. @throws AddressTaken when somebody has an address of theirs. */
export async function connectMailbox(parts: Parts, mailboxId: string, owner: NewRecipient): Promise<void> {
  await parts.transaction(async () => {
    await parts.recipients.addRecipient({ ...owner, type: 'UserMailbox', mailboxId })
    await parts.disconnected.forget(mailboxId)
  })
}
