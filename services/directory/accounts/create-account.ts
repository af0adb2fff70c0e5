import { ntHash } from '#shared/nt-hash.ts'
import { derivedGuid, objectGuidOf, ridOf, sidOf } from '#shared/scenario/identifiers.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { DirectoryError } from '../errors.ts'
import type { AccountStore } from './accounts.ts'
import type { AccountRow } from './schema.ts'

/** What "New Object - User" asks for. */
export interface NewAccount {
  readonly userPrincipalName: string
  readonly password: string
  readonly displayName?: string | undefined
  readonly givenName?: string | undefined
  readonly surname?: string | undefined
  readonly samAccountName?: string | undefined
  readonly enabled: boolean
}

/** @throws DirectoryError foreignDomain or nameTaken. */
export async function createAccount(
  accounts: AccountStore,
  scenario: Scenario,
  user: NewAccount,
  now: Date,
): Promise<AccountRow> {
  const upn = user.userPrincipalName.toLowerCase()
  const domain = upn.split('@')[1]
  if (!scenario.domains.some((each) => each.name === domain && !each.isInitial))
    throw new DirectoryError('foreignDomain', `no domain ${domain}`)
  const samAccountName = (user.samAccountName ?? upn.split('@')[0] ?? '').slice(0, 20)
  const taken =
    (await accounts.find('user_principal_name', upn)) ?? (await accounts.find('sam_account_name', samAccountName))
  if (taken) throw new DirectoryError('nameTaken', `${upn} or ${samAccountName} exists`)
  const account = newAccount({ ...user, upn, samAccountName }, scenario, now)
  await accounts.create(account)
  return account
}

function newAccount(
  user: NewAccount & { readonly upn: string; readonly samAccountName: string },
  scenario: Scenario,
  now: Date,
): AccountRow {
  const { domainSid } = scenario.organization.activeDirectory
  return {
    object_guid: objectGuidOf(user.upn),
    sid: sidOf(domainSid, ridOf(derivedGuid('created', user.upn))),
    sam_account_name: user.samAccountName,
    user_principal_name: user.upn,
    display_name: user.displayName ?? ([user.givenName, user.surname].filter(Boolean).join(' ') || user.samAccountName),
    given_name: user.givenName ?? null,
    surname: user.surname ?? null,
    mail: null,
    title: null,
    department: null,
    mobile: null,
    nt_hash: ntHash(user.password),
    enabled: Number(user.enabled),
    password_expired: 0,
    account_expires: null,
    bad_password_count: 0,
    bad_password_time: null,
    locked_since: null,
    synchronized: 1,
    password_set_at: now.toISOString(),
    exchange_attributes: null,
  }
}
