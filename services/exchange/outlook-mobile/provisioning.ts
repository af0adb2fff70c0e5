import type { FastifyRequest } from 'fastify'
import type { ActiveSyncSession } from '#shared/activesync/active-sync-session.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccountStore, MobileAccount } from './account-store.ts'
import type { MobileChangeRow } from './account-tables.ts'
import { Background } from './background.ts'
import { applyToCache } from './cached-changes.ts'
import type { MobileChange } from './change.ts'
import type { ChangeStore } from './change-store.ts'
import type { SynchronizationParts } from './synchronize-account.ts'
import { onBehalfOf, type TokenCaller } from './token-pair.ts'
import type { VisitLease } from './visit-lease.ts'

/*
 * Cached mailboxes of Outlook mobile for people whose mail is on-premises ("Using hybrid Modern Authentication with
 * Outlook for iOS and Android"). Owns the second token pair, the background, and when a cache ends.
 * URLs: /shadow/v2.0/authentication and /shadow/v2.0/mailboxes/{id}; their form is made up.
 */
export interface Provisioning {
  /** The cached mailbox of whoever calls, made when there is none; it is brought up to date before this resolves. */
  provision(person: Person, request: FastifyRequest): Promise<MobileAccount>
  synchronize(id: string): Promise<MobileAccount | undefined>
  /** Keeps what the person did, and carries it to the server as soon as that can be reached. */
  change(id: string, change: MobileChange): Promise<MobileChangeRow>
  /** Asks the server on-premises in the name of the mailbox's owner. @throws RemoteRefusal or ActiveSyncFailure */
  ask<Result>(id: string, work: (session: ActiveSyncSession) => Promise<Result>): Promise<Result>
  /** Marks it; thirty days of the clock later everything goes. */
  remove(id: string): Promise<void>
  /** Goes on with what a restart interrupted. */
  resume(): Promise<void>
}

export interface Person {
  readonly objectId: string
  readonly userPrincipalName: string
  readonly accessToken: string
  readonly easUrl: string
}

export interface ProvisioningParts {
  readonly context: DeploymentContext
  readonly accounts: AccountStore
  readonly changes: ChangeStore
  readonly lease: VisitLease
  readonly tenantId: string
  readonly clientId: string
}

export function createProvisioning(parts: ProvisioningParts): Provisioning {
  const { context, accounts, changes } = parts
  const callerOf = (parent?: string): TokenCaller => ({ ...parts, parent })
  const synchronization: SynchronizationParts = { context, accounts, changes, caller: callerOf() }
  const background = new Background(synchronization, parts.lease)
  return {
    async provision(person, request) {
      const account = await keptAccount(parts, callerOf(request.id), person)
      await background.bring(account.id)
      return (await accounts.find(account.id)) ?? account
    },
    async synchronize(id) {
      await background.bring(id)
      return accounts.find(id)
    },
    async change(accountId, change) {
      const id = context.random.uuid()
      await changes.add({ id, accountId, change, at: context.clock.now().getTime() })
      await applyToCache(accounts, accountId, { id, change })
      await background.bringAfterwards(accountId)
      const row = await changes.find(accountId, id)
      if (!row) throw new Error(`the change ${id} is gone`)
      return row
    },
    async ask(id, work) {
      const { remoteAccess } = await import('./synchronize-account.ts')
      const { session } = await remoteAccess(synchronization, id)
      const result = await work(session)
      await accounts.change(id, { policy_key: session.policyKey })
      return result
    },
    async remove(id) {
      const now = context.clock.now().getTime()
      await accounts.change(id, { deleted_at: now, status: 'deleted' })
      const account = await accounts.find(id)
      if (account) background.plan(account)
    },
    async resume() {
      for (const account of await accounts.all()) background.plan(account)
    },
  }
}

async function keptAccount(parts: ProvisioningParts, caller: TokenCaller, person: Person): Promise<MobileAccount> {
  const { accounts, context } = parts
  const { random, clock } = context
  const pair = await onBehalfOf(caller, person.accessToken, new URL(person.easUrl).origin)
  const tokens = {
    access_token: pair.accessToken,
    access_expires_at: pair.expiresAt,
    refresh_token: pair.refreshToken,
  }
  const known = await accounts.findByPerson(person.objectId)
  if (known) {
    const back = { status: 'syncing', reason: null, deleted_at: null, eas_url: person.easUrl, failures: 0 }
    await accounts.change(known.id, { ...tokens, ...back })
    return { ...known, ...tokens, ...back }
  }
  const account: MobileAccount = {
    id: random.uuid(),
    object_id: person.objectId,
    user_principal_name: person.userPrincipalName,
    eas_url: person.easUrl,
    mailbox_guid: random.uuid(),
    status: 'syncing',
    reason: null,
    remote_status: null,
    ...tokens,
    policy_key: '0',
    folder_key: '0',
    out_of_office: null,
    failures: 0,
    created_at: clock.now().getTime(),
    synchronized_at: null,
    deleted_at: null,
  }
  await accounts.add(account)
  return account
}
