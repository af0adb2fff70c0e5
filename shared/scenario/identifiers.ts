import { hash } from 'node:crypto'

/**
 * Identifiers that Windows and Entra ID would draw at random are derived from names here,
 * so that two starts of one file, and two services that read it, agree on them.
 */

/** A name-based GUID (RFC 9562 §5.5, without the namespace that RFC reserves to registered ones). */
export function derivedGuid(kind: string, name: string): string {
  const bytes = hash('sha1', `fauxchange:${kind}:${name.toLowerCase()}`, 'buffer').subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function objectGuidOf(userPrincipalName: string): string {
  return derivedGuid('objectGUID', userPrincipalName)
}

/** The base64 of the GUID as .NET lays it out: the first three parts little-endian. */
export function immutableIdOf(objectGuid: string): string {
  const bytes = Buffer.from(objectGuid.replaceAll('-', ''), 'hex')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  return bytes.toString('base64')
}

/** `anchor` is the ImmutableID of a synchronized object, the user principal name of a cloud-only account. */
export function entraObjectIdOf(tenantId: string, anchor: string): string {
  // ImmutableIDs differ in case only, which derivedGuid ignores on purpose for names.
  return derivedGuid(`entra:${tenantId}`, anchor.includes('@') ? anchor : Buffer.from(anchor).toString('hex'))
}

/** `puid` of tokens, NetID of mailboxes: sixteen hexadecimal digits, which Exchange knows mailboxes' owners by. */
export function puidOf(objectId: string): string {
  return `1003${hash('sha256', `puid ${objectId}`).slice(0, 12).toUpperCase()}`
}

/** Below 1000 are the accounts that every domain has; 29 bits stay clear of the limit of a RID pool. */
export function ridOf(accountName: string): number {
  return 1100 + (hash('sha1', `fauxchange:rid:${accountName.toLowerCase()}`, 'buffer').readUInt32BE(0) >>> 3)
}

export function sidOf(domainSid: string, rid: number): string {
  return `${domainSid}-${rid}`
}
