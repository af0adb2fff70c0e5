import { describe } from 'vitest'
import { killConformance, restartConformance } from './conformance/durability.ts'
import type { EngineUnderTest } from './conformance/library.ts'
import { laterMigrationsConformance, migrationsConformance } from './conformance/migrations.ts'
import { committedNoticesConformance, noticesConformance } from './conformance/notices.ts'
import {
  expiringConformance,
  leasesConformance,
  singleUseConformance,
  singleUseExpiryConformance,
} from './conformance/nouns.ts'
import { reseedConformance, resetConformance, resetUnderLoadConformance } from './conformance/reset.ts'
import { constraintsConformance, rowsConformance } from './conformance/rows.ts'
import {
  afterSnapshotConformance,
  beginConformance,
  copyingConformance,
  snapshotConformance,
} from './conformance/snapshots.ts'
import {
  abandonedWorkConformance,
  nestedTransactionsConformance,
  serialTransactionsConformance,
  transactionsConformance,
} from './conformance/transactions.ts'

const always = {
  rows: rowsConformance,
  'constraints and columns': constraintsConformance,
  transactions: transactionsConformance,
  'concurrent transactions': serialTransactionsConformance,
  'nested transactions': nestedTransactionsConformance,
  'abandoned work': abandonedWorkConformance,
  reset: resetConformance,
  'reset under load': resetUnderLoadConformance,
  reseed: reseedConformance,
  snapshots: snapshotConformance,
  'after a snapshot': afterSnapshotConformance,
  copying: copyingConformance,
  'beginning with a snapshot': beginConformance,
  migrations: migrationsConformance,
  'single-use values': singleUseConformance,
  'expired single-use values': singleUseExpiryConformance,
  'expiring entries': expiringConformance,
  leases: leasesConformance,
  notices: noticesConformance,
  'notices of transactions': committedNoticesConformance,
} as const

const whenDurable = {
  'later migrations': laterMigrationsConformance,
  restart: restartConformance,
  'kill -9': killConformance,
} as const

/** What protocol code relies on, whatever the engine. Call it in a test file of the engine. */
export function storeConformance(engine: EngineUnderTest): void {
  const topics = { ...always, ...(engine.durable && whenDurable) }
  describe(`store on ${engine.name}`, () => {
    for (const [topic, conformance] of Object.entries(topics)) {
      describe(topic, () => conformance(engine))
    }
  })
}
