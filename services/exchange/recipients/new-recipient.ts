import type { NewRecipient, RecipientType, RecipientTypeDetails } from '../mailbox/recipient-store.ts'

export interface RecipientFacts {
  readonly objectGuid: string
  readonly entraObjectId?: string
  /** Absent for a recipient without an account. */
  readonly userPrincipalName?: string
  readonly type: RecipientType
  readonly typeDetails?: RecipientTypeDetails
  readonly mailboxId?: string | undefined
  readonly externalAddress?: string | undefined
  readonly emailAddress: string
  readonly otherAddresses?: readonly string[]
  readonly alias: string
  readonly displayName: string
  readonly givenName?: string | undefined
  readonly surname?: string | undefined
  readonly isHidden?: boolean
  readonly isDirSynced?: boolean
}

/** A recipient with nothing in what is not given. */
export function newRecipient(facts: RecipientFacts): NewRecipient {
  const { objectGuid, mailboxId, externalAddress } = facts
  return {
    type: facts.type,
    typeDetails: facts.typeDetails ?? facts.type,
    ...(mailboxId !== undefined && { mailboxId }),
    ...(externalAddress !== undefined && { externalAddress: externalAddress.toLowerCase() }),
    isHidden: facts.isHidden ?? false,
    isDirSynced: facts.isDirSynced ?? false,
    objectGuid,
    entraObjectId: facts.entraObjectId ?? objectGuid,
    userPrincipalName: facts.userPrincipalName?.toLowerCase() ?? objectGuid,
    emailAddress: facts.emailAddress.toLowerCase(),
    otherAddresses: facts.otherAddresses ?? [],
    alias: facts.alias,
    displayName: facts.displayName,
    givenName: facts.givenName ?? '',
    surname: facts.surname ?? '',
    title: '',
    department: '',
    mobile: '',
  }
}

/** An alias out of a name, as the shell makes one: letters that an address may have, the others become `-` or go. */
export function aliasOf(name: string): string {
  const plain = name
    .normalize('NFD')
    .replace(/[^\w.@ -]/g, '')
    .split('@')[0]
  return (plain ?? '').trim().replace(/\s+/g, '').slice(0, 64) || 'recipient'
}
