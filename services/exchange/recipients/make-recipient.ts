import { entraObjectIdOf } from '#shared/scenario/identifiers.ts'
import type { CmdletParts } from '../administration/cmdlet.ts'
import { CmdletError } from '../administration/cmdlet-error.ts'
import {
  AddressTaken,
  type NewRecipient,
  type RecipientChanges,
  type RecipientTypeDetails,
} from '../mailbox/recipient-store.ts'
import { isGroup } from '../transport/expand-groups.ts'
import { addressIn } from './change-addresses.ts'
import { extensionAttributes } from './custom-attributes.ts'
import type { DirectoryAccount } from './directory-accounts.ts'
import { attributesOf, type RemoteType, restrictionAttributes } from './recipient-attributes.ts'

export type RecipientParts = Pick<
  CmdletParts,
  'recipients' | 'mailboxes' | 'organization' | 'config' | 'context' | 'transaction'
>

export interface RecipientPlan {
  readonly alias?: string | undefined
  readonly primaryAddress?: string | undefined
  readonly typeDetails: RecipientTypeDetails
  readonly mailboxId?: string | undefined
  readonly externalAddress?: string | undefined
}

/** What an account of the directory becomes as a recipient. */
export function recipientOfAccount(
  { config, context }: Pick<RecipientParts, 'config' | 'context'>,
  account: DirectoryAccount,
  plan: RecipientPlan,
): NewRecipient {
  const attribute = (name: string) => account.attributes[name]?.[0] ?? ''
  const emailAddress = (plan.primaryAddress ?? account.userPrincipalName).toLowerCase()
  const alias = plan.alias ?? account.samAccountName.toLowerCase()
  return {
    type: plan.mailboxId === undefined ? 'MailUser' : 'UserMailbox',
    typeDetails: plan.typeDetails,
    ...(plan.mailboxId !== undefined && { mailboxId: plan.mailboxId }),
    ...(plan.externalAddress !== undefined && { externalAddress: plan.externalAddress }),
    isHidden: false,
    isDirSynced: false,
    objectGuid: account.objectGuid.toLowerCase(),
    entraObjectId: entraObjectIdOf(context.scenario.tenant.id, account.immutableId),
    sid: account.sid.toUpperCase(),
    userPrincipalName: account.userPrincipalName.toLowerCase(),
    emailAddress,
    otherAddresses: [`${alias}@${config.routingDomain}`],
    alias,
    displayName: account.displayName,
    givenName: account.givenName ?? '',
    surname: account.surname ?? '',
    title: attribute('title'),
    department: attribute('department'),
    mobile: attribute('mobile'),
  }
}

/** @throws CmdletError addressTaken or notAcceptedDomain. */
export async function addRecipient(parts: RecipientParts, recipient: NewRecipient): Promise<void> {
  const { recipients, mailboxes, transaction, config } = parts
  // A contact may have the address that it leads to.
  if (recipient.emailAddress !== recipient.externalAddress) requireAcceptedDomains(config, [recipient.emailAddress])
  await refusingTaken(() =>
    transaction(async () => {
      if (recipient.mailboxId !== undefined) await mailboxes.createMailbox(recipient.mailboxId)
      await recipients.addRecipient(recipient)
    }),
  )
}

export async function changeRecipient(
  { recipients, transaction }: RecipientParts,
  objectGuid: string,
  changes: RecipientChanges,
): Promise<void> {
  await refusingTaken(() => transaction(() => recipients.changeRecipient(objectGuid, changes)))
}

async function refusingTaken(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof AddressTaken)) throw error
    throw new CmdletError(
      'addressTaken',
      `The proxy address "SMTP:${error.address}" is already being used by the proxy addresses or LegacyExchangeDN of "${error.holder}". Please choose another proxy address.`,
      { cause: error },
    )
  }
}

/** @throws CmdletError unless each address is in an accepted domain, as addresses of mailboxes have to be. */
export function requireAcceptedDomains(
  { autoDiscover, routingDomain }: RecipientParts['config'],
  addresses: readonly string[],
): void {
  for (const written of addresses) {
    const domain = addressIn(written).address.split('@')[1] ?? ''
    if (domain === routingDomain || autoDiscover.acceptedDomains.includes(domain)) continue
    throw new CmdletError(
      'notAcceptedDomain',
      `You can't use the domain because it's not an accepted domain for your organization. The address is "${written}".`,
    )
  }
}

/** What the directory on premises is to say of a recipient, after it changed here. */
export async function publishAttributes(
  parts: Pick<CmdletParts, 'recipients' | 'directory' | 'organization'>,
  objectGuid: string,
  remote?: RemoteType,
): Promise<void> {
  const recipient = await parts.recipients.findRecipient('objectGuid', objectGuid)
  const { directory } = parts
  if (!recipient || !directory) return
  const { displayName: name, type } = recipient
  const settings = await parts.organization.recipientSettings(objectGuid)
  const addresses = await parts.recipients.addressesOf(objectGuid)
  const own = { ...restrictionAttributes(settings), ...extensionAttributes(settings) }
  const attributes = { ...attributesOf(recipient, addresses, remote), ...own }
  if (isGroup(recipient)) return directory.groups.change(objectGuid, { name, attributes })
  if (type === 'MailContact') return directory.contacts.change(objectGuid, { name, attributes })
  await directory.change(objectGuid, { displayName: name, attributes })
}

/** The recipient with all that others may do with it; its mailbox, if it has one, stays. */
export async function forgetRecipient(
  { recipients, permissions, transaction }: Pick<CmdletParts, 'recipients' | 'permissions' | 'transaction'>,
  objectGuid: string,
): Promise<void> {
  await transaction(async () => {
    await permissions.forget(objectGuid)
    await recipients.removeRecipient(objectGuid)
  })
}
