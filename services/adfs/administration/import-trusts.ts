import { z } from 'zod'
import { ManagementRefusal } from '../farm/management-refusal.ts'
import { type AdministrationParts, changeObject, createObject, relyingPartyKind } from './objects.ts'
import { type NotTaken, relyingPartyFromPowerShell } from './read-powershell.ts'

const importSchema = z.strictObject({
  trusts: z.union([z.array(z.looseObject({})).min(1).max(1000), z.looseObject({})]),
  /** A trust with one of the identifiers takes what was sent, instead of refusing it. */
  replace: z.boolean().default(false),
})

export interface ImportedTrust {
  readonly name: string
  readonly outcome: 'created' | 'changed' | 'refused'
  readonly objectIdentifier?: string
  /** Why it was refused. */
  readonly reason?: string
  readonly notTaken: readonly NotTaken[]
}

/** Trusts of a real farm, each for itself: one with a mistake keeps the others out of nothing. */
export async function importTrusts(body: unknown, parts: AdministrationParts): Promise<{ trusts: ImportedTrust[] }> {
  const { trusts, replace } = importSchema.parse(body)
  const results: ImportedTrust[] = []
  for (const trust of Array.isArray(trusts) ? trusts : [trusts]) {
    results.push(await importTrust(trust, replace, parts))
  }
  return { trusts: results }
}

async function importTrust(
  trust: Readonly<Record<string, unknown>>,
  replace: boolean,
  parts: AdministrationParts,
): Promise<ImportedTrust> {
  const name = typeof trust.Name === 'string' ? trust.Name : '(no name)'
  try {
    const { settings, notTaken } = relyingPartyFromPowerShell(trust)
    const known = replace ? knownAs(settings.identifiers, parts) : undefined
    const { objectIdentifier } = known
      ? await changeObject(relyingPartyKind, known.objectIdentifier, settings, parts)
      : await createObject(relyingPartyKind, settings, parts)
    return { name, outcome: known ? 'changed' : 'created', objectIdentifier, notTaken }
  } catch (error) {
    return { name, outcome: 'refused', reason: reasonOf(error), notTaken: [] }
  }
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
