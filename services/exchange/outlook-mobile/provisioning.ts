import type { FastifyRequest } from 'fastify'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccountStore, MobileAccount } from './account-store.ts'
import { asRemoteRefusal } from './active-sync-client.ts'
import { RemoteRefusal } from './remote-refusal.ts'
import type { SynchronizationParts } from './synchronize-account.ts'
import { onBehalfOf, type TokenCaller } from './token-pair.ts'

/*
 * Cached mailboxes of Outlook mobile for people whose mail is on-premises ("Using hybrid Modern Authentication with
 * Outlook for iOS and Android"). Owns the second token pair, the background, and when a cache ends.
 * URLs: /shadow/v2.0/authentication and /shadow/v2.0/mailboxes/{id}; their form is made up.
 */
export interface Provisioning {
  /** The cached mailbox of whoever calls, made when there is none; it is brought up to date before this resolves. */
  provision(person: Person, request: FastifyRequest): Promise<MobileAccount>
  synchronize(id: string): Promise<MobileAccount | undefined>
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
  readonly tenantId: string
  readonly clientId: string
}

const minute = 60_000
const keptDays = 30
/** Between two visits in the background, and after failures. */
const pauseMinutes = 15
const retryMinutes = [1, 2, 5, 10, 30, 60]

export function createProvisioning(parts: ProvisioningParts): Provisioning {
  const { context, accounts } = parts
  const running = new Map<string, Promise<void>>()
  const callerOf = (parent?: string): TokenCaller => ({ ...parts, parent })
  const synchronization: SynchronizationParts = { context, accounts, caller: callerOf() }

  /** Two at once would use each other's keys. */
  const bring = (id: string): Promise<void> => {
    const work = running.get(id) ?? attempt(synchronization, id).finally(() => running.delete(id))
    running.set(id, work)
    return work
  }
  const schedule = (account: MobileAccount) => {
    const next = nextVisit(account, context.clock.now().getTime())
    if (next !== undefined) context.clock.at(new Date(next), () => visit(account.id))
  }
  const visit = async (id: string): Promise<void> => {
    const account = await accounts.find(id)
    if (!account) return
    if (isOver(account, context.clock.now().getTime())) return accounts.purge(id)
    if (account.deleted_at === null && account.reason !== 'signInRequired') await bring(id)
    const after = await accounts.find(id)
    if (after) schedule(after)
  }
  return {
    async provision(person, request) {
      const account = await keptAccount(parts, callerOf(request.id), person)
      await bring(account.id)
      const after = (await accounts.find(account.id)) ?? account
      schedule(after)
      return after
    },
    async synchronize(id) {
      await bring(id)
      return accounts.find(id)
    },
    async remove(id) {
      const now = context.clock.now().getTime()
      await accounts.change(id, { deleted_at: now, status: 'deleted' })
      const account = await accounts.find(id)
      if (account) schedule(account)
    },
    async resume() {
      for (const account of await accounts.all()) schedule(account)
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

async function attempt(parts: SynchronizationParts, id: string): Promise<void> {
  try {
    const { synchronizeAccount } = await import('./synchronize-account.ts')
    await synchronizeAccount(parts, id)
  } catch (error) {
    const refusal = asRemoteRefusal(error)
    if (!(refusal instanceof RemoteRefusal)) throw error
    const before = await parts.accounts.find(id)
    parts.context.log.warn({ err: error, account: id }, 'outlook mobile')
    await parts.accounts.change(id, {
      status: 'failed',
      reason: refusal.code,
      remote_status: refusal.remoteStatus ?? null,
      failures: Number(before?.failures ?? 0) + 1,
    })
  }
}

function nextVisit({ deleted_at, status, reason, failures }: MobileAccount, now: number): number | undefined {
  if (deleted_at !== null) return Number(deleted_at) + keptDays * 24 * 60 * minute
  if (status === 'failed' && reason === 'signInRequired') return undefined
  if (status !== 'failed') return now + pauseMinutes * minute
  const pause = retryMinutes[Math.min(Number(failures), retryMinutes.length) - 1] ?? pauseMinutes
  return now + pause * minute
}

function isOver({ deleted_at }: MobileAccount, now: number): boolean {
  return deleted_at !== null && now >= Number(deleted_at) + keptDays * 24 * 60 * minute
}
