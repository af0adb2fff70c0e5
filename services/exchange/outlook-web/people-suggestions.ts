import type { ExchangeParts } from '../parts.ts'
import type { WebSession } from '../web-session/session.ts'
import { writtenAddress } from './compose/recipients.ts'

const mostOfEach = 200

/** Whom a person may mean: the own contacts, then the directory; as many as a page can carry. */
export async function peopleSuggestions(
  { mailboxes, recipients }: Pick<ExchangeParts, 'mailboxes' | 'recipients'>,
  { mailboxId }: WebSession,
): Promise<readonly string[]> {
  const { id } = await mailboxes.wellKnownFolder(mailboxId, 'contacts')
  const { items } = await mailboxes.listItems(mailboxId, id, { limit: mostOfEach })
  const contacts = items.flatMap((item) => {
    const address = item.kind === 'contact' ? item.properties.fields.email1Address : undefined
    return address?.includes('@') && item.kind === 'contact' ? [{ name: contactName(item), address }] : []
  })
  const people = (await recipients.listRecipients(mostOfEach)).map(({ displayName, emailAddress }) => {
    return { name: displayName, address: emailAddress }
  })
  return [...new Set([...contacts, ...people].map(writtenAddress))]
}

export function contactName({ subject, properties: { fields } }: { subject: string; properties: { fields: Fields } }) {
  const name = [fields.firstName, fields.lastName].filter((part) => part).join(' ')
  return name || fields.companyName || subject || fields.email1Address || ''
}

type Fields = Readonly<Partial<Record<'firstName' | 'lastName' | 'companyName' | 'email1Address', string>>>
