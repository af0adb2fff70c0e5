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

interface LogonParts {
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly netbiosName: string
}

/** Checks a password as a domain controller does, and counts wrong ones. */
export function logOn(parts: LogonParts, identity: string, password: string): Promise<LogonResult> {
  return logOnWith(parts, identity, (hash) => timingSafeEqual(Buffer.from(ntHash(password)), Buffer.from(hash)))
}

/** The same for whatever else proves the password; `proves` is given the account's NT hash. */
export async function logOnWith(
  { accounts, clock, netbiosName }: LogonParts,
  identity: string,
  proves: (ntHash: string) => boolean,
): Promise<LogonResult> {
  const parsed = parseIdentity(identity, netbiosName)
  const found = parsed && (await accounts.find(parsed.key, parsed.value))
  if (!found) return { status: 'STATUS_NO_SUCH_USER' }
  const { account } = found
  const { status, changes } = decideLogon(account, proves(account.nt_hash), clock.now())
  if (Object.keys(changes).length > 0) await accounts.change(account.object_guid, changes)
  if (status === 'STATUS_SUCCESS') return { status, found }
  return { status, userPrincipalName: account.user_principal_name }
}
