import type { CmdletParts } from './cmdlet.ts'
import { notFound } from './names.ts'

/** A server from which, or to which, mailboxes move; its credential is sealed. */
export interface MigrationEndPoint {
  readonly name: string
  readonly host: string
  readonly credential: string
}

export interface BatchUser {
  readonly objectGuid: string
  readonly emailAddress: string
  /** Why the move could not begin. */
  readonly error?: string
}

export interface MigrationBatch {
  readonly name: string
  readonly endPoint: string
  readonly direction: 'pull' | 'push'
  readonly domain: string
  readonly users: readonly BatchUser[]
  readonly autoComplete: boolean
  readonly limits: { readonly BadItemLimit: number | string; readonly LargeItemLimit: number | string }
  readonly createdAt: string
  readonly started: boolean
}

type Parts = Pick<CmdletParts, 'organization' | 'config'>

/** Both are settings of the organization, as JSON. */
const [batches, endPoints] = ['MigrationBatch.', 'MigrationEndpoint.'] as const

async function list<T>({ organization }: Parts, prefix: string): Promise<readonly T[]> {
  const kept = Object.entries(await organization.settings()).filter(([name]) => name.startsWith(prefix))
  return kept.map(([, value]) => JSON.parse(String(value)) as T)
}

async function named<T extends { readonly name: string }>(parts: Parts, prefix: string, name: string): Promise<T> {
  const found = (await list<T>(parts, prefix)).find((each) => each.name.toLowerCase() === name.toLowerCase())
  if (found) return found
  throw notFound(name, parts.config)
}

function keep({ organization }: Parts, prefix: string, value: { readonly name: string }): Promise<void> {
  return organization.changeSettings({ [`${prefix}${value.name.toLowerCase()}`]: JSON.stringify(value) })
}

function remove({ organization }: Parts, prefix: string, name: string): Promise<void> {
  return organization.changeSettings({ [`${prefix}${name.toLowerCase()}`]: null })
}

export function listBatches(parts: Parts): Promise<readonly MigrationBatch[]> {
  return list(parts, batches)
}

/** @throws CmdletError objectNotFound, as `endPointNamed`. */
export function batchNamed(parts: Parts, name: string): Promise<MigrationBatch> {
  return named(parts, batches, name)
}

export function keepBatch(parts: Parts, batch: MigrationBatch): Promise<void> {
  return keep(parts, batches, batch)
}

export function removeBatch(parts: Parts, name: string): Promise<void> {
  return remove(parts, batches, name)
}

export function listEndPoints(parts: Parts): Promise<readonly MigrationEndPoint[]> {
  return list(parts, endPoints)
}

export function endPointNamed(parts: Parts, name: string): Promise<MigrationEndPoint> {
  return named(parts, endPoints, name)
}

export function keepEndPoint(parts: Parts, endPoint: MigrationEndPoint): Promise<void> {
  return keep(parts, endPoints, endPoint)
}

export function removeEndPoint(parts: Parts, name: string): Promise<void> {
  return remove(parts, endPoints, name)
}
