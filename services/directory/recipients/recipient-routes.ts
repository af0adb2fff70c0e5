import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccountStore, AccountWithGroups } from '../accounts/accounts.ts'
import { createAccount } from '../accounts/create-account.ts'
import { directoryUser, exchangeAttributesOf } from '../accounts/directory-user.ts'
import type { MailObjectStore } from '../accounts/mail-objects.ts'
import { DirectoryError } from '../errors.ts'
import { passwordRestriction } from '../password/password-policy.ts'
import { addMailObjectRoutes } from './mail-object-routes.ts'
import { readBody } from './read-body.ts'
import { attributesSchema } from './recipient-attributes.ts'

const text = z.string().min(1).max(256)

const newUserSchema = z.strictObject({
  userPrincipalName: z.email().max(256),
  password: z.string().min(1).max(256),
  displayName: text.optional(),
  givenName: text.optional(),
  surname: text.optional(),
  samAccountName: z.string().min(1).max(20).optional(),
  mustChangePassword: z.boolean().default(false),
  enabled: z.boolean().default(true),
})

const changeSchema = z.strictObject({
  displayName: text.optional(),
  attributes: attributesSchema.optional(),
})

/** What Exchange writes: the accounts of new mailboxes, and the attributes of its schema extension. */
export function addRecipientRoutes(
  scope: FastifyInstance,
  context: DeploymentContext,
  { accounts, mailObjects }: { readonly accounts: AccountStore; readonly mailObjects: MailObjectStore },
): void {
  addMailObjectRoutes(scope, context, mailObjects)
  const { scenario, clock } = context
  const domain = scenario.organization.activeDirectory
  scope.addHook('preHandler', async (request) => void (await context.authenticateMachine(request, ['exchange-onprem'])))
  scope.post('/users', async (request, reply) => {
    const { mustChangePassword, ...wanted } = readBody(newUserSchema, request.body)
    requirePassword(wanted, clock.now())
    const account = await createAccount(accounts, scenario, wanted, clock.now())
    if (mustChangePassword) await accounts.change(account.object_guid, { password_expired: 1 })
    request.recording.note({ decision: 'accountCreated', user: account.user_principal_name })
    return reply.code(201).send({ user: directoryUser(await find(accounts, account.object_guid), domain) })
  })
  scope.patch<{ Params: { guid: string } }>('/users/:guid', async (request) => {
    const found = await find(accounts, request.params.guid)
    const change = readBody(changeSchema, request.body)
    await accounts.change(found.account.object_guid, changesOf(found, change))
    request.recording.note({ decision: 'attributesChanged', user: found.account.user_principal_name })
    return { user: directoryUser(await find(accounts, request.params.guid), domain) }
  })
  scope.delete<{ Params: { guid: string } }>('/users/:guid', async (request, reply) => {
    const { account } = await find(accounts, request.params.guid)
    await accounts.remove(account.object_guid)
    request.recording.note({ decision: 'accountRemoved', user: account.user_principal_name })
    return reply.code(204).send()
  })
}

async function find(accounts: AccountStore, guid: string): Promise<AccountWithGroups> {
  const found = await accounts.find('object_guid', guid)
  if (found) return found
  throw new DirectoryError('unknownUser', `no account has the objectGUID ${guid}`)
}

function requirePassword({ password, ...user }: NewUser, now: Date): void {
  const account = {
    sam_account_name: user.samAccountName ?? user.userPrincipalName.split('@')[0] ?? '',
    display_name: user.displayName ?? '',
    nt_hash: '',
    password_expired: 1,
    password_set_at: null,
  }
  const restriction = passwordRestriction({ account, password, hash: '-', history: [], now })
  if (restriction !== undefined) throw new DirectoryError('weakPassword', restriction)
}

type NewUser = Omit<z.output<typeof newUserSchema>, 'mustChangePassword'>

function changesOf({ account }: AccountWithGroups, { displayName, attributes }: z.output<typeof changeSchema>) {
  const { mail, ...others } = attributes ?? {}
  const merged = Object.entries({ ...exchangeAttributesOf(account), ...others }).filter(([, values]) => values !== null)
  return {
    ...(displayName !== undefined && { display_name: displayName }),
    ...(mail !== undefined && { mail: mail?.[0] ?? null }),
    ...(attributes && { exchange_attributes: JSON.stringify(Object.fromEntries(merged)) }),
  }
}
