import type { SessionAccount } from './browser-session.ts'

/** Whom a sign-out request means: an earlier id_token, or its login_hint. */
export interface SignOutHint {
  readonly sid?: string
  readonly objectId?: string
  readonly userPrincipalName?: string
  /** The client that the id_token was issued to. */
  readonly clientId?: string
}

export type SignOutChoice =
  | { readonly outcome: 'end'; readonly ending: readonly SessionAccount[] }
  | { readonly outcome: 'ask'; readonly accounts: readonly SessionAccount[] }

/** Whoever is hinted at; the only one there is; else the person chooses ("Send a sign-out request", logout_hint). */
export function signOutChoice(accounts: readonly SessionAccount[], hint: SignOutHint | undefined): SignOutChoice {
  if (hint) return { outcome: 'end', ending: accounts.filter((account) => isMeant(account, hint)) }
  return accounts.length > 1 ? { outcome: 'ask', accounts } : { outcome: 'end', ending: accounts }
}

function isMeant({ sid, objectId, userPrincipalName }: SessionAccount, hint: SignOutHint): boolean {
  if (hint.userPrincipalName !== undefined)
    return userPrincipalName.toLowerCase() === hint.userPrincipalName.toLowerCase()
  return sid === hint.sid || objectId === hint.objectId
}
