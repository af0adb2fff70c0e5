import type { Kysely } from 'kysely'
import type { Authority, PublicSigningJwk, SigningKey } from '#certs/authority.ts'
import type { Clock } from '#shared/clock.ts'
import { followOthers } from '#shared/store/follow-others.ts'
import type { Store } from '#shared/store/store.ts'
import { issuerOf } from '../urls.ts'
import type { KeyTables } from './key-tables.ts'
import { type KeyGeneration, keyRing, nextGeneration, spareGeneration } from './roll-over.ts'

/*
 * The keys that Entra ID signs tokens with: several are published, one signs, and it changes without notice.
 * Owns which key is in use and the roll-over; the keys themselves are kept by the stack's authority.
 * Read by token issuance, the key sets and the federation metadata; rolled over by POST /keys/rollover (management).
 */
export interface TokenSigningKeys {
  current(): SigningKey
  /** The current one first. */
  published(): readonly SigningKey[]
  /** Publishes a new key at once, which signs `afterMinutes` later; the old one stays published. */
  rollOver(afterMinutes: number): Promise<KeyGeneration>
  rollOvers(): readonly KeyGeneration[]
  /** Reads the roll-overs again: after a reset, or where another replica may have made one. */
  load(): Promise<void>
}

const subject = 'CN=accounts.accesscontrol.windows.net'

export interface SigningKeyParts<Schema extends KeyTables> {
  readonly authority: Pick<Authority, 'signingKeyFor'>
  readonly store: Store<Schema>
  readonly clock: Clock
}

export async function openSigningKeys<Schema extends KeyTables>(
  parts: SigningKeyParts<Schema>,
): Promise<TokenSigningKeys> {
  const { authority, clock } = parts
  const db = parts.store.db as unknown as Kysely<KeyTables>
  const keys = new Map<number, SigningKey>()
  let rollOvers: readonly KeyGeneration[] = []
  const open = async (generation: number) =>
    keys.set(generation, await authority.signingKeyFor({ name: 'entra', subject, generation }))
  const load = async () => {
    const rows = await db.selectFrom('signing_key_roll_over').selectAll().orderBy('generation').execute()
    const read = rows.map((row) => ({ generation: row.generation, signsFrom: row.signs_from }))
    await Promise.all(read.map(({ generation }) => keys.has(generation) || open(generation)))
    rollOvers = read
  }
  const others = followOthers(parts.store, 'signing-keys', load)
  const ring = () => keyRing(rollOvers, clock.now().getTime())
  await Promise.all([open(1), open(spareGeneration), load()])
  return {
    current: () => known(keys, ring().signing),
    published: () => ring().published.map((generation) => known(keys, generation)),
    rollOvers: () => rollOvers,
    load,
    async rollOver(afterMinutes) {
      await load()
      const next = { generation: nextGeneration(rollOvers), signsFrom: clock.now().getTime() + afterMinutes * 60_000 }
      await open(next.generation)
      await db
        .insertInto('signing_key_roll_over')
        .values({ generation: next.generation, signs_from: next.signsFrom })
        .execute()
      rollOvers = [...rollOvers, next]
      await others.changed()
      return next
    },
  }
}

function known(keys: ReadonlyMap<number, SigningKey>, generation: number): SigningKey {
  const key = keys.get(generation)
  if (!key) throw new Error(`signing key ${generation} was never opened`)
  return key
}

interface PublishedKey extends PublicSigningJwk {
  readonly cloud_instance_name?: string
  readonly issuer?: string
}

/** v1 keys have the members of RFC 7517 only; v2 keys also say which issuer they sign for, with the literal `{tenantid}`. */
export function keySet(keys: TokenSigningKeys, version: 1 | 2): { readonly keys: readonly PublishedKey[] } {
  const published = keys.published().map((key) => key.publicJwk)
  if (version === 1) return { keys: published }
  const issuer = issuerOf(2, '{tenantid}')
  return { keys: published.map((jwk) => ({ ...jwk, cloud_instance_name: 'microsoftonline.com', issuer })) }
}
