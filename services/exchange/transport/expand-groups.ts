import type { Recipient, RecipientStore } from '../mailbox/mailbox-store.ts'
import {
  evaluateRestrictions,
  type RestrictedSender,
  type RestrictionReason,
  restrictionsOf,
} from '../organization/delivery-restrictions.ts'
import type { OrganizationStore } from '../organization/organization-store.ts'
import type { Undelivered } from './non-delivery-report.ts'
import type { Envelope } from './transport.ts'

export interface GroupParts {
  readonly recipients: Pick<RecipientStore, 'findRecipient' | 'groupsOf'>
  readonly organization: Pick<OrganizationStore, 'recipientSettings'>
  /** The objectGuids of those who are in a group. */
  readonly membersOf: (group: Recipient) => Promise<readonly string[]>
}

export interface Expansion {
  /** Addresses of single recipients, each once. */
  readonly to: readonly string[]
  /** The groups in whose place members came, with how many. */
  readonly expanded: ReadonlyMap<string, number>
  readonly undelivered: readonly Undelivered[]
}

export function isGroup({ type }: Pick<Recipient, 'type'>): boolean {
  return type === 'MailUniversalDistributionGroup' || type === 'MailUniversalSecurityGroup'
}

/**
 * Members in the place of groups, groups in groups too, each person once; and what recipients refuse because of who
 * sends ("Categorizer: recipient resolution"). Members without a mail address get nothing.
 */
export async function expandGroups(parts: GroupParts, envelope: Envelope): Promise<Expansion> {
  const found = { to: new Set<string>(), expanded: new Map<string, number>(), undelivered: [] as Undelivered[] }
  const sender = await senderOf(parts, envelope)
  const seen = new Set<string>()
  const take = async (address: string, recipient: Recipient): Promise<void> => {
    if (seen.has(recipient.objectGuid)) return
    seen.add(recipient.objectGuid)
    const reason = await refusal(parts, recipient, sender)
    if (reason) return void found.undelivered.push({ address, ...texts[reason] })
    if (!isGroup(recipient)) return void found.to.add(address)
    const members = await membersOf(parts, recipient)
    found.expanded.set(address, members.length)
    for (const member of members) await take(member.emailAddress, member)
  }
  for (const address of envelope.to) {
    const recipient = await parts.recipients.findRecipient('emailAddress', address)
    if (recipient) await take(address, recipient)
    else found.to.add(address)
  }
  return { ...found, to: [...found.to] }
}

async function membersOf({ recipients, membersOf: guidsOf }: GroupParts, group: Recipient) {
  const found = await Promise.all((await guidsOf(group)).map((guid) => recipients.findRecipient('objectGuid', guid)))
  return found.filter((member) => member !== undefined)
}

/** Reports have no sender and go everywhere. */
async function senderOf({ recipients }: GroupParts, { from, isAuthenticated = true }: Envelope) {
  if (from === '') return undefined
  const person = await recipients.findRecipient('emailAddress', from)
  const identities = new Set(person ? [person.objectGuid] : [])
  for (const guid of identities) for (const group of await recipients.groupsOf(guid)) identities.add(group)
  return { isAuthenticated, identities: [...identities] }
}

async function refusal(
  { organization }: GroupParts,
  recipient: Recipient,
  sender: RestrictedSender | undefined,
): Promise<RestrictionReason | undefined> {
  if (!sender) return undefined
  const settings = await organization.recipientSettings(recipient.objectGuid)
  return evaluateRestrictions(restrictionsOf(settings, isGroup(recipient)), sender)
}

/** "DSN error codes and NDRs in Exchange Online". */
const texts: Readonly<Record<RestrictionReason, Omit<Undelivered, 'address'>>> = {
  notAuthenticated: {
    status: '5.7.133',
    text: 'RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this recipient',
  },
  notAllowed: {
    status: '5.7.124',
    text: 'RESOLVER.RST.NotAuthorized; not authorized; Delivery restriction check failed because the sender is not on the list of allowed senders',
  },
}
