import type { AccountKey } from '../accounts/accounts.ts'

/** How a person names themself at a logon: `alice@contoso.com`, `CONTOSO\alice` or `alice`. */
export function parseIdentity(identity: string, netbiosName: string): { key: AccountKey; value: string } | undefined {
  const trimmed = identity.trim()
  const [domain, account] = trimmed.split('\\')
  if (account !== undefined) {
    return domain?.toUpperCase() === netbiosName.toUpperCase() ? { key: 'sam_account_name', value: account } : undefined
  }
  return trimmed.includes('@')
    ? { key: 'user_principal_name', value: trimmed }
    : { key: 'sam_account_name', value: trimmed }
}
