import { entriesOf, type Mention, mentionOf, mentionsIn, namesOf, sectionOf } from './outline.ts'
import type { Located } from './positions.ts'
import { duplicates, unknown } from './references-uniqueness.ts'

/** Who belongs to what: groups and members, devices and owners, messages and mailboxes, the scope of Entra Connect. */
export function membershipReferences(world: unknown): readonly Located[] {
  const users = entriesOf(world, 'users')
  const groups = entriesOf(world, 'groups')
  const devices = entriesOf(world, 'devices')
  const userNames = namesOf(users, 'userPrincipalName')
  const groupNames = namesOf(groups, 'name')
  const inCloudOnly = users.filter((user) => user.fields.cloudOnly === true)
  return [
    ...duplicates(
      'group',
      groups.flatMap((group) => mentionOf(group, 'name')),
    ),
    ...duplicates(
      'device',
      devices.flatMap((device) => mentionOf(device, 'displayName')),
    ),
    ...unknown(
      'group',
      users.flatMap((user) => mentionsIn(user, 'groups')),
      groupNames,
    ),
    ...unknown(
      'user',
      groups.flatMap((group) => mentionsIn(group, 'members')),
      userNames,
    ),
    ...unknown(
      'user',
      devices.flatMap((device) => mentionOf(device, 'owner')),
      userNames,
    ),
    ...unknown('group', includedGroups(world), groupNames),
    ...inCloudOnly
      .flatMap((user) => mentionsIn(user, 'groups'))
      .map(({ path, value }) => ({
        path,
        message: `"${value}" is a group of Active Directory, where a cloud-only account does not exist`,
      })),
    ...mailboxes(world),
  ]
}

function includedGroups(world: unknown): readonly Mention[] {
  return mentionsIn(
    { path: [], fields: { entraConnect: sectionOf(world, ['entraConnect']) } },
    'entraConnect',
    'includedGroups',
  )
}

function mailboxes(world: unknown): readonly Located[] {
  const users = entriesOf(world, 'users')
  const known = namesOf(users, 'userPrincipalName')
  const withMailbox = namesOf(
    users.filter((user) => user.fields.mailbox !== undefined),
    'userPrincipalName',
  )
  const owners = ['messages', 'appointments', 'contacts', 'tasks', 'notes'].flatMap((kind) =>
    entriesOf(world, 'exchange', kind).flatMap((item) => mentionOf(item, 'mailbox')),
  )
  const existing = owners.filter(({ value }) => known.has(value))
  return [
    ...unknown('user', owners, known),
    ...existing
      .filter(({ value }) => !withMailbox.has(value))
      .map(({ path, value }) => ({ path, message: `${value} has no mailbox` })),
  ]
}
