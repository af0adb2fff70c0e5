import type { Scenario, User } from '#shared/scenario/world.ts'
import type { DirectoryUser } from '../directory/schemas.ts'

/** Where a password is checked. */
export type IdentityModel = 'federated' | 'passwordHashSync' | 'passThrough' | 'cloudOnly'

/** A person of the world as somebody needs it who wants to sign in. */
export interface Account {
  readonly userPrincipalName: string
  readonly displayName: string
  /** The one of the scenario; null for accounts that were created since. */
  readonly password: string | null
  readonly identity: IdentityModel
  readonly mailbox: 'online' | 'onPremises' | null
  readonly mfa: readonly string[]
  readonly groups: readonly string[]
  readonly directoryRoles: readonly string[]
  /** What keeps the account from working as usual. */
  readonly notes: readonly string[]
}

/** The scenario's people with what Active Directory says of them now; without the latter, as the scenario has them. */
export function accountsOf(scenario: Scenario, directory: readonly DirectoryUser[] | undefined): readonly Account[] {
  const living = new Map(directory?.map((user) => [user.userPrincipalName.toLowerCase(), user]))
  const planned = scenario.users.map((user) => {
    const present = living.get(user.userPrincipalName.toLowerCase())
    const isGone = directory !== undefined && present === undefined && !user.cloudOnly
    return accountOf(scenario, user, { ...user, ...present }, isGone)
  })
  const names = new Set(scenario.users.map((user) => user.userPrincipalName.toLowerCase()))
  const created = (directory ?? []).filter((user) => !names.has(user.userPrincipalName.toLowerCase()))
  return [...planned, ...created.map((user) => createdAccount(scenario, user))]
}

function accountOf(scenario: Scenario, user: User, state: AccountState, isGone: boolean): Account {
  return {
    userPrincipalName: user.userPrincipalName,
    displayName: state.displayName,
    password: user.password,
    identity: user.cloudOnly ? 'cloudOnly' : identityOf(scenario, user.userPrincipalName),
    mailbox: user.mailbox?.location ?? null,
    mfa: user.mfa.methods.map((method) => method.type),
    groups: user.groups,
    directoryRoles: user.directoryRoles,
    notes: [
      ...(isGone ? ['deleted'] : stateNotes(state)),
      ...(user.synchronized || user.cloudOnly ? [] : ['not synchronized']),
      ...(user.licensed || user.cloudOnly ? [] : ['no licence']),
    ],
  }
}

function createdAccount(scenario: Scenario, user: DirectoryUser): Account {
  return {
    userPrincipalName: user.userPrincipalName,
    displayName: user.displayName,
    password: null,
    identity: identityOf(scenario, user.userPrincipalName),
    mailbox: null,
    mfa: [],
    groups: [],
    directoryRoles: [],
    notes: ['created in the lab', ...stateNotes(user)],
  }
}

type AccountState = Pick<DirectoryUser, 'displayName' | 'enabled' | 'lockedOut' | 'passwordExpired'>

function stateNotes({ enabled, lockedOut, passwordExpired }: AccountState): string[] {
  return [
    ...(enabled ? [] : ['disabled']),
    ...(lockedOut ? ['locked out'] : []),
    ...(passwordExpired ? ['password expired'] : []),
  ]
}

function identityOf(scenario: Scenario, upn: string): IdentityModel {
  const domain = upn.split('@')[1]?.toLowerCase()
  return scenario.domains.find((each) => each.name === domain)?.authentication ?? 'cloudOnly'
}
