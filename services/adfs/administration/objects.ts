import { z } from 'zod'
import type { Random } from '#shared/random.ts'
import { relyingPartySchema } from '#shared/scenario/schema-adfs.ts'
import { customAccessControlPolicySchema } from '#shared/scenario/schema-adfs-policies.ts'
import { claimsProviderSchema } from '#shared/scenario/schema-adfs-providers.ts'
import type { ClaimsProvider, CustomAccessControlPolicy, RelyingParty } from '#shared/scenario/world.ts'
import { builtInPolicies } from '../access-control/policies.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { StoredConfiguration } from '../configuration/configuration-store.ts'
import { ManagementRefusal } from '../farm/management-refusal.ts'

// What the AD FS console and its PowerShell module do with trusts and policies: list, read, create, replace, delete.
// Everything is read and checked as a whole before it counts, so a mistake changes nothing.

export interface AdministrationParts {
  readonly configuration: Configuration
  readonly random: Random
}

/** `GET /{name}`, `POST`, and `GET`, `PUT`, `DELETE` of one. */
export interface ObjectKind<T> {
  readonly name: 'relying-parties' | 'claims-providers' | 'access-control-policies'
  list(stored: StoredConfiguration): readonly T[]
  idOf(object: T): string
  read(body: unknown, id: string): T
  with(stored: StoredConfiguration, objects: readonly T[]): StoredConfiguration
}

export const relyingPartyKind: ObjectKind<RelyingParty> = {
  name: 'relying-parties',
  list: ({ relyingParties }) => relyingParties,
  idOf: ({ objectIdentifier }) => objectIdentifier,
  read: (body, id) => {
    const settings = relyingPartySchema.parse(body)
    return { ...settings, objectIdentifier: settings.objectIdentifier ?? id }
  },
  with: (stored, relyingParties) => ({ ...stored, relyingParties }),
}

export const claimsProviderKind: ObjectKind<ClaimsProvider> = {
  name: 'claims-providers',
  list: ({ claimsProviders }) => claimsProviders,
  idOf: ({ objectIdentifier }) => objectIdentifier,
  read: (body, id) => {
    const settings = claimsProviderSchema.parse(body)
    return { ...settings, objectIdentifier: settings.objectIdentifier ?? id }
  },
  with: (stored, claimsProviders) => ({ ...stored, claimsProviders }),
}

export const policyKind: ObjectKind<CustomAccessControlPolicy> = {
  name: 'access-control-policies',
  list: ({ accessControlPolicies }) => accessControlPolicies,
  idOf: ({ name }) => name,
  read: (body) => customAccessControlPolicySchema.parse(body),
  with: (stored, accessControlPolicies) => ({ ...stored, accessControlPolicies }),
}

export function findObject<T>(kind: ObjectKind<T>, id: string, { configuration }: AdministrationParts): T {
  const found = kind.list(configuration.stored).find((each) => isCalled(kind, each, id))
  if (!found) throw new ManagementRefusal(404, `Nothing in ${kind.name} is called "${id}".`)
  return found
}

export async function createObject<T>(kind: ObjectKind<T>, body: unknown, parts: AdministrationParts): Promise<T> {
  const created = kind.read(body, parts.random.uuid())
  const known = kind.list(parts.configuration.stored)
  if (known.some((each) => isCalled(kind, each, kind.idOf(created)))) {
    throw new ManagementRefusal(409, `"${kind.idOf(created)}" is there already`)
  }
  await store(kind, [...known, created], parts)
  return created
}

/** Merges what the body has into what is there: what is left out stays. */
export async function changeObject<T extends object>(
  kind: ObjectKind<T>,
  id: string,
  body: unknown,
  parts: AdministrationParts,
): Promise<T> {
  const before = findObject(kind, id, parts)
  const changed = kind.read({ ...before, ...z.looseObject({}).parse(body) }, kind.idOf(before))
  const known = kind.list(parts.configuration.stored)
  await store(
    kind,
    known.map((each) => (each === before ? changed : each)),
    parts,
  )
  return changed
}

export async function deleteObject<T>(kind: ObjectKind<T>, id: string, parts: AdministrationParts): Promise<void> {
  const gone = findObject(kind, id, parts)
  const known = kind.list(parts.configuration.stored)
  await store(
    kind,
    known.filter((each) => each !== gone),
    parts,
  )
}

function isCalled<T>(kind: ObjectKind<T>, object: T, id: string): boolean {
  return kind.idOf(object).toLowerCase() === id.toLowerCase()
}

async function store<T>(kind: ObjectKind<T>, objects: readonly T[], { configuration }: AdministrationParts) {
  const next = kind.with(configuration.stored, objects)
  checkReferences(next)
  await changeConfiguration(configuration, next)
}

/** What cannot be read, such as a rule with a mistake, is the caller's and not ours. */
export async function changeConfiguration(configuration: Configuration, next: StoredConfiguration): Promise<void> {
  try {
    await configuration.change(next)
  } catch (error) {
    if (error instanceof Error) throw new ManagementRefusal(400, error.message)
    throw error
  }
}

function checkReferences({ relyingParties, claimsProviders, accessControlPolicies }: StoredConfiguration): void {
  refuseTwice(
    'name',
    relyingParties.map(({ name }) => name),
  )
  refuseTwice(
    'identifier',
    relyingParties.flatMap(({ identifiers }) => identifiers),
  )
  refuseTwice(
    'name',
    claimsProviders.map(({ name }) => name),
  )
  refuseTwice(
    'identifier',
    claimsProviders.map(({ identifier }) => identifier),
  )
  const policies = [...Object.keys(builtInPolicies), ...accessControlPolicies.map(({ name }) => name)]
  refuseTwice('policy', policies)
  const providers = ['Active Directory', ...claimsProviders.map(({ name }) => name)]
  for (const { name, accessControlPolicy, claimsProviderNames } of relyingParties) {
    const missing = [accessControlPolicy.name].filter((each) => !policies.includes(each))
    const unknown = [...missing, ...claimsProviderNames.filter((each) => !providers.includes(each))]
    if (unknown[0] !== undefined) throw new ManagementRefusal(409, `"${name}" refers to "${unknown[0]}"`)
  }
}

function refuseTwice(what: string, values: readonly string[]): void {
  const seen = new Set<string>()
  for (const value of values) {
    const key = value.toLowerCase()
    if (seen.has(key)) throw new ManagementRefusal(409, `the ${what} "${value}" is there already`)
    seen.add(key)
  }
}
