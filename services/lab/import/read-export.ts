import { LabError } from '../errors.ts'
import { cleanObject, isPlain, type Plain } from './clean-object.ts'
import { looksLikeDesiredState, readDesiredState } from './desired-state.ts'
import type { Exported, ImportBody } from './schemas.ts'
import { looksLikeTerraform, readTerraform } from './terraform.ts'

/*
 * What an administrator has of a tenant, told apart by how it looks: JSON of Microsoft Graph or of its PowerShell
 * module, a configuration of Microsoft365DSC, a plan or state of Terraform. Each object says by its members what it is,
 * whichever field it came in.
 */

export type Kind = 'policy' | 'location' | 'strength'

export interface ExportedObject {
  readonly kind: Kind
  readonly object: Plain
  /** Why it cannot be read from that. */
  readonly problem?: string | undefined
}

export function readExport(body: Pick<ImportBody, 'policies' | 'namedLocations' | 'authenticationStrengths'>) {
  const objects = [
    ...objectsOf(body.policies, 'policy'),
    ...objectsOf(body.namedLocations, 'location'),
    ...objectsOf(body.authenticationStrengths, 'strength'),
  ]
  const of = (kind: Kind) => objects.filter((each) => each.kind === kind)
  return { policies: of('policy'), namedLocations: of('location'), strengths: of('strength') }
}

function objectsOf(given: Exported | undefined, kind: Kind): readonly ExportedObject[] {
  if (given === undefined) return []
  if (typeof given === 'string') return readText(given, kind)
  if (Array.isArray(given)) return given.flatMap((each) => objectsOf(each as Exported, kind))
  if (Array.isArray(given.value)) return objectsOf(given.value as Plain[], kind)
  if (looksLikeTerraform(given)) return readTerraform(given)
  const object = cleanObject(given)
  return [{ kind: kindOf(object) ?? kind, object }]
}

function readText(written: string, kind: Kind): readonly ExportedObject[] {
  const text = written.replace(/^\uFEFF/, '')
  if (text.trim() === '') return []
  if (looksLikeDesiredState(text)) return readDesiredState(text)
  try {
    const read: unknown = JSON.parse(text)
    if (Array.isArray(read) || isPlain(read)) return objectsOf(read as Exported, kind)
  } catch (error) {
    throw new LabError('invalidRequest', { message: `This is not JSON: ${(error as Error).message}` })
  }
  throw new LabError('invalidRequest', { message: 'This is neither an object nor a list.' })
}

function kindOf(object: Plain): Kind | undefined {
  if ('conditions' in object) return 'policy'
  if ('ipRanges' in object || 'countriesAndRegions' in object) return 'location'
  return 'allowedCombinations' in object ? 'strength' : undefined
}
