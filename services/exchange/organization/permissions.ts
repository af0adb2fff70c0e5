import type { Recipient, RecipientStore } from '../mailbox/mailbox-store.ts'
import type { AccessRight, Permission, PermissionStore } from './permission-store.ts'

export interface PermissionParts {
  readonly recipients: Pick<RecipientStore, 'findRecipient' | 'groupsOf'>
  readonly permissions: PermissionStore
}

/** As whom somebody may send: with SendAs nobody sees who did, with SendOnBehalf the Sender header says it. */
export type SenderRight = 'self' | 'sendAs' | 'sendOnBehalf' | 'none'

/** Whether somebody may open another's mailbox (FullAccess), as themselves or by a group. */
export async function mayOpenMailbox(parts: PermissionParts, visitorGuid: string, ownerGuid: string): Promise<boolean> {
  if (visitorGuid === ownerGuid) return true
  return isGranted(await heldOn(parts, visitorGuid, ownerGuid), ['FullAccess'])
}

/**
 * The right of a person to send under an address. Their own addresses are theirs; another recipient's need SendAs or
 * SendOnBehalf ("Permissions for recipients"), and an address that no recipient has is nobody's to send as.
 */
export async function senderRight(parts: PermissionParts, sender: Recipient, address: string): Promise<SenderRight> {
  const named = await parts.recipients.findRecipient('emailAddress', address)
  if (named?.objectGuid === sender.objectGuid) return 'self'
  if (!named) return address.toLowerCase() === sender.userPrincipalName.toLowerCase() ? 'self' : 'none'
  const held = await heldOn(parts, sender.objectGuid, named.objectGuid)
  if (isGranted(held, ['SendAs'])) return 'sendAs'
  return isGranted(held, ['SendOnBehalf']) ? 'sendOnBehalf' : 'none'
}

/** The mailboxes besides the own that somebody may open, for lists. */
export async function openableMailboxes(parts: PermissionParts, visitorGuid: string): Promise<readonly Recipient[]> {
  const found = await othersGranted(parts, visitorGuid, [['FullAccess']])
  return found.filter(({ mailboxId }) => mailboxId !== undefined)
}

/** The recipients besides themselves under whom somebody may send, in whatever way. */
export async function sendableRecipients(parts: PermissionParts, visitorGuid: string): Promise<readonly Recipient[]> {
  return othersGranted(parts, visitorGuid, [['SendAs'], ['SendOnBehalf']])
}

async function othersGranted(
  parts: PermissionParts,
  visitorGuid: string,
  anyOf: readonly (readonly AccessRight[])[],
): Promise<readonly Recipient[]> {
  const held = await parts.permissions.heldBy(await trusteesOf(parts, visitorGuid))
  const owners = Map.groupBy(held, ({ objectGuid }) => objectGuid)
  const isAny = (each: readonly Permission[]) => anyOf.some((rights) => isGranted(each, rights))
  const granted = [...owners].filter(([, each]) => isAny(each)).map(([guid]) => guid)
  const found = await Promise.all(granted.map((guid) => parts.recipients.findRecipient('objectGuid', guid)))
  return found.filter((each) => each !== undefined && each.objectGuid !== visitorGuid) as Recipient[]
}

async function heldOn(parts: PermissionParts, visitorGuid: string, objectGuid: string): Promise<readonly Permission[]> {
  const on = await parts.permissions.on(objectGuid)
  if (on.length === 0) return []
  const trustees = new Set(await trusteesOf(parts, visitorGuid))
  return on.filter(({ trusteeGuid }) => trustees.has(trusteeGuid))
}

/** The person, and every group that they are in, through other groups too. */
export async function trusteesOf({ recipients }: PermissionParts, objectGuid: string): Promise<readonly string[]> {
  const found = new Set([objectGuid])
  for (const guid of found) for (const group of await recipients.groupsOf(guid)) found.add(group)
  return [...found]
}

function isGranted(held: readonly Permission[], rights: readonly AccessRight[]): boolean {
  const fitting = held.filter(({ right }) => rights.includes(right))
  return fitting.length > 0 && !fitting.some(({ isDenied }) => isDenied)
}
