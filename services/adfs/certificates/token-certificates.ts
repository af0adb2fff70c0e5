import type { Kysely } from 'kysely'
import type { Authority, SigningKey } from '#certs/authority.ts'
import type { Clock } from '#shared/clock.ts'
import { type FollowedCopy, followOthers } from '#shared/store/follow-others.ts'
import type { Migration, Store } from '#shared/store/store.ts'
import type { FarmProperties, FarmPropertyStore } from '../farm/farm-properties.ts'
import {
  type CertificateRing,
  firstRing,
  nextChange,
  promote,
  published,
  ringAt,
  rollOver,
  type TokenCertificate,
} from './certificate-ring.ts'

// The token-signing and token-decrypting certificates of the farm. Owns which of them is used and which are published,
// by the clock (AutoCertificateRollover) and by an administrator; the keys are kept by the stack's authority.

export type CertificateKind = 'signing' | 'decrypting'

export interface PublishedCertificate extends TokenCertificate {
  readonly key: SigningKey
}

export interface TokenCertificates extends AsyncDisposable {
  /** The one in use. */
  primary(kind: CertificateKind): SigningKey
  /** The primary one first. */
  published(kind: CertificateKind): readonly PublishedCertificate[]
  rollOver(kind: CertificateKind, options: { readonly urgent: boolean }): Promise<void>
  promote(kind: CertificateKind): Promise<void>
  /** After a change of the settings, or a reset. */
  reload(): Promise<void>
}

export interface CertificateTables {
  token_certificate_ring: { kind: string; value: string }
}

export const certificateMigration: Migration = {
  name: 'token-certificates',
  async up({ schema }) {
    await schema
      .createTable('token_certificate_ring')
      .addColumn('kind', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
  },
}

interface CertificateParts {
  readonly authority: Pick<Authority, 'signingKeyFor'>
  readonly clock: Clock
  readonly properties: FarmPropertyStore
  readonly host: string
}

type Settings = FarmProperties['tokenCertificates']

const kinds: readonly CertificateKind[] = ['signing', 'decrypting']
const subjects = { signing: 'ADFS Signing', decrypting: 'ADFS Encryption' } as const

export async function openTokenCertificates<Schema extends CertificateTables>(
  store: Store<Schema>,
  parts: CertificateParts,
): Promise<TokenCertificates> {
  const certificates = new StoredCertificates(store as unknown as Store<CertificateTables>, parts)
  await certificates.read()
  return certificates
}

class StoredCertificates implements TokenCertificates {
  readonly #rings: ReturnType<typeof ringRows>
  readonly #parts: CertificateParts
  readonly #others: FollowedCopy
  readonly #current = new Map<CertificateKind, readonly PublishedCertificate[]>()
  #alarm: Disposable | undefined

  constructor(store: Store<CertificateTables>, parts: CertificateParts) {
    this.#rings = ringRows(store.db)
    this.#parts = parts
    this.#others = followOthers(store, 'token-certificates', () => this.read())
  }

  primary(kind: CertificateKind): SigningKey {
    return first(this.published(kind)).key
  }

  published(kind: CertificateKind): readonly PublishedCertificate[] {
    return this.#current.get(kind) ?? []
  }

  async rollOver(kind: CertificateKind, { urgent }: { readonly urgent: boolean }): Promise<void> {
    const { tokenCertificates: settings } = await this.#parts.properties.read()
    await this.#change(kind, (ring) => rollOver(ring, this.#parts.clock.now().getTime(), settings, urgent))
  }

  promote(kind: CertificateKind): Promise<void> {
    return this.#change(kind, promote)
  }

  async reload(): Promise<void> {
    await this.read()
    await this.#others.changed()
  }

  async read(): Promise<void> {
    this.#alarm?.[Symbol.dispose]()
    const { properties, clock } = this.#parts
    const { tokenCertificates: settings } = await properties.read()
    const changes = await Promise.all(kinds.map((kind) => this.#bringUpToDate(kind, settings)))
    const next = Math.min(...changes.map((each) => each ?? Number.POSITIVE_INFINITY))
    this.#alarm = Number.isFinite(next) ? clock.at(new Date(next), () => this.read()) : undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#alarm?.[Symbol.dispose]()
  }

  /** Gives when the next change is due. */
  async #bringUpToDate(kind: CertificateKind, settings: Settings): Promise<number | undefined> {
    const now = this.#parts.clock.now().getTime()
    const stored = await this.#rings.read(kind)
    const ring = ringAt(stored ?? firstRing(now, settings), settings, now)
    if (ring !== stored) await this.#rings.write(kind, ring)
    this.#current.set(kind, await Promise.all(published(ring).map((each) => withKey(kind, each, this.#parts))))
    return nextChange(ring, settings)
  }

  async #change(kind: CertificateKind, by: (ring: CertificateRing) => CertificateRing): Promise<void> {
    const ring = await this.#rings.read(kind)
    if (ring) await this.#rings.write(kind, by(ring))
    await this.reload()
  }
}

function first(certificates: readonly PublishedCertificate[]): PublishedCertificate {
  const [primary] = certificates
  if (!primary) throw new Error('MSIS7080: there is no primary certificate')
  return primary
}

async function withKey(
  kind: CertificateKind,
  certificate: TokenCertificate,
  { authority, host }: CertificateParts,
): Promise<PublishedCertificate> {
  const { generation } = certificate
  const request = { name: `adfs-token-${kind}`, subject: `CN=${subjects[kind]} - ${host}` }
  return { ...certificate, key: await authority.signingKeyFor({ ...request, ...(generation > 1 && { generation }) }) }
}

function ringRows(db: Kysely<CertificateTables>) {
  return {
    async read(kind: CertificateKind): Promise<CertificateRing | undefined> {
      const row = await db
        .selectFrom('token_certificate_ring')
        .select('value')
        .where('kind', '=', kind)
        .executeTakeFirst()
      return row && (JSON.parse(row.value) as CertificateRing)
    },
    async write(kind: CertificateKind, ring: CertificateRing): Promise<void> {
      const value = JSON.stringify(ring)
      await db
        .insertInto('token_certificate_ring')
        .values({ kind, value })
        .onConflict((conflict) => conflict.column('kind').doUpdateSet({ value }))
        .execute()
    },
  }
}
