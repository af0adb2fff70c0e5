import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { addressIn } from '../../recipients/change-addresses.ts'
import type { DirectoryAccount } from '../../recipients/directory-accounts.ts'
import {
  addRecipient,
  forgetRecipient,
  publishAttributes,
  recipientOfAccount,
} from '../../recipients/make-recipient.ts'
import { aliasOf, newRecipient } from '../../recipients/new-recipient.ts'
import { noAttributes } from '../../recipients/recipient-attributes.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeFully } from '../describe-recipient.ts'
import { changeRestrictions, restrictionParameters } from './delivery-restrictions.ts'
import { dirSynced } from './dir-synced.ts'
import { externalChange } from './mail-contacts.ts'
import { accountNamed, newAccount } from './on-premises-mailboxes.ts'
import { recipientNamed } from './recipient-named.ts'
import { aliasIn, attributes, changeAttributes, refuseSynchronized } from './set-recipient.ts'

type Place = 'online' | 'onPremises'

const person = {
  Name: 'identity',
  Password: 'secret',
  ExternalEmailAddress: 'identity',
  Alias: 'identity',
  DisplayName: 'identity',
  FirstName: 'identity',
  LastName: 'identity',
  PrimarySmtpAddress: 'identity',
  ResetPasswordOnNextLogon: 'boolean',
} as const satisfies Readonly<Record<string, ParameterKind>>

/** People with an account here whose mailbox is outside the organization ("Manage mail users"). */
export function mailUserCmdlets(place: Place): readonly Cmdlet[] {
  return [
    place === 'online' ? newOnline : newOnPremises,
    {
      name: 'Set-MailUser',
      parameters: { Identity: 'identity', ExternalEmailAddress: 'identity', ...attributes, ...restrictionParameters },
      mandatory: ['Identity'],
      run: setMailUser,
    },
    { name: 'Remove-MailUser', parameters: { Identity: 'identity' }, mandatory: ['Identity'], run: removeMailUser },
    ...(place === 'onPremises' ? enabling : []),
  ]
}

const newOnline: Cmdlet = {
  name: 'New-MailUser',
  parameters: { ...person, MicrosoftOnlineServicesID: 'identity' },
  mandatory: ['Name', 'MicrosoftOnlineServicesID', 'Password'],
  run: newCloudUser,
}

const newOnPremises: Cmdlet = {
  name: 'New-MailUser',
  parameters: { ...person, UserPrincipalName: 'identity', SamAccountName: 'identity', OrganizationalUnit: 'identity' },
  mandatory: ['Name', 'UserPrincipalName', 'Password', 'ExternalEmailAddress'],
  run: async (parts, parameters) => enable(parts, await newAccount(parts, parameters), parameters),
}

const enabling: readonly Cmdlet[] = [
  {
    name: 'Enable-MailUser',
    parameters: {
      Identity: 'identity',
      ExternalEmailAddress: 'identity',
      Alias: 'identity',
      PrimarySmtpAddress: 'identity',
    },
    mandatory: ['Identity', 'ExternalEmailAddress'],
    run: async (parts, parameters) => enable(parts, await accountNamed(parts, parameters), parameters),
  },
  {
    name: 'Disable-MailUser',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: async (parts, { Identity }) => {
      const { objectGuid } = await mailUserNamed(parts, Identity)
      await parts.directory?.change(objectGuid, { attributes: noAttributes })
      await forgetRecipient(parts, objectGuid)
      return []
    },
  },
]

const textIn = (value: Parameters[string]) => (typeof value === 'string' ? value : undefined)

async function newCloudUser(parts: CmdletParts, parameters: Parameters): Promise<readonly ExchangeObject[]> {
  const { Name, MicrosoftOnlineServicesID, ExternalEmailAddress, Alias, PrimarySmtpAddress } = parameters
  const userPrincipalName = String(MicrosoftOnlineServicesID).toLowerCase()
  const displayName = textIn(parameters.DisplayName) ?? String(Name)
  const [givenName, surname] = [textIn(parameters.FirstName), textIn(parameters.LastName)]
  const external = textIn(ExternalEmailAddress)
  const mustChangePassword = parameters.ResetPasswordOnNextLogon === true
  const account = { userPrincipalName, displayName, givenName, surname, mustChangePassword }
  const objectId = await parts.cloud?.create({ ...account, password: String(parameters.Password) })
  if (objectId === undefined) throw new Error('this place makes no accounts in the cloud')
  const recipient = newRecipient({
    objectGuid: derivedGuid('objectGUID', objectId),
    entraObjectId: objectId.toLowerCase(),
    type: 'MailUser',
    externalAddress: external === undefined ? userPrincipalName : addressIn(external).address,
    emailAddress: textIn(PrimarySmtpAddress) ?? userPrincipalName,
    alias: aliasIn(textIn(Alias) ?? aliasOf(userPrincipalName)),
    ...{ userPrincipalName, displayName, givenName, surname },
  })
  await addRecipient(parts, recipient)
  return [await describeFully(parts, recipient)]
}

async function enable(parts: CmdletParts, account: DirectoryAccount, parameters: Parameters) {
  const recipient = recipientOfAccount(parts, account, {
    alias: textIn(parameters.Alias),
    primaryAddress: textIn(parameters.PrimarySmtpAddress),
    typeDetails: 'MailUser',
    externalAddress: addressIn(String(parameters.ExternalEmailAddress)).address,
  })
  await addRecipient(parts, recipient)
  await publishAttributes(parts, recipient.objectGuid)
  return [await describeFully(parts, recipient)]
}

/** Not those whose mailbox is in the other place of the organization: they have cmdlets of their own. */
async function mailUserNamed(parts: CmdletParts, Identity: Parameters[string]) {
  const found = await recipientNamed(parts, String(Identity), ['MailUser'])
  if (found.typeDetails === 'MailUser') return found
  throw new CmdletError(
    'invalidArgument',
    `This task does not support recipients of this type. The specified recipient ${found.displayName} is of type ${found.typeDetails}. Please make sure that this recipient matches the required recipient type for this task.`,
  )
}

async function setMailUser(parts: CmdletParts, { Identity, ExternalEmailAddress: external, ...given }: Parameters) {
  const user = await mailUserNamed(parts, Identity)
  refuseSynchronized(user, 'Set-MailUser', { ...given, ...(external !== undefined && { EmailAddresses: [] }) })
  const leadsTo = external === undefined ? {} : externalChange(user, String(external))
  const isRestricted = await changeRestrictions(parts, user, given)
  await changeAttributes(parts, user, given, leadsTo, isRestricted)
  return []
}

async function removeMailUser(parts: CmdletParts, { Identity }: Parameters) {
  const user = await mailUserNamed(parts, Identity)
  if (user.isDirSynced) throw dirSynced(user, 'Remove-MailUser', 'Identity')
  await parts.directory?.remove(user.objectGuid)
  await parts.cloud?.remove(user.entraObjectId)
  await forgetRecipient(parts, user.objectGuid)
  return []
}
