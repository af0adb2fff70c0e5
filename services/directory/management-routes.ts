import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ntHash } from '#shared/nt-hash.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import type { AccountChanges, AccountStore } from './accounts/accounts.ts'
import { createAccount } from './accounts/create-account.ts'
import type { AccountRow, DirectorySchema } from './accounts/schema.ts'
import type { EntraConnect } from './entra-connect/entra-connect.ts'
import { DirectoryError } from './errors.ts'

const newUserSchema = z.strictObject({
  userPrincipalName: z.email().max(256),
  password: z.string().min(1).max(256),
  displayName: z.string().max(256).optional(),
  givenName: z.string().max(64).optional(),
  surname: z.string().max(64).optional(),
  samAccountName: z.string().max(20).optional(),
  groups: z.array(z.string()).default([]),
  enabled: z.boolean().default(true),
})

const changeSchema = z.strictObject({
  enabled: z.boolean().optional(),
  password: z.string().min(1).max(256).optional(),
  lockedOut: z.boolean().optional(),
  passwordExpired: z.boolean().optional(),
  displayName: z.string().min(1).max(256).optional(),
})

export interface ManagementParts {
  readonly accounts: AccountStore
  readonly store: Store<DirectorySchema>
  readonly entraConnect: EntraConnect
  readonly scenario: Scenario
  readonly now: () => Date
}

/** "Active Directory Users and Computers" and Entra Connect's wizard, for the lab. */
export function addManagementRoutes(app: FastifyInstance, parts: ManagementParts): void {
  const { accounts, store, entraConnect } = parts
  app.post('/synchronize', async (request) => {
    const full = (request.body as { full?: boolean } | null)?.full === true
    return entraConnect.synchronize(full ? 'initial' : 'delta')
  })
  app.get('/synchronizations', async () => {
    const cycles = await store.db.selectFrom('cycles').selectAll().orderBy('id', 'desc').limit(50).execute()
    return {
      cycles: cycles.map((row) => ({
        startedAt: row.started_at,
        kind: row.kind,
        result: row.result,
        counts: JSON.parse(row.counts),
      })),
    }
  })
  app.get('/users', async () => ({ users: (await accounts.list()).map(accountView) }))
  app.post('/users', async (request, reply) =>
    reply.code(201).send(await createUser(parts, newUserSchema.parse(request.body))),
  )
  app.patch<{ Params: { upn: string } }>('/users/:upn', async (request) => {
    const account = await accountOf(accounts, request.params.upn)
    await accounts.change(account.object_guid, changesOf(changeSchema.parse(request.body), parts.now()))
    return accountView(await accountOf(accounts, request.params.upn))
  })
  app.delete<{ Params: { upn: string } }>('/users/:upn', async (request) => {
    await accounts.remove((await accountOf(accounts, request.params.upn)).object_guid)
    return {}
  })
  addMembershipRoutes(app, accounts)
}

function addMembershipRoutes(app: FastifyInstance, accounts: AccountStore): void {
  type Membership = { Params: { name: string; upn: string } }
  app.put<Membership>('/groups/:name/members/:upn', async ({ params }) => {
    await accounts.addMember(
      await groupGuid(accounts, params.name),
      (await accountOf(accounts, params.upn)).object_guid,
    )
    return {}
  })
  app.delete<Membership>('/groups/:name/members/:upn', async ({ params }) => {
    await accounts.removeMember(
      await groupGuid(accounts, params.name),
      (await accountOf(accounts, params.upn)).object_guid,
    )
    return {}
  })
}

async function createUser({ accounts, scenario, now }: ManagementParts, user: z.output<typeof newUserSchema>) {
  const groups = await Promise.all(user.groups.map((name) => groupGuid(accounts, name)))
  const account = await createAccount(accounts, scenario, user, now())
  for (const group of groups) await accounts.addMember(group, account.object_guid)
  return accountView(account)
}

function changesOf(change: z.output<typeof changeSchema>, now: Date): AccountChanges {
  return {
    ...(change.enabled !== undefined && { enabled: Number(change.enabled) }),
    ...(change.password !== undefined && {
      nt_hash: ntHash(change.password),
      password_expired: 0,
      password_set_at: now.toISOString(),
    }),
    ...(change.passwordExpired !== undefined && { password_expired: Number(change.passwordExpired) }),
    ...(change.displayName !== undefined && { display_name: change.displayName }),
    ...(change.lockedOut !== undefined && {
      locked_since: change.lockedOut ? now.toISOString() : null,
      bad_password_count: 0,
      bad_password_time: null,
    }),
  }
}

function accountView(account: AccountRow) {
  return {
    userPrincipalName: account.user_principal_name,
    samAccountName: account.sam_account_name,
    displayName: account.display_name,
    objectGuid: account.object_guid,
    sid: account.sid,
    enabled: account.enabled === 1,
    passwordExpired: account.password_expired === 1,
    lockedOut: account.locked_since !== null,
    synchronized: account.synchronized === 1,
  }
}

async function accountOf(accounts: AccountStore, upn: string): Promise<AccountRow> {
  const found = await accounts.find('user_principal_name', upn)
  if (!found) throw new DirectoryError('unknownUser', `no account ${upn}`)
  return found.account
}

async function groupGuid(accounts: AccountStore, name: string): Promise<string> {
  const group = (await accounts.groups()).find((each) => each.name.toLowerCase() === name.toLowerCase())
  if (!group) throw new DirectoryError('unknownGroup', `no group ${name}`)
  return group.object_guid
}
