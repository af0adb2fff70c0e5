import type { ListChange } from '../administration/cmdlet.ts'
import { CmdletError } from '../administration/cmdlet-error.ts'

export interface Addresses {
  readonly primary: string
  readonly others: readonly string[]
}

/**
 * What Set-Mailbox -EmailAddresses makes of the addresses: a list replaces them, `@{add; remove}` changes them. `SMTP:`
 * in capitals makes an address the primary one, which then was; the primary one cannot be taken away.
 * @throws CmdletError for what is no SMTP address, and where no primary address would be left.
 */
export function changeAddresses(before: Addresses, change: readonly string[] | ListChange): Addresses {
  if (!('add' in change)) return replaced(change)
  const removed = change.remove.map((each) => addressIn(each).address)
  if (removed.includes(before.primary))
    throw new CmdletError('invalidArgument', 'The primary SMTP address cannot be removed. Set another one before.')
  const added = change.add.map(addressIn)
  const primary = added.find((each) => each.isPrimary)?.address ?? before.primary
  const all = [before.primary, ...before.others, ...added.map(({ address }) => address)]
  return { primary, others: unique(all).filter((each) => each !== primary && !removed.includes(each)) }
}

function replaced(list: readonly string[]): Addresses {
  const all = list.map(addressIn)
  const primaries = all.filter(({ isPrimary }) => isPrimary)
  const primary = primaries[0] ?? all[0]
  if (!primary || primaries.length > 1)
    throw new CmdletError('invalidArgument', `There must be one primary SMTP address; there are ${primaries.length}.`)
  const others = all.map(({ address }) => address).filter((each) => each !== primary.address)
  return { primary: primary.address, others: unique(others) }
}

function unique(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses)]
}

export function addressIn(written: string): { readonly address: string; readonly isPrimary: boolean } {
  const [, prefix = '', address = ''] = /^(?:(smtp):)?([^\s@:,;"]{1,64}@[A-Za-z0-9.-]{1,253})$/i.exec(written) ?? []
  if (address !== '') return { address: address.toLowerCase(), isPrimary: prefix === 'SMTP' }
  throw new CmdletError('badValue', `The address '${written}' is invalid: it isn't a valid SMTP address.`)
}
