import { activeDirectoryStore } from '../directory/active-directory-store.ts'
import type { CallOrigin, DirectoryClient } from '../directory/directory-client.ts'
import { windowsAccountName } from '../directory/directory-user.ts'
import type { Grant } from './sign-in-request.ts'

/** What policies and claim rules may read for somebody who has proved who they are. */
export function grantFor(
  { user, session, facts }: Omit<Grant, 'stores'>,
  directory: DirectoryClient,
  origin: CallOrigin,
): Grant {
  const own = [windowsAccountName(user), user.userPrincipalName].map((name) => name.toLowerCase())
  const store = activeDirectoryStore(async (account) =>
    own.includes(account.toLowerCase()) ? user : directory.find('account', account, origin),
  )
  return { user, session, facts, stores: { 'Active Directory': store } }
}
