import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import { EntraError } from '../errors.ts'
import type { Authentication } from '../sign-in/browser-session.ts'
import { type CriticalEvent, type CriticalEventKind, endedBy } from './critical-events.ts'
import type { RevocationTables } from './revocation-tables.ts'

/*
 * The one record of what ends sign-ins and tokens before their time; the judgement on an access token is
 * access-evaluation.ts. Counted rather than timed, so that a sign-in or a token of the same instant, under a frozen
 * clock, is told apart from an event. Each resource writes its own 401; token/ and sign-in/ refuse what is ended here.
 * URLs: rows of the management port, and POST /evaluation/{tenantId} for resources (routes.ts).
 */

/** The counts at the moment of a sign-in; kept with it. */
export interface ValidityStamp {
  readonly sessions: number
  readonly passwords: number
}

/** How an account, and the session of a token, stand now. */
export interface Standing extends ValidityStamp {
  readonly events: number
  /** Epoch milliseconds: [Graph] signInSessionsValidFromDateTime; 0 when nothing was ever revoked. */
  readonly validFrom: number
  /** Epoch milliseconds of the latest event; 0 for none. */
  readonly eventAt: number
  readonly sessionRevoked: boolean
}

export interface Revocations {
  /** To be kept with a sign-in that happens now. */
  stamp(objectId: string): Promise<ValidityStamp>
  standing(objectId: string, sid?: string): Promise<Standing>
  /** Writes down what happened to an account now; joins the transaction that does it. */
  record(objectId: string, kind: CriticalEventKind): Promise<CriticalEvent>
  /** Ends one session and the tokens that came of it. */
  revokeSession(sid: string): Promise<void>
  /** @throws EntraError 50173 when the sign-in that this comes of was revoked. */
  check(signIn: RevocableSignIn): Promise<void>
  isRevoked(signIn: RevocableSignIn): Promise<boolean>
  /** The latest events, newest first. */
  events(): Promise<readonly CriticalEvent[]>
}

export interface RevocableSignIn {
  readonly objectId: string
  readonly sid: string
  readonly authentication: Authentication
  /** Epoch milliseconds of the grant, for the message. */
  readonly issuedAt: number
  /** A confidential client's tokens outlive a change of password. */
  readonly confidential: boolean
}

type Row = RevocationTables['revocation']

const eventsShown = 1000

export function createRevocations<Schema extends RevocationTables>(parts: {
  readonly store: Store<Schema>
  readonly clock: Clock
}): Revocations {
  const db = parts.store.db as unknown as Kysely<RevocationTables>
  const now = () => parts.clock.now().getTime()
  const select = prepared(db, ({ subject, other }: { readonly subject: string; readonly other: string }) =>
    db.selectFrom('revocation').selectAll().where('subject', 'in', [subject, other]),
  )
  const rowsOf = async ([subject = '', other = subject]: readonly string[]) => (await select({ subject, other })).rows
  const revocationOf = async (signIn: RevocableSignIn) =>
    (await rowsOf([signIn.objectId, signIn.sid])).find((row) => isRevokedBy(row, signIn))
  return {
    async stamp(objectId) {
      const [row] = await rowsOf([objectId])
      return { sessions: row?.sessions ?? 0, passwords: row?.passwords ?? 0 }
    },
    standing: async (objectId, sid = '') => standingOf(await rowsOf([objectId, sid]), objectId, sid),
    async record(objectId, kind) {
      const event = { objectId, kind, at: now() }
      await parts.store.transaction(async () => {
        await db.insertInto('critical_event').values({ object_id: objectId, kind, at: event.at }).execute()
        await count(db, objectId, { ...endedBy(kind), at: event.at })
      })
      return event
    },
    revokeSession: (sid) => count(db, sid, { sessions: 1, passwords: 0, at: now() }),
    isRevoked: async (signIn) => (await revocationOf(signIn)) !== undefined,
    async check(signIn) {
      const row = await revocationOf(signIn)
      if (row) throw revoked(row, signIn)
    },
    async events() {
      const rows = await db
        .selectFrom('critical_event')
        .selectAll()
        .orderBy('position', 'desc')
        .limit(eventsShown)
        .execute()
      return rows.map(({ object_id, kind, at }) => ({
        objectId: object_id,
        kind: kind as CriticalEventKind,
        at: Number(at),
      }))
    },
  }
}

function standingOf(rows: readonly Row[], objectId: string, sid: string): Standing {
  const account = rows.find(({ subject }) => subject === objectId)
  const session = rows.find(({ subject }) => subject === sid)
  return {
    sessions: account?.sessions ?? 0,
    passwords: account?.passwords ?? 0,
    events: account?.events ?? 0,
    validFrom: Number(account?.valid_from ?? 0),
    eventAt: Math.max(Number(account?.event_at ?? 0), Number(session?.event_at ?? 0)),
    sessionRevoked: session !== undefined,
  }
}

function isRevokedBy(row: Row, { sid, authentication, confidential }: RevocableSignIn): boolean {
  if (row.subject === sid) return row.sessions > 0
  const { sessions, passwords } = authentication.validity ?? { sessions: 0, passwords: 0 }
  if (row.sessions > sessions) return true
  // Of a federated password Entra ID knows nothing: its federation service decides at the next sign-in.
  const byPassword = authentication.amr.includes('pwd') && !authentication.federated
  return byPassword && !confidential && row.passwords > passwords
}

function revoked(row: Row, { sid, issuedAt }: RevocableSignIn): EntraError {
  const validFrom = new Date(Number(row.valid_from)).toISOString()
  const values = { issuedAt: new Date(issuedAt).toISOString(), validFrom }
  const what = row.subject === sid ? 'the session' : 'sessions of the account, or its password,'
  return new EntraError('revokedGrant', { values, reason: `${what} were revoked at ${validFrom}` })
}

interface Ended extends ValidityStamp {
  /** Epoch milliseconds. */
  readonly at: number
}

async function count(db: Kysely<RevocationTables>, subject: string, { at, ...more }: Ended): Promise<void> {
  const endsSignIns = more.sessions + more.passwords > 0
  await db
    .insertInto('revocation')
    .values({ subject, ...more, events: 1, valid_from: endsSignIns ? at : 0, event_at: at })
    .onConflict((conflict) =>
      conflict.column('subject').doUpdateSet((row) => ({
        sessions: row('revocation.sessions', '+', more.sessions),
        passwords: row('revocation.passwords', '+', more.passwords),
        events: row('revocation.events', '+', 1),
        ...(endsSignIns && { valid_from: at }),
        event_at: at,
      })),
    )
    .execute()
}
