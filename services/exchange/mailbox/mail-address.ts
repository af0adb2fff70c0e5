import type { MailAddress } from './item-properties.ts'

/** `Erin Ek <erin@contoso.com>`, or an address alone, which is then the name too. */
export function nameAndAddress(written: string): MailAddress {
  const parts = /^\s*"?(.*?)"?\s*<([^>]+)>\s*$/.exec(written)
  const address = parts?.[2] ?? written.trim()
  return { name: parts?.[1] || address, address }
}
