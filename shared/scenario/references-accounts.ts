import { initialDomainOf, samAccountNameOf } from './account-names.ts'
import { directoryRoleTemplates } from './directory-roles.ts'
import { type Entry, entriesOf, mentionOf, mentionsIn, namesOf, sectionOf, textOf } from './outline.ts'
import type { Located } from './positions.ts'
import { duplicates } from './references-uniqueness.ts'

/** Users by themselves: their names, their domain, their mailbox, their second factor. */
export function accountReferences(world: unknown): readonly Located[] {
  const users = entriesOf(world, 'users')
  const groups = entriesOf(world, 'groups')
  const domains = domainsOf(world)
  return [
    ...duplicates(
      'user principal name',
      users.flatMap((user) => mentionOf(user, 'userPrincipalName')),
    ),
    ...duplicates('sAMAccountName', [...users.flatMap(userAccountName), ...groups.flatMap(groupAccountName)]),
    ...users.flatMap((user) => [
      ...userDomain(user, domains),
      ...userMailbox(user),
      ...defaultMethod(user),
      ...directoryRoles(user),
    ]),
    ...entriesOf(world, 'entra', 'applications').flatMap(directoryRoles),
  ]
}

type Domains = { readonly declared: ReadonlyMap<string, string>; readonly initial: string }

function domainsOf(world: unknown): Domains {
  const entries = entriesOf(world, 'domains')
  const declared = new Map(
    entries.map((domain) => [textOf(domain, 'name') ?? '', textOf(domain, 'authentication') ?? ''] as const),
  )
  const given = sectionOf(world, ['tenant', 'initialDomain'])
  const [primary = 'contoso.com'] = namesOf(entries, 'name')
  return { declared, initial: typeof given === 'string' ? given : initialDomainOf(primary) }
}

function userAccountName(user: Entry) {
  const upn = textOf(user, 'userPrincipalName')
  if (user.fields.cloudOnly === true || upn === undefined) return []
  const given = mentionOf(user, 'samAccountName')
  return given.length > 0 ? given : [{ path: [...user.path, 'userPrincipalName'], value: samAccountNameOf(upn) }]
}

function groupAccountName(group: Entry) {
  const given = mentionOf(group, 'samAccountName')
  return given.length > 0 ? given : mentionOf(group, 'name')
}

function userDomain(user: Entry, domains: Domains): readonly Located[] {
  const domain = textOf(user, 'userPrincipalName')?.split('@')[1]?.toLowerCase()
  if (domain === undefined) return []
  const path = [...user.path, 'userPrincipalName']
  const cloudOnly = user.fields.cloudOnly === true
  if (domain === domains.initial) {
    return cloudOnly ? [] : [{ path, message: `accounts of the initial domain ${domain} must have cloudOnly: true` }]
  }
  const authentication = domains.declared.get(domain)
  if (authentication === undefined) return [{ path, message: `domain "${domain}" is not in this file` }]
  if (!cloudOnly || authentication === 'passwordHashSync') return []
  return [
    { path: [...user.path, 'cloudOnly'], message: `${domain} is ${authentication}: it has no cloud-only accounts` },
  ]
}

function userMailbox(user: Entry): readonly Located[] {
  const path = [...user.path, 'mailbox', 'location']
  const location = sectionOf(user.fields, ['mailbox', 'location'])
  if (location === 'onPremises' && user.fields.cloudOnly === true) {
    return [{ path, message: 'a cloud-only account cannot have a mailbox on-premises' }]
  }
  if (location === 'online' && user.fields.licensed === false) {
    return [{ path, message: 'a mailbox in Exchange Online needs a licence' }]
  }
  if (location === 'online' && user.fields.synchronized === false && user.fields.cloudOnly !== true) {
    return [{ path, message: 'a mailbox in Exchange Online needs an account that is synchronized to Entra ID' }]
  }
  return []
}

function defaultMethod(user: Entry): readonly Located[] {
  const methods = namesOf(entriesOf(user.fields, 'mfa', 'methods'), 'type')
  return mentionOf(user, 'mfa', 'default')
    .filter(({ value }) => !methods.has(value))
    .map(({ path, value }) => ({ path, message: `default method "${value}" is not among the methods of this user` }))
}

function directoryRoles(holder: Entry): readonly Located[] {
  return mentionsIn(holder, 'directoryRoles')
    .filter(({ value }) => !Object.hasOwn(directoryRoleTemplates, value))
    .map(({ path, value }) => ({ path, message: `directory role "${value}" is unknown` }))
}
