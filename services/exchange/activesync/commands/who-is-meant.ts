import { wordsOf } from '../../mailbox/body-text.ts'
import type { Contact, Item } from '../../mailbox/item.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { contactName } from '../../outlook-web/people-suggestions.ts'
import type { Call } from '../call.ts'

const mostMatches = 100

/** Type: of the address book, or of the person's own contacts ([MS-ASCMD] 2.2.3.188.6). */
const types = { addressBook: 1, contact: 2 } as const

export interface Candidate extends Pick<Recipient, 'objectGuid' | 'displayName' | 'emailAddress' | 'mailboxId'> {
  readonly type: (typeof types)[keyof typeof types]
}

/** One whose address it is; else all of whom a name or an address begins so, each address once. */
export async function whoIsMeant(call: Call, name: string): Promise<readonly Candidate[]> {
  const { recipients } = call.parts
  const exact = await recipients.findRecipient('emailAddress', name)
  const listed = exact ? [exact] : await recipients.searchRecipients(name, mostMatches)
  const own = exact ? [] : await contactsNamed(call, name)
  const known = new Set(listed.map(({ emailAddress }) => emailAddress.toLowerCase()))
  return [
    ...listed.map((each) => ({ ...each, type: types.addressBook })),
    ...own.filter(({ emailAddress }) => !known.has(emailAddress.toLowerCase())),
  ]
}

async function contactsNamed({ parts, mailboxId }: Call, name: string): Promise<readonly Candidate[]> {
  const words = wordsOf(name)
  if (words.length === 0) return []
  const folder = await parts.mailboxes.wellKnownFolder(mailboxId, 'contacts')
  const matches = (item: Item) => isContact(item) && isNamed(item, words)
  const request = { text: name, folderIds: [folder.id], limit: mostMatches, matches }
  const { items } = await parts.mailboxes.search(mailboxId, request)
  return items.filter(isContact).flatMap((contact) => {
    const [emailAddress] = addressesOf(contact)
    if (emailAddress === undefined) return []
    return [{ type: types.contact, objectGuid: contact.id, displayName: contactName(contact), emailAddress }]
  })
}

function isContact(item: Item): item is Contact {
  return item.kind === 'contact'
}

/** Of the words of a contact those that name somebody: the index knows the text beside them as well. */
function isNamed(contact: Contact, words: readonly string[]): boolean {
  const { fileAs = '', firstName = '', lastName = '', nickName = '' } = contact.properties.fields
  const own = wordsOf(fileAs, firstName, lastName, nickName, ...addressesOf(contact))
  return words.every((word) => own.some((each) => each.startsWith(word)))
}

/** Clients write an address alone, or a name and the address in angle brackets. */
function addressesOf({ properties: { fields } }: Contact): readonly string[] {
  return [fields.email1Address, fields.email2Address, fields.email3Address].flatMap((each = '') => {
    const address = (/<([^>]+)>/.exec(each)?.[1] ?? each).trim()
    return address.includes('@') ? [address] : []
  })
}
