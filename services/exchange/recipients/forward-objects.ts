import { z } from 'zod'
import type { RecipientType } from '../mailbox/recipient-store.ts'
import type { ExchangeParts } from '../parts.ts'
import { addressIn } from './change-addresses.ts'
import { customAttributeSettings } from './custom-attributes.ts'
import { aliasOf, newRecipient, type RecipientFacts } from './new-recipient.ts'
import { restrictionSettings, typeDetailsValues } from './recipient-attributes.ts'

export const guidSchema = z.guid().transform((id) => id.toLowerCase())
export const attributesSchema = z.record(z.string(), z.array(z.string().max(1024)))
const text = z.string().max(1024)

export const contactSchema = z.object({
  objectGuid: guidSchema,
  displayName: text,
  givenName: text,
  surname: text,
  attributes: attributesSchema,
})
export const groupSchema = z.object({
  objectGuid: guidSchema,
  displayName: text,
  members: z.array(guidSchema),
  attributes: attributesSchema,
})

type Attributes = z.output<typeof attributesSchema>
type Parts = Pick<ExchangeParts, 'recipients' | 'organization'>

export async function takeContact(parts: Parts, contact: z.output<typeof contactSchema>): Promise<void> {
  const { attributes, objectGuid, displayName, givenName, surname } = contact
  const external = attributes.targetAddress?.[0]
  if (external === undefined) return parts.recipients.removeRecipient(objectGuid)
  const externalAddress = addressIn(external).address
  const facts = { ...factsOf(contact, 'MailContact', externalAddress), externalAddress }
  await keep(parts, { ...facts, displayName, givenName, surname }, attributes)
}

export async function takeGroup(parts: Parts, group: z.output<typeof groupSchema>): Promise<void> {
  const { attributes, objectGuid, members } = group
  const details = attributes.msExchRecipientTypeDetails?.[0]
  const isSecurity = details === typeDetailsValues.MailUniversalSecurityGroup
  if (details === undefined) return parts.recipients.removeRecipient(objectGuid)
  const type = isSecurity ? 'MailUniversalSecurityGroup' : 'MailUniversalDistributionGroup'
  await keep(parts, factsOf(group, type, undefined), attributes)
  await parts.recipients.setMembers(objectGuid, members)
}

function factsOf(
  {
    objectGuid,
    displayName,
    attributes,
  }: Pick<z.output<typeof groupSchema>, 'objectGuid' | 'displayName' | 'attributes'>,
  type: RecipientType,
  otherwise: string | undefined,
): RecipientFacts {
  const [emailAddress = otherwise ?? '', ...otherAddresses] = addressesIn(attributes)
  const alias = attributes.mailNickname?.[0] ?? aliasOf(displayName)
  const isHidden = attributes.msExchHideFromAddressLists?.[0] === 'TRUE'
  return { objectGuid, displayName, type, emailAddress, otherAddresses, alias, isHidden, isDirSynced: true }
}

async function keep({ recipients, organization }: Parts, facts: RecipientFacts, attributes: Attributes): Promise<void> {
  const recipient = newRecipient(facts)
  const existing = await recipients.findRecipient('objectGuid', facts.objectGuid)
  if (existing) {
    const { objectGuid: _, entraObjectId: __, mailboxId: ___, ...columns } = recipient
    await recipients.changeRecipient(facts.objectGuid, columns)
  } else await recipients.addRecipient(recipient)
  const settings = { ...restrictionSettings(attributes), ...customAttributeSettings(attributes) }
  await organization.changeRecipientSettings(facts.objectGuid, settings)
}

/** Of proxyAddresses, the primary one first. */
export function addressesIn({ proxyAddresses = [] }: Attributes): readonly string[] {
  const all = proxyAddresses.map(addressIn)
  return all.toSorted((a, b) => Number(b.isPrimary) - Number(a.isPrimary)).map(({ address }) => address)
}
