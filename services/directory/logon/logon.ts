import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import { ntHash } from '#shared/nt-hash.ts'
import type { AccountStore, AccountWithGroups } from '../accounts/accounts.ts'
import type { LogonStatus } from '../errors.ts'
import { decideLogon } from './decide-logon.ts'
import { parseIdentity } from './identity.ts'

export type LogonResult =
  | { readonly status: 'STATUS_SUCCESS'; readonly found: AccountWithGroups }
  | { readonly status: LogonStatus; readonly userPrincipalName?: string }

/** Checks a password as a domain controller does, and counts wrong ones. */
export async function logOn(
  { accounts, clock, netbiosName }: { accounts: AccountStore; clock: Clock; netbiosName: string },
  identity: string,
  password: string,
): Promise<LogonResult> {
  const parsed = parseIdentity(identity, netbiosName)
  const found = parsed && (await accounts.find(parsed.key, parsed.value))
  if (!found) return { status: 'STATUS_NO_SUCH_USER' }
  const { account } = found
  const matches = timingSafeEqual(Buffer.from(ntHash(password)), Buffer.from(account.nt_hash))
  const { status, changes } = decideLogon(account, matches, clock.now())
  if (Object.keys(changes).length > 0) await accounts.change(account.object_guid, changes)
  if (status === 'STATUS_SUCCESS') return { status, found }
  return { status, userPrincipalName: account.user_principal_name }
}
