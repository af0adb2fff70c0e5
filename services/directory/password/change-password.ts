import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import { ntHash } from '#shared/nt-hash.ts'
import type { AccountStore, AccountWithGroups } from '../accounts/accounts.ts'
import type { LogonStatus } from '../errors.ts'
import { decideLogon } from '../logon/decide-logon.ts'
import { parseIdentity } from '../logon/identity.ts'
import { passwordRestriction } from './password-policy.ts'

export type PasswordChangeResult =
  | { readonly status: 'STATUS_SUCCESS'; readonly found: AccountWithGroups }
  | { readonly status: 'STATUS_PASSWORD_RESTRICTION'; readonly reason: string; readonly userPrincipalName: string }
  | { readonly status: LogonStatus; readonly userPrincipalName?: string }

/** A person changes their own password: with the old one, which may have expired, and under the domain's policy. */
export async function changePassword(
  { accounts, clock, netbiosName }: { accounts: AccountStore; clock: Clock; netbiosName: string },
  { identity, oldPassword, newPassword }: { identity: string; oldPassword: string; newPassword: string },
): Promise<PasswordChangeResult> {
  const parsed = parseIdentity(identity, netbiosName)
  const found = parsed && (await accounts.find(parsed.key, parsed.value))
  if (!found) return { status: 'STATUS_NO_SUCH_USER' }
  const { account } = found
  const now = clock.now()
  const userPrincipalName = account.user_principal_name
  const right = timingSafeEqual(Buffer.from(ntHash(oldPassword)), Buffer.from(account.nt_hash))
  const { status, changes } = decideLogon(account, right, now)
  if (Object.keys(changes).length > 0) await accounts.change(account.object_guid, changes)
  if (status !== 'STATUS_SUCCESS' && status !== 'STATUS_PASSWORD_EXPIRED') return { status, userPrincipalName }
  const hash = ntHash(newPassword)
  const history = await accounts.formerPasswords(account.object_guid)
  const reason = passwordRestriction({ account, password: newPassword, hash, history, now })
  if (reason !== undefined) return { status: 'STATUS_PASSWORD_RESTRICTION', reason, userPrincipalName }
  await accounts.setPassword(account.object_guid, hash, now)
  return { status: 'STATUS_SUCCESS', found }
}
