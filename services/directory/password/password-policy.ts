/** The default domain policy, but for the age: its maximum is set per account (`passwordExpired`). */
export const passwordPolicy = { minimumLength: 7, historyLength: 24, minimumAgeDays: 1 } as const

const day = 24 * 60 * 60 * 1000

export interface PasswordChange {
  readonly account: {
    readonly sam_account_name: string
    readonly display_name: string
    readonly nt_hash: string
    readonly password_expired: number
    readonly password_set_at: string | null
  }
  readonly password: string
  readonly hash: string
  /** NT hashes of former passwords, the newest first. */
  readonly history: readonly string[]
  readonly now: Date
}

/** Why the domain does not take a new password (STATUS_PASSWORD_RESTRICTION); undefined when it does. */
export function passwordRestriction(change: PasswordChange): string | undefined {
  const { account, password, hash, history, now } = change
  if ([...password].length < passwordPolicy.minimumLength)
    return `it has fewer than ${passwordPolicy.minimumLength} characters`
  const weakness = complexityProblem(password, account)
  if (weakness !== undefined) return weakness
  const remembered = [account.nt_hash, ...history].slice(0, passwordPolicy.historyLength)
  if (remembered.includes(hash)) return `it is one of the last ${passwordPolicy.historyLength}`
  const age = now.getTime() - Date.parse(account.password_set_at ?? '1970-01-01')
  if (account.password_expired === 1 || age >= passwordPolicy.minimumAgeDays * day) return undefined
  return `the present one is younger than ${passwordPolicy.minimumAgeDays} day`
}

/** "Password must meet complexity requirements": three of five classes, and nothing of the names. */
function complexityProblem(password: string, account: PasswordChange['account']): string | undefined {
  const classes = [/\p{Lu}/u, /\p{Ll}/u, /\d/, /[^\p{L}\d\s]/u, /\p{Lo}/u].filter((each) => each.test(password))
  if (classes.length < 3) return 'it has characters of fewer than three classes'
  const lower = password.toLowerCase()
  const parts = account.display_name.split(/[\s,.\-_#]+/).filter((part) => part.length >= 3)
  const names = account.sam_account_name.length >= 3 ? [account.sam_account_name, ...parts] : parts
  return names.some((name) => lower.includes(name.toLowerCase())) ? 'it contains a name of the account' : undefined
}
