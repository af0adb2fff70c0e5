import type { Clock } from '#shared/clock.ts'
import type { AdfsConfig } from '../config.ts'
import { activeDirectoryStore } from '../directory/active-directory-store.ts'
import type { CallOrigin, DirectoryClient } from '../directory/directory-client.ts'
import { windowsAccountName } from '../directory/directory-user.ts'
import { factsFor } from '../proxy/request-facts.ts'
import type { Grant } from './sign-in-request.ts'

export interface GrantParts {
  readonly directory: DirectoryClient
  readonly clock: Clock
  readonly config: Pick<AdfsConfig, 'trusts' | 'urls'>
}

/** What policies and claim rules may read for somebody who has proved who they are. */
export function grantFor(
  { user, session, facts, device }: Pick<Grant, 'user' | 'session' | 'facts' | 'device'>,
  { directory, clock, config }: GrantParts,
  origin: CallOrigin,
): Grant {
  const names = session.provider ? [] : [windowsAccountName(user), user.userPrincipalName]
  const own = names.map((name) => name.toLowerCase())
  const store = activeDirectoryStore(async (account) =>
    own.includes(account.toLowerCase()) ? user : directory.find('account', account, origin),
  )
  return {
    user,
    session,
    facts: factsFor(user.userPrincipalName, facts),
    device,
    stores: { 'Active Directory': store },
    acceptanceRules: session.provider ? undefined : config.trusts.activeDirectoryAcceptanceRules,
    now: clock.now(),
    passwordChangeUrl: `https://${config.urls.host}/adfs/portal/updatepassword/`,
  }
}
