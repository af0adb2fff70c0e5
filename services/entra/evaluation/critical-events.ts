import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import { createObjectTable, derivedFrom } from '../objects/object-table.ts'
import type { ObjectTables } from '../objects/object-tables.ts'

/*
 * Continuous access evaluation: what happens to an account after its access tokens left, and whether a resource may
 * still take one. Owns the list of such events and the judgement on a token; ending sessions and refresh tokens is
 * token/'s, and each resource writes its own 401.
 * URLs: GET /critical-events, POST /users/:upn/critical-events (management); POST /evaluation/{tenantId} for resources.
 */

/** "Continuous access evaluation", critical event evaluation. */
export const criticalEventKinds = [
  'accountDisabled',
  'accountDeleted',
  'passwordChanged',
  'sessionsRevoked',
  'riskDetected',
  'networkMoved',
] as const

export type CriticalEventKind = (typeof criticalEventKinds)[number]

export interface CriticalEvent {
  readonly id: string
  readonly objectId: string
  readonly kind: CriticalEventKind
  /** Epoch milliseconds. */
  readonly at: number
}

export interface CriticalEvents {
  record(objectId: string, kind: CriticalEventKind): Promise<CriticalEvent>
  /** Newest first. */
  list(): readonly CriticalEvent[]
  /** Epoch seconds from which on tokens of this account count; 0 when nothing happened. */
  notBefore(objectId: string): number
  load(): Promise<void>
}

export interface CriticalEventParts<Schema extends ObjectTables> {
  readonly store: Store<Schema>
  readonly clock: Clock
  readonly random: Random
}

export function createCriticalEvents<Schema extends ObjectTables>(parts: CriticalEventParts<Schema>): CriticalEvents {
  const table = createObjectTable<CriticalEvent, Schema>(parts.store, 'criticalEvent')
  const latest = derivedFrom([table], () => latestByAccount(table.all()))
  return {
    record: async (objectId, kind) =>
      table.insert({ id: parts.random.uuid(), objectId, kind, at: parts.clock.now().getTime() }),
    list: () => [...table.all()].reverse(),
    notBefore: (objectId) => latest().get(objectId) ?? 0,
    load: table.load,
  }
}

/** The second after the event: what was issued in its own second may be older. Events of one second count on. */
function latestByAccount(events: readonly CriticalEvent[]): ReadonlyMap<string, number> {
  const latest = new Map<string, number>()
  for (const { objectId, at } of events) {
    latest.set(objectId, Math.max(latest.get(objectId) ?? 0, Math.floor(at / 1000)) + 1)
  }
  return latest
}
