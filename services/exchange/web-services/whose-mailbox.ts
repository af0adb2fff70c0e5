import type { Element } from '@xmldom/xmldom'
import { type FolderAccess, folderAccess } from '../folder-permissions/folder-access.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { mayOpenMailbox } from '../organization/permissions.ts'
import type { ExchangeParts } from '../parts.ts'
import { attribute, textOf } from './elements.ts'
import { storedIdOf } from './ids.ts'
import { typesNamespace } from './names.ts'

/** Elements whose Id says whose mailbox a request is about. */
const naming = ['FolderId', 'ItemId', 'OccurrenceItemId', 'ReferenceItemId', 'ParentItemId', 'AttachmentId'] as const

export interface Asked {
  readonly owner: Recipient
  /** Where the caller has rights on single folders only. */
  readonly access?: FolderAccess
}

/**
 * Whose mailbox the request is about: the caller's own, or another's that they may open (FullAccess), or see folders of. One request is
 * about one mailbox: what else it names is not there. Where there is no right, the operation itself refuses.
 */
export async function mailboxAsked(parts: ExchangeParts, user: Recipient, operation: Element): Promise<Asked> {
  const found = (await namedByAddress(parts, operation)) ?? (await namedById(parts, operation))
  if (!found || found.mailboxId === undefined || found.objectGuid === user.objectGuid) return { owner: user }
  if (await mayOpenMailbox(parts, user.objectGuid, found.objectGuid)) return { owner: found }
  const access = await folderAccess(parts, user.objectGuid, found.mailboxId)
  return access.isAny ? { owner: found, access } : { owner: user }
}

async function namedByAddress({ recipients }: ExchangeParts, operation: Element): Promise<Recipient | undefined> {
  const [folder] = operation.getElementsByTagNameNS(typesNamespace, 'DistinguishedFolderId')
  const address = textOf(folder, 'Mailbox', 'EmailAddress')?.trim()
  return address ? recipients.findRecipient('emailAddress', address) : undefined
}

async function namedById({ mailboxes, recipients }: ExchangeParts, operation: Element): Promise<Recipient | undefined> {
  const elements = naming.flatMap((name) => [...operation.getElementsByTagNameNS('*', name)])
  const written = elements.map((each) => attribute(each, 'Id') ?? attribute(each, 'RecurringMasterId'))
  const id = written.map(storedIdOf).find((each) => each !== undefined)
  const mailboxId = id === undefined ? undefined : await mailboxes.ownerOf(id)
  return mailboxId === undefined ? undefined : recipients.findRecipient('mailboxId', mailboxId)
}
