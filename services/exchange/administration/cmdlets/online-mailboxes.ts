import { derivedGuid } from '#shared/scenario/identifiers.ts'
import type { NewRecipient } from '../../mailbox/mailbox-store.ts'
import type { CloudAccounts } from '../../recipients/cloud-accounts.ts'
import { addRecipient, forgetRecipient } from '../../recipients/make-recipient.ts'
import type { Cmdlet, CmdletParts, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeFully } from '../describe-recipient.ts'
import { dirSynced } from './dir-synced.ts'
import { recipientNamed } from './recipients.ts'

/** Mailboxes of people who exist in the cloud only; those of others are made where their accounts are. */
export const onlineMailboxCmdlets: readonly Cmdlet[] = [
  {
    name: 'New-Mailbox',
    parameters: {
      Name: 'identity',
      MicrosoftOnlineServicesID: 'identity',
      Password: 'secret',
      DisplayName: 'identity',
      FirstName: 'identity',
      LastName: 'identity',
      Alias: 'identity',
      PrimarySmtpAddress: 'identity',
      ResetPasswordOnNextLogon: 'boolean',
    },
    mandatory: ['Name', 'MicrosoftOnlineServicesID', 'Password'],
    run: newMailbox,
  },
  {
    name: 'Remove-Mailbox',
    parameters: { Identity: 'identity', PermanentlyDelete: 'switch' },
    mandatory: ['Identity'],
    run: removeMailbox,
  },
]

function accountsOf({ cloud }: CmdletParts): CloudAccounts {
  if (!cloud) throw new Error('this place makes no accounts in the cloud')
  return cloud
}

const textIn = (value: Parameters[string]) => (typeof value === 'string' ? value : undefined)

async function newMailbox(parts: CmdletParts, parameters: Parameters) {
  const userPrincipalName = String(parameters.MicrosoftOnlineServicesID).toLowerCase()
  const primary = textIn(parameters.PrimarySmtpAddress)?.toLowerCase() ?? userPrincipalName
  const holder = await parts.recipients.findRecipient('emailAddress', primary)
  if (holder)
    throw new CmdletError(
      'addressTaken',
      `The proxy address "SMTP:${primary}" is already being used by the proxy addresses or LegacyExchangeDN of "${holder.displayName}". Please choose another proxy address.`,
    )
  const displayName = textIn(parameters.DisplayName) ?? String(parameters.Name)
  const objectId = await accountsOf(parts).create({
    userPrincipalName,
    password: String(parameters.Password),
    displayName,
    givenName: textIn(parameters.FirstName),
    surname: textIn(parameters.LastName),
    mustChangePassword: parameters.ResetPasswordOnNextLogon === true,
  })
  const recipient: NewRecipient = {
    type: 'UserMailbox',
    typeDetails: 'UserMailbox',
    mailboxId: parts.context.random.uuid(),
    isHidden: false,
    isDirSynced: false,
    objectGuid: derivedGuid('objectGUID', objectId),
    entraObjectId: objectId.toLowerCase(),
    userPrincipalName,
    emailAddress: primary,
    otherAddresses: [],
    alias: textIn(parameters.Alias) ?? userPrincipalName.split('@')[0] ?? userPrincipalName,
    displayName,
    givenName: textIn(parameters.FirstName) ?? '',
    surname: textIn(parameters.LastName) ?? '',
    title: '',
    department: '',
    mobile: '',
  }
  await addRecipient(parts, recipient)
  return [await describeFully(parts, recipient)]
}

async function removeMailbox(parts: CmdletParts, { Identity, PermanentlyDelete }: Parameters) {
  const recipient = await recipientNamed(parts, String(Identity), ['UserMailbox'])
  if (recipient.isDirSynced) throw dirSynced(recipient, 'Remove-Mailbox', 'Identity')
  await accountsOf(parts).remove(recipient.entraObjectId)
  await forgetRecipient(parts, recipient.objectGuid)
  if (PermanentlyDelete === true && recipient.mailboxId !== undefined)
    await parts.mailboxes.removeMailbox(recipient.mailboxId)
  return []
}
