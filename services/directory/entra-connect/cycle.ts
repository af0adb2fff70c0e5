import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Store } from '#shared/store/store.ts'
import type { AccountStore } from '../accounts/accounts.ts'
import type { MailObjectStore } from '../accounts/mail-objects.ts'
import type { DirectorySchema } from '../accounts/schema.ts'
import type { RegisteredDeviceStore, WriteBackCounts } from '../devices/registered-devices.ts'
import { type ExportObject, objectsInScope } from './export.ts'
import { forwardRecipients, recipientKind } from './forward-recipients.ts'
import type { synchronizedPasswordHash } from './password-hash.ts'
import { writeBackDevices } from './write-back.ts'

export interface CycleResult {
  readonly startedAt: string
  readonly kind: 'initial' | 'delta'
  readonly result: 'success' | string
  readonly counts: {
    readonly added: number
    readonly updated: number
    readonly deleted: number
    readonly unchanged: number
  }
  /** What device write-back changed in Active Directory. */
  readonly writtenBack?: WriteBackCounts
}

export interface SynchronizationParts {
  readonly context: DeploymentContext
  readonly accounts: AccountStore
  readonly mailObjects: MailObjectStore
  readonly devices: RegisteredDeviceStore
  readonly store: Store<DirectorySchema>
  readonly passwordHash: typeof synchronizedPasswordHash
  /** A domain leaves its passwords to the pass-through agent. */
  readonly passThroughNeeded: () => void
}

const nothing = { added: 0, updated: 0, deleted: 0, unchanged: 0 }

/** One Entra Connect cycle: what changed since Entra ID last acknowledged it (delta), or everything (initial). */
export async function runCycle(parts: SynchronizationParts, kind: 'initial' | 'delta'): Promise<CycleResult> {
  const startedAt = parts.context.clock.now().toISOString()
  const result = await exchangeBothWays(parts, kind).catch((error: Error) => ({
    result: error.message,
    counts: nothing,
  }))
  const cycle = { startedAt, kind, ...result }
  await parts.store.db
    .insertInto('cycles')
    .values({ started_at: startedAt, kind, result: cycle.result, counts: JSON.stringify(cycle.counts) })
    .execute()
  return cycle
}

/** What is registered in the cloud is asked for last, so that owners who have just arrived there are known. */
async function exchangeBothWays(parts: SynchronizationParts, kind: 'initial' | 'delta') {
  const exported = await exchange(parts, kind)
  const url = provisioningUrl(parts.context, 'devices')
  return { ...exported, writtenBack: await writeBackDevices({ ...parts, url }, kind) }
}

async function exchange(parts: SynchronizationParts, kind: 'initial' | 'delta') {
  const { context, accounts, store } = parts
  const objects = await objectsInScope(accounts, context.scenario, await hashDomains(parts))
  const inScope = new Set(objects.flatMap(({ objectGuid }) => objectGuid ?? []))
  await forwardRecipients(parts, inScope).catch((err) => context.log.warn({ err }, 'recipients for Exchange Online'))
  const known = await store.db.selectFrom('connector_space').selectAll().where('kind', '!=', recipientKind).execute()
  const acknowledged = new Map(known.map((row) => [`${row.kind} ${row.anchor}`, row.digest]))
  const changed =
    kind === 'initial'
      ? objects
      : objects.filter((each) => acknowledged.get(`${each.kind} ${each.anchor}`) !== each.digest)
  const present = new Set(objects.map((each) => `${each.kind} ${each.anchor}`))
  const gone = known.filter((row) => !present.has(`${row.kind} ${row.anchor}`))
  const deletedAnchors = gone.map((row) => row.anchor)
  if (kind === 'delta' && changed.length === 0 && gone.length === 0) {
    return { result: 'success', counts: { ...nothing, unchanged: objects.length } }
  }
  const counts = await send(parts, { full: kind === 'initial', changed, deletedAnchors })
  await acknowledge(store, changed, deletedAnchors)
  return { result: 'success', counts }
}

/** Which domains get password hashes is asked anew in every cycle: administrators convert domains in Entra ID. */
async function hashDomains({ context, passThroughNeeded }: SynchronizationParts): Promise<ReadonlySet<string>> {
  const response = await context.http.send(provisioningUrl(context, 'domains'), { authenticate: true })
  if (response.status !== 200) throw new Error(`Entra ID answered ${response.status}: ${await response.text()}`)
  const { domains } = (await response.json()) as { domains: readonly { name: string; authentication: string }[] }
  if (domains.some(({ authentication }) => authentication === 'passThrough')) passThroughNeeded()
  return new Set(domains.filter((each) => each.authentication === 'passwordHashSync').map(({ name }) => name))
}

function provisioningUrl({ scenario }: DeploymentContext, what: 'domains' | 'synchronize' | 'devices'): string {
  return `https://adminwebservice.microsoftonline.com/provisioning/${scenario.tenant.id}/${what}`
}

async function send(
  { context, passwordHash }: SynchronizationParts,
  {
    full,
    changed,
    deletedAnchors,
  }: { full: boolean; changed: readonly ExportObject[]; deletedAnchors: readonly string[] },
) {
  const ofKind = (kind: string) => changed.filter((each) => each.kind === kind)
  const response = await context.http.send(provisioningUrl(context, 'synchronize'), {
    method: 'POST',
    authenticate: true,
    timeoutMs: 60_000,
    json: {
      full,
      users: await Promise.all(ofKind('user').map((each) => withPasswordHash(each, passwordHash))),
      groups: ofKind('group').map((each) => each.value),
      devices: ofKind('device').map((each) => each.value),
      deletedAnchors,
    },
  })
  if (response.status !== 200)
    throw new Error(`Entra ID answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
  return (await response.json()) as CycleResult['counts']
}

async function withPasswordHash(
  { ntHash, anchor, value }: ExportObject,
  passwordHash: SynchronizationParts['passwordHash'],
) {
  return ntHash === undefined ? value : { ...value, passwordHash: await passwordHash(ntHash, anchor) }
}

async function acknowledge(
  store: Store<DirectorySchema>,
  objects: readonly ExportObject[],
  deletedAnchors: readonly string[],
): Promise<void> {
  await store.transaction(async (db) => {
    for (const { kind, anchor, digest } of objects) {
      await db
        .insertInto('connector_space')
        .values({ kind, anchor, digest })
        .onConflict((conflict) => conflict.columns(['kind', 'anchor']).doUpdateSet({ digest }))
        .execute()
    }
    for (const anchor of deletedAnchors) await db.deleteFrom('connector_space').where('anchor', '=', anchor).execute()
  })
}
