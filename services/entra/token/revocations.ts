import type { Kysely } from 'kysely'
import { EntraError } from '../errors.ts'
import type { Authentication } from '../sign-in/browser-session.ts'
import type { RevocationTables } from './revocation-tables.ts'

/*
 * What ends sign-ins before their time: revoked sessions of an account, one revoked session, a changed password.
 * Counted rather than timed, so that a sign-in of the same instant, under a frozen clock, is told apart.
 * Disabled and deleted accounts are not in here: whoever issues tokens asks the directory each time.
 */

/** The counts at the moment of a sign-in; kept with it. */
export interface ValidityStamp {
  readonly sessions: number
  readonly passwords: number
}

export interface Revocations {
  /** To be kept with a sign-in that happens now. */
  stamp(objectId: string): Promise<ValidityStamp>
  /** Ends every sign-in of the account. */
  revokeSessionsOf(objectId: string, now: Date): Promise<void>
  /** Ends one session and the refresh tokens that came of it. */
  revokeSession(sid: string, now: Date): Promise<void>
  /** Ends sign-ins by password ("Refresh tokens: token revocation"); joins the transaction that writes it. */
  passwordChanged(objectId: string, now: Date): Promise<void>
  /** @throws EntraError 50173 when the sign-in that this comes of was revoked. */
  check(signIn: RevocableSignIn): Promise<void>
  isRevoked(signIn: RevocableSignIn): Promise<boolean>
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

export function createRevocations<Schema extends RevocationTables>(schemaDb: Kysely<Schema>): Revocations {
  const db = schemaDb as unknown as Kysely<RevocationTables>
  const rowsOf = (subjects: readonly string[]) =>
    db.selectFrom('revocation').selectAll().where('subject', 'in', subjects).execute()
  const revocationOf = async (signIn: RevocableSignIn) =>
    (await rowsOf([signIn.objectId, signIn.sid])).find((row) => isRevokedBy(row, signIn))
  return {
    async stamp(objectId) {
      const [row] = await rowsOf([objectId])
      return { sessions: row?.sessions ?? 0, passwords: row?.passwords ?? 0 }
    },
    revokeSessionsOf: (objectId, now) => count(db, objectId, { sessions: 1, passwords: 0 }, now),
    revokeSession: (sid, now) => count(db, sid, { sessions: 1, passwords: 0 }, now),
    passwordChanged: (objectId, now) => count(db, objectId, { sessions: 0, passwords: 1 }, now),
    isRevoked: async (signIn) => (await revocationOf(signIn)) !== undefined,
    async check(signIn) {
      const row = await revocationOf(signIn)
      if (!row) return
      const validFrom = new Date(row.valid_from).toISOString()
      const values = { issuedAt: new Date(signIn.issuedAt).toISOString(), validFrom }
      const what = row.subject === signIn.sid ? 'the session' : 'sessions of the account, or its password,'
      throw new EntraError('revokedGrant', { values, reason: `${what} were revoked at ${validFrom}` })
    },
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

async function count(db: Kysely<RevocationTables>, subject: string, more: ValidityStamp, now: Date): Promise<void> {
  await db
    .insertInto('revocation')
    .values({ subject, ...more, valid_from: now.getTime() })
    .onConflict((conflict) =>
      conflict.column('subject').doUpdateSet((row) => ({
        sessions: row('revocation.sessions', '+', more.sessions),
        passwords: row('revocation.passwords', '+', more.passwords),
        valid_from: now.getTime(),
      })),
    )
    .execute()
}
