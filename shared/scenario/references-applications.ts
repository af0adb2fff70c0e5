import { type Entry, entriesOf, mentionOf, mentionsIn, namesOf } from './outline.ts'
import type { Located } from './positions.ts'
import { accessControlPolicy, customPolicies } from './references-federation.ts'
import { duplicates, unknown } from './references-uniqueness.ts'

/** Application groups of AD FS: client identifiers, the identifiers of Web APIs, and who may ask for what. */
export function applicationReferences(world: unknown): readonly Located[] {
  const groups = entriesOf(world, 'adfs', 'applicationGroups')
  const clients = groups.flatMap((group) => [
    ...within(group, 'nativeApplications'),
    ...within(group, 'serverApplications'),
  ])
  const apis = groups.flatMap((group) => within(group, 'webApis'))
  const known = new Set(clients.flatMap((client) => mentionOf(client, 'clientId').map(({ value }) => value)))
  const trusts = entriesOf(world, 'adfs', 'relyingParties')
  const userGroups = namesOf(entriesOf(world, 'groups'), 'name')
  return [
    ...duplicates(
      'application group',
      groups.flatMap((group) => mentionOf(group, 'name')),
    ),
    ...duplicates(
      'client identifier',
      clients.flatMap((client) => mentionOf(client, 'clientId')),
    ),
    ...duplicates(
      'identifier',
      [...trusts, ...apis].flatMap((each) => mentionsIn(each, 'identifiers')),
    ),
    ...apis.flatMap((api) => accessControlPolicy(api, userGroups, customPolicies(world))),
    ...apis
      .flatMap((api) => within(api, 'permissions'))
      .flatMap((permission) => unknown('client', mentionOf(permission, 'client'), known)),
  ]
}

function within(entry: Entry, list: string): readonly Entry[] {
  return entriesOf(entry.fields, list).map(({ path, fields }) => ({ path: [...entry.path, ...path], fields }))
}
