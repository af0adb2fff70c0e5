import type { MailAddress } from '../../mailbox/item-properties.ts'

export interface ReadRecipients {
  readonly addresses: readonly MailAddress[]
  /** What is no address, as it was written. */
  readonly unreadable: readonly string[]
}

/** What people type into To, Cc and Bcc: addresses with or without names, apart by commas or semicolons. */
export function readRecipients(written: string): ReadRecipients {
  const parts = written.match(/(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^,;"<])+/g) ?? []
  const read = parts.map((part) => part.trim()).filter((part) => part !== '')
  const addresses = read.map(addressIn)
  return {
    addresses: addresses.filter((address) => address !== undefined),
    unreadable: read.filter((_part, index) => addresses[index] === undefined),
  }
}

function addressIn(part: string): MailAddress | undefined {
  const [, quoted, bare, inside] = /^(?:"((?:[^"\\]|\\.)*)"|([^<>"]*?))\s*<([^<>]*)>$/.exec(part) ?? []
  const address = (inside ?? part).trim()
  if (!/^[^@\s<>"(),;:\\]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(address)) return undefined
  const name = (quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '').trim()
  return { name: name || address, address }
}

/** As a header and the form write it. */
export function writtenAddress({ name, address }: MailAddress): string {
  return name === address || name === '' ? address : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`
}

/** As people read it. */
export function shownAddress({ name, address }: MailAddress): string {
  return name === address || name === '' ? address : `${name} <${address}>`
}
