import type { FastifyRequest } from 'fastify'
import { authenticateUser } from '../authentication/authenticate-user.ts'
import { Unauthenticated } from '../authentication/unauthenticated.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { shutDoor } from '../organization/client-access.ts'
import type { ExchangeParts } from '../parts.ts'
import type { AccountStore, MobileAccount } from './account-store.ts'
import type { ChangeStore } from './change-store.ts'
import { MobileError } from './mobile-error.ts'
import type { Provisioning } from './provisioning.ts'

export interface MobileParts extends ExchangeParts {
  readonly accounts: AccountStore
  readonly changes: ChangeStore
  readonly provisioning: Provisioning
}

const demand = {
  protocol: 'OutlookService',
  scopes: ['EAS.AccessAsUser.All', 'Mail.ReadWrite', 'full_access_as_user', 'user_impersonation'],
} as const

/** A password is nobody's way in here: Conditional Access decided about the token, and would not be asked again. */
export async function ownerOfToken(parts: MobileParts, request: FastifyRequest): Promise<Recipient> {
  const { recipient, claims } = await authenticateUser(parts, request, demand)
  const shut = await shutDoor(parts.organization, 'OutlookMobileEnabled', recipient)
  if (claims && shut !== undefined) throw new MobileError('outlookMobileDisabled', shut)
  if (claims) return recipient
  const challenges = await parts.accessTokens.challenge({ bearer: true })
  throw new Unauthenticated(challenges, 'the provisioning API takes access tokens only')
}

/** The caller's own cached mailbox, or nothing at all. */
export async function ownAccount(request: FastifyRequest, parts: MobileParts): Promise<MobileAccount> {
  const recipient = await ownerOfToken(parts, request)
  const account = await parts.accounts.find((request.params as { id: string }).id)
  if (account && account.object_id === recipient.entraObjectId && account.deleted_at === null) return account
  throw new MobileError('noSuchMailbox', 'There is no such mailbox.')
}

/** Once the second pair is refused, the app has to sign its person in again. */
export function signedInStill(account: MobileAccount | undefined): MobileAccount {
  if (!account) throw new MobileError('noSuchMailbox', 'There is no such mailbox.')
  if (account.status === 'failed' && account.reason === 'signInRequired')
    throw new MobileError('interactionRequired', 'The person has to sign in again.')
  return account
}
