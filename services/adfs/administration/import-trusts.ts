import { z } from 'zod'
import { builtInPolicies } from '../access-control/policies.ts'
import { ManagementRefusal } from '../farm/management-refusal.ts'
import {
  type AdministrationParts,
  changeObject,
  claimsProviderKind,
  createObject,
  policyKind,
  relyingPartyKind,
} from './objects.ts'
import type { NotTaken } from './powershell-values.ts'
import { relyingPartyFromPowerShell } from './read-powershell.ts'
import { accessControlPolicyFromPowerShell } from './read-powershell-policy.ts'
import { claimsProviderFromPowerShell } from './read-powershell-provider.ts'

const importSchema = z.strictObject({
  trusts: z.union([z.array(z.looseObject({})).min(1).max(1000), z.looseObject({})]),
  /** A trust with one of the identifiers takes what was sent, instead of refusing it. */
  replace: z.boolean().default(false),
})

export interface ImportedTrust {
  readonly name: string
  readonly outcome: 'created' | 'changed' | 'present' | 'refused'
  readonly objectIdentifier?: string
  /** Why it was refused. */
  readonly reason?: string
  readonly notTaken: readonly NotTaken[]
}

type Exported = Readonly<Record<string, unknown>>

/**
 * Trusts and policies of a real farm, each for itself: one with a mistake keeps the others out of nothing. What others
 * refer to comes first.
 */
export async function importTrusts(body: unknown, parts: AdministrationParts): Promise<{ trusts: ImportedTrust[] }> {
  const { trusts, replace } = importSchema.parse(body)
  const given: readonly Exported[] = Array.isArray(trusts) ? trusts : [trusts]
  const results: ImportedTrust[] = []
  for (const object of given.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    results.push(await importObject(object, replace, parts))
  }
  return { trusts: results }
}

const isPolicy = (object: Exported) => 'PolicyMetadata' in object
const isProvider = (object: Exported) => 'AcceptanceTransformRules' in object || 'TokenSigningCertificates' in object

function rankOf(object: Exported): number {
  if (isPolicy(object)) return 0
  return isProvider(object) ? 1 : 2
}

async function importObject(object: Exported, replace: boolean, parts: AdministrationParts): Promise<ImportedTrust> {
  const name = typeof object.Name === 'string' ? object.Name : '(no name)'
  try {
    if (isPolicy(object)) return { name, ...(await importPolicy(object, replace, parts)) }
    if (isProvider(object)) return { name, ...(await importProvider(object, replace, parts)) }
    return { name, ...(await importTrust(object, replace, parts)) }
  } catch (error) {
    return { name, outcome: 'refused', reason: reasonOf(error), notTaken: [] }
  }
}

type Outcome = Omit<ImportedTrust, 'name'>

async function importTrust(trust: Exported, replace: boolean, parts: AdministrationParts): Promise<Outcome> {
  const { settings, notTaken } = relyingPartyFromPowerShell(trust)
  const known = replace ? knownAs(settings.identifiers, parts) : undefined
  const { objectIdentifier } = known
    ? await changeObject(relyingPartyKind, known.objectIdentifier, settings, parts)
    : await createObject(relyingPartyKind, settings, parts)
  return { outcome: known ? 'changed' : 'created', objectIdentifier, notTaken }
}

async function importProvider(trust: Exported, replace: boolean, parts: AdministrationParts): Promise<Outcome> {
  const { settings, notTaken } = claimsProviderFromPowerShell(trust)
  // Active Directory is a claims provider, too; it is what the directory is.
  if (settings.identifier === 'AD AUTHORITY') {
    throw new ManagementRefusal(409, 'Active Directory is here already; its acceptance rules belong to the farm')
  }
  const { claimsProviders } = parts.configuration.stored
  const known = replace ? claimsProviders.find(({ identifier }) => identifier === settings.identifier) : undefined
  const { objectIdentifier } = known
    ? await changeObject(claimsProviderKind, known.objectIdentifier, settings, parts)
    : await createObject(claimsProviderKind, settings, parts)
  return { outcome: known ? 'changed' : 'created', objectIdentifier, notTaken }
}

async function importPolicy(policy: Exported, replace: boolean, parts: AdministrationParts): Promise<Outcome> {
  const name = String(policy.Name)
  if (Object.hasOwn(builtInPolicies, name)) return { outcome: 'present', notTaken: [] }
  const { settings, notTaken } = accessControlPolicyFromPowerShell(policy)
  const known = parts.configuration.stored.accessControlPolicies.some((each) => each.name === name)
  if (known && replace) await changeObject(policyKind, name, settings, parts)
  else await createObject(policyKind, settings, parts)
  return { outcome: known ? 'changed' : 'created', notTaken }
}

function knownAs(identifiers: unknown, { configuration }: AdministrationParts) {
  const wanted = z.array(z.string()).catch([]).parse(identifiers)
  return wanted.map((each) => configuration.byIdentifier(each)?.settings).find((each) => each !== undefined)
}

function reasonOf(error: unknown): string {
  if (error instanceof ManagementRefusal) return error.reason
  if (error instanceof z.ZodError) return z.prettifyError(error)
  throw error
}
