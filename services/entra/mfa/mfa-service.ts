import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import type { Person } from '../people/people.ts'
import { type AuthMethodId, createMethodRegistry, type RegisteredMethod } from './methods.ts'
import {
  allowedTries,
  approveSession,
  countWrongTry,
  findSession,
  forgetOldSessions,
  type MfaSession,
  redeemSession,
  standingOf,
} from './mfa-sessions.ts'
import type { MfaTables } from './mfa-tables.ts'
import { sendTextMessage } from './text-messages.ts'
import { stepAt, stepOfCode } from './verification-code.ts'

/*
 * The second factor: registered methods, sessions, codes, and the phone that answers.
 * Owns when a code or an approval counts and that it counts once; not who must be asked (conditional-access/).
 * URLs: StrongAuthenticationService.svc/Connector for AD FS; /mfa/{upn} on the management port for the phone.
 * Entra ID's own pages (/common/SAS/*) call it in sign-in/.
 */

/** Who may ask about a session: the party that began it and, where it says so, for that user only. */
export interface MfaOwner {
  /** Such as `entra` for its own pages, `adfs` for the connector. */
  readonly caller: string
  readonly objectId?: string | undefined
}

export interface MfaStart {
  readonly person: Pick<Person, 'objectId' | 'userPrincipalName'>
  readonly authMethodId: AuthMethodId
  /** The name of the application, as the notification shows it. */
  readonly application: string
  /** The address the person signs in from. */
  readonly address: string
  readonly caller: string
}

export type MfaBeginning =
  | {
      readonly result: 'Success'
      readonly sessionId: string
      /** The number to show for a push; 0 without number matching and for codes. */
      readonly entropy: number
      readonly expiresAt: Date
    }
  | { readonly result: 'NoSuchMethod' }

export type MfaResult =
  | 'Success'
  | 'Pending'
  | 'Denied'
  | 'TimedOut'
  | 'WrongCode'
  | 'CodeAlreadyUsed'
  | 'TooManyAttempts'
  | 'NoSuchSession'

/** The second factor. A session belongs to the user and the caller that began it; its success is redeemed once. */
export interface MfaService {
  methodsOf(objectId: string): Promise<readonly RegisteredMethod[]>
  begin(start: MfaStart): Promise<MfaBeginning>
  /** Tries a code; for a push, tells how it stands. Success here does not use the session up. */
  verify(sessionId: string, owner: MfaOwner, code?: string): Promise<MfaResult>
  /** How a session stands, without trying anything. */
  state(sessionId: string, owner: MfaOwner): Promise<MfaResult>
  /** True once for a session that succeeded: the moment to mark the sign-in as multifactor. */
  redeem(sessionId: string, owner: MfaOwner): Promise<boolean>
}

export interface MfaParts<Schema extends MfaTables> {
  readonly store: Store<Schema>
  readonly scenario: Scenario
  readonly clock: Clock
  readonly random: Random
}

export function createMfaService<Schema extends MfaTables>(parts: MfaParts<Schema>): MfaService {
  const { store, clock } = parts
  const db = store.db as unknown as Kysely<MfaTables>
  const registry = createMethodRegistry(store)
  return {
    methodsOf: (objectId) => registry.methodsOf(objectId),
    async begin(start) {
      const methods = await registry.methodsOf(start.person.objectId)
      const method = methods.find((each) => each.authMethodId === start.authMethodId)
      if (!method) return { result: 'NoSuchMethod' }
      return beginSession(db, parts, start, method)
    },
    verify: async (sessionId, owner, code) => {
      const secrets = await registry.methodsOf((await findSession(db, sessionId, owner))?.object_id ?? '')
      return store.transaction(async () => {
        const session = await findSession(db, sessionId, owner)
        const standing = standingOf(session, clock.now())
        if (!session || session.type === 'push' || code === undefined) return standing
        if (standing === 'Success') return 'CodeAlreadyUsed'
        if (standing !== 'Pending') return standing
        const method = secrets.find((each) => each.id === session.method_id)
        return tryCode(db, session, { code: code.replaceAll(/\s/g, ''), secret: method?.secret, now: clock.now() })
      })
    },
    state: async (sessionId, owner) => standingOf(await findSession(db, sessionId, owner), clock.now()),
    redeem: (sessionId, owner) => redeemSession(db, sessionId, owner, clock.now()),
  }
}

/** Seconds until an unanswered session is over. */
const lifetimes = { push: 60, sms: 180, totp: 600 } as const

async function beginSession<Schema extends MfaTables>(
  db: Kysely<MfaTables>,
  { clock, random, scenario }: MfaParts<Schema>,
  start: MfaStart,
  method: RegisteredMethod,
): Promise<MfaBeginning> {
  const now = clock.now()
  const expiresAt = new Date(now.getTime() + lifetimes[method.type] * 1000)
  const expected = secretToMatch(method, random)
  const sessionId = random.uuid()
  await forgetOldSessions(db, now)
  await db
    .insertInto('mfa_session')
    .values({
      id: sessionId,
      object_id: start.person.objectId,
      caller: start.caller,
      method_id: method.id,
      type: method.type,
      application: start.application,
      address: start.address,
      expected,
      state: 'pending',
      wrong_tries: 0,
      created_at: now.getTime(),
      expires_at: expiresAt.getTime(),
    })
    .execute()
  if (method.type === 'sms' && expected !== null) {
    const sender = scenario.tenant.displayName
    await sendTextMessage(db, { id: random.uuid(), person: start.person, method, code: expected, sender, now })
  }
  return { result: 'Success', sessionId, entropy: method.type === 'push' ? Number(expected ?? 0) : 0, expiresAt }
}

/** Two digits to match on the phone, six digits to type in, or nothing. */
function secretToMatch(method: RegisteredMethod, random: Random): string | null {
  if (method.type === 'sms') return String(random.integer(0, 1_000_000)).padStart(6, '0')
  return method.type === 'push' && method.numberMatching ? String(random.integer(10, 100)) : null
}

interface TriedCode {
  readonly code: string
  readonly secret: string | undefined
  readonly now: Date
}

async function tryCode(db: Kysely<MfaTables>, session: MfaSession, tried: TriedCode): Promise<MfaResult> {
  const result = session.type === 'sms' ? matchText(session, tried) : await matchStep(db, session, tried)
  if (result === 'Success') await approveSession(db, session.id, tried.now)
  else if ((await countWrongTry(db, session.id)) >= allowedTries) return 'TooManyAttempts'
  return result
}

function matchText(session: MfaSession, { code }: TriedCode): MfaResult {
  return code === session.expected ? 'Success' : 'WrongCode'
}

/** A code may be used once, by whichever service asks first (RFC 6238 §5.2). */
async function matchStep(db: Kysely<MfaTables>, session: MfaSession, tried: TriedCode): Promise<MfaResult> {
  const step = tried.secret === undefined ? undefined : await stepOfCode(tried.secret, tried.code, tried.now)
  if (step === undefined) return 'WrongCode'
  const claimed = await db
    .insertInto('mfa_used_step')
    .values({ method_id: session.method_id, step })
    .onConflict((conflict) => conflict.columns(['method_id', 'step']).doNothing())
    .returning('step')
    .execute()
  await db
    .deleteFrom('mfa_used_step')
    .where('method_id', '=', session.method_id)
    .where('step', '<', stepAt(tried.now) - 10)
    .execute()
  return claimed.length === 1 ? 'Success' : 'CodeAlreadyUsed'
}
