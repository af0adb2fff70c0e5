import { derivedGuid } from '#shared/scenario/identifiers.ts'
import type { NewRecipient } from '../../mailbox/mailbox-store.ts'
import type { RecipientTypeDetails } from '../../mailbox/recipient-store.ts'
import type { CloudAccounts } from '../../recipients/cloud-accounts.ts'
import { disconnectRecipient, eraseMailbox } from '../../recipients/disconnect-mailbox.ts'
import { addRecipient } from '../../recipients/make-recipient.ts'
import { aliasOf } from '../../recipients/new-recipient.ts'
import type { Cmdlet, CmdletParts, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeFully } from '../describe-recipient.ts'
import { dirSynced } from './dir-synced.ts'
import { eraseSoftDeleted } from './disconnected-mailboxes.ts'
import { recipientNamed } from './recipient-named.ts'

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
      Shared: 'switch',
      Room: 'switch',
      Equipment: 'switch',
    },
    mandatory: ['Name'],
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
  const typeDetails = mailboxTypeOf(parameters)
  const userPrincipalName = accountNameOf(parts, parameters, typeDetails)
  const shown = typeDetails === 'UserMailbox' ? userPrincipalName : defaultAddress(parts, userPrincipalName)
  const primary = textIn(parameters.PrimarySmtpAddress)?.toLowerCase() ?? shown
  const holder = await parts.recipients.findRecipient('emailAddress', primary)
  if (holder)
    throw new CmdletError(
      'addressTaken',
      `The proxy address "SMTP:${primary}" is already being used by the proxy addresses or LegacyExchangeDN of "${holder.displayName}". Please choose another proxy address.`,
    )
  const displayName = textIn(parameters.DisplayName) ?? String(parameters.Name)
  const objectId = await accountsOf(parts).create({
    userPrincipalName,
    password: textIn(parameters.Password) ?? `${parts.context.random.uuid()}-Aa1`,
    accountEnabled: typeDetails === 'UserMailbox',
    displayName,
    givenName: textIn(parameters.FirstName),
    surname: textIn(parameters.LastName),
    mustChangePassword: parameters.ResetPasswordOnNextLogon === true,
  })
  const recipient: NewRecipient = {
    type: 'UserMailbox',
    typeDetails,
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

function defaultAddress({ config }: CmdletParts, userPrincipalName: string): string {
  return `${userPrincipalName.split('@')[0]}@${config.autoDiscover.acceptedDomains[0]}`
}

/** At most one of the switches; people have none of them. @throws CmdletError where several are on. */
export function mailboxTypeOf({ Shared, Room, Equipment }: Parameters): RecipientTypeDetails {
  const types = { SharedMailbox: Shared, RoomMailbox: Room, EquipmentMailbox: Equipment }
  const on = Object.entries(types).flatMap(([type, value]) => (value === true ? [type as RecipientTypeDetails] : []))
  if (on.length < 2) return on[0] ?? 'UserMailbox'
  throw new CmdletError('badParameter', 'Parameter set cannot be resolved using the specified named parameters.')
}

/** A mailbox that nobody signs in to needs no name and password; its account is one of the tenant's own domain. */
function accountNameOf({ context }: CmdletParts, parameters: Parameters, type: RecipientTypeDetails): string {
  const { MicrosoftOnlineServicesID: name, Password, Name, Alias } = parameters
  if (type === 'UserMailbox' && (name === undefined || Password === undefined))
    throw new CmdletError(
      'badParameter',
      `Cannot process command because of one or more missing mandatory parameters: ${name === undefined ? 'MicrosoftOnlineServicesID' : 'Password'}.`,
    )
  if (typeof name === 'string') return name.toLowerCase()
  return `${textIn(Alias) ?? aliasOf(String(Name))}@${context.scenario.tenant.initialDomain}`.toLowerCase()
}

async function removeMailbox(parts: CmdletParts, { Identity, PermanentlyDelete }: Parameters) {
  const recipient = await recipientNamed(parts, String(Identity), ['UserMailbox']).catch((error: CmdletError) => error)
  if (recipient instanceof CmdletError) {
    if (PermanentlyDelete !== true || recipient.code !== 'objectNotFound') throw recipient
    await eraseSoftDeleted(parts, String(Identity))
    return []
  }
  if (recipient.isDirSynced) throw dirSynced(recipient, 'Remove-Mailbox', 'Identity')
  await accountsOf(parts).remove(recipient.entraObjectId)
  await disconnectRecipient(parts, recipient, 'SoftDeleted')
  if (PermanentlyDelete === true && recipient.mailboxId !== undefined) await eraseMailbox(parts, recipient.mailboxId)
  return []
}
