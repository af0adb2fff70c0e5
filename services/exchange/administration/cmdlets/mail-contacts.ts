import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { addressIn } from '../../recipients/change-addresses.ts'
import { addRecipient, forgetRecipient, publishAttributes } from '../../recipients/make-recipient.ts'
import { aliasOf, newRecipient } from '../../recipients/new-recipient.ts'
import type { Cmdlet, CmdletParts, Parameters } from '../cmdlet.ts'
import { describeFully } from '../describe-recipient.ts'
import { changeRestrictions, restrictionParameters } from './delivery-restrictions.ts'
import { dirSynced } from './dir-synced.ts'
import { getter, reading } from './read-recipients.ts'
import { recipientNamed } from './recipient-named.ts'
import { aliasIn, attributes, changeAttributes, refuseSynchronized } from './set-recipient.ts'

/** People outside whom the address book knows ("Manage mail contacts"). */
export const mailContactCmdlets: readonly Cmdlet[] = [
  {
    name: 'New-MailContact',
    parameters: {
      Name: 'identity',
      ExternalEmailAddress: 'identity',
      Alias: 'identity',
      DisplayName: 'identity',
      FirstName: 'identity',
      LastName: 'identity',
      PrimarySmtpAddress: 'identity',
      OrganizationalUnit: 'identity',
    },
    mandatory: ['Name', 'ExternalEmailAddress'],
    run: newContact,
  },
  { name: 'Get-MailContact', parameters: reading, run: getter(['MailContact'], describeFully) },
  {
    name: 'Set-MailContact',
    parameters: { Identity: 'identity', ExternalEmailAddress: 'identity', ...attributes, ...restrictionParameters },
    mandatory: ['Identity'],
    run: setContact,
  },
  {
    name: 'Remove-MailContact',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: async (parts, { Identity }) => {
      const contact = await recipientNamed(parts, String(Identity), ['MailContact'])
      if (contact.isDirSynced) throw dirSynced(contact, 'Remove-MailContact', 'Identity')
      await parts.directory?.contacts.remove(contact.objectGuid)
      await forgetRecipient(parts, contact.objectGuid)
      return []
    },
  },
]

const textIn = (value: Parameters[string]) => (typeof value === 'string' ? value : undefined)

async function newContact(parts: CmdletParts, parameters: Parameters) {
  const { Name, ExternalEmailAddress, Alias, PrimarySmtpAddress } = parameters
  const externalAddress = addressIn(String(ExternalEmailAddress)).address
  const displayName = textIn(parameters.DisplayName) ?? String(Name)
  const [givenName = '', surname = ''] = [textIn(parameters.FirstName), textIn(parameters.LastName)]
  const facts = {
    type: 'MailContact' as const,
    externalAddress,
    emailAddress: textIn(PrimarySmtpAddress) ?? externalAddress,
    alias: aliasIn(textIn(Alias) ?? aliasOf(String(Name))),
    ...{ displayName, givenName, surname },
  }
  const create = parts.directory?.contacts.create({ name: displayName, givenName, surname })
  const contact = newRecipient({ ...facts, objectGuid: (await create) ?? parts.context.random.uuid() })
  await addRecipient(parts, contact)
  await publishAttributes(parts, contact.objectGuid)
  return [await describeFully(parts, contact)]
}

async function setContact(parts: CmdletParts, { Identity, ExternalEmailAddress: external, ...given }: Parameters) {
  const contact = await recipientNamed(parts, String(Identity), ['MailContact'])
  refuseSynchronized(contact, 'Set-MailContact', { ...given, ...(external !== undefined && { EmailAddresses: [] }) })
  const leadsTo = external === undefined ? {} : externalChange(contact, String(external))
  const isRestricted = await changeRestrictions(parts, contact, given)
  await changeAttributes(parts, contact, given, leadsTo, isRestricted)
  return []
}

/** A primary address that is the external one goes with it. */
export function externalChange({ emailAddress, externalAddress }: Recipient, written: string) {
  const { address } = addressIn(written)
  return { externalAddress: address, ...(emailAddress === externalAddress && { emailAddress: address }) }
}
