import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Store } from '#shared/store/store.ts'
import type { Person } from '../people/people.ts'
import { tryCode } from './code-check.ts'
import { type AuthMethodId, createMethodRegistry, type MethodRegistry, type RegisteredMethod } from './methods.ts'
import { findSession, forgetOldSessions, redeemSession, standingOf, wrongTriesSince } from './mfa-sessions.ts'
import type { MfaTables } from './mfa-tables.ts'
import { answerOfPhone, behaviourOf } from './phone-behaviour.ts'
import { createTemporaryAccessPasses, type TemporaryAccessPasses } from './temporary-access-pass.ts'
import { sendTextMessage } from './text-messages.ts'

/*
 * The second factor: registered methods, sessions, codes, and the phone that answers.
 * Owns when a code or an approval counts and that it counts once; not who must be asked (conditional-access/).
 * Passkeys are a ceremony of their own (passkeys/).
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
  /** A method that is about to be registered, to be tried before it counts. */
  readonly draft?: RegisteredMethod | undefined
}

export type MfaBeginning =
  | {
      readonly result: 'Success'
      readonly sessionId: string
      /** The number to show for a push; 0 without number matching and for codes. */
      readonly entropy: number
      readonly expiresAt: Date
    }
  | { readonly result: 'NoSuchMethod' | 'TooManyAttempts' }

export type MfaResult =
  | 'Success'
  | 'Pending'
  | 'Denied'
  | 'FraudReported'
  | 'TimedOut'
  | 'WrongCode'
  | 'CodeAlreadyUsed'
  | 'TooManyAttempts'
  | 'NoSuchSession'

/** The second factor. A session belongs to the user and the caller that began it; its success is redeemed once. */
export interface MfaService {
  /** What somebody can use, the default first: the registered methods, and a usable Temporary Access Pass. */
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
  /** What a fault of the lab does to what is on its way to a phone. */
  readonly strikeFault?: DeploymentContext['strikeFault']
}

export function createMfaService<Schema extends MfaTables>(parts: MfaParts<Schema>): MfaService {
  const { store, clock } = parts
  const db = store.db as unknown as Kysely<MfaTables>
  const registry = createMethodRegistry(parts)
  const passes = createTemporaryAccessPasses(parts)
  return {
    methodsOf: (objectId) => usableMethods(registry, passes, objectId),
    async begin(start) {
      const methods = start.draft ? [] : await usableMethods(registry, passes, start.person.objectId)
      const method = start.draft ?? methods.find((each) => each.authMethodId === start.authMethodId)
      if (!method || method.type === 'fido2') return { result: 'NoSuchMethod' }
      const since = new Date(clock.now().getTime() - countedMilliseconds)
      if ((await wrongTriesSince(db, start.person.objectId, since)) >= allowedInAll)
        return { result: 'TooManyAttempts' }
      return beginSession(db, parts, start, { ...method, type: method.type })
    },
    verify: async (sessionId, owner, code) => {
      const now = clock.now()
      const person = (await findSession(db, sessionId, owner, now))?.object_id ?? ''
      const apps = (await registry.methodsOf(person)).filter(({ type }) => type === 'totp')
      const secrets = apps.map(({ id, secret = '' }) => ({ methodId: id, secret }))
      return store.transaction(async () => {
        const session = await findSession(db, sessionId, owner, now)
        const standing = standingOf(session, now)
        if (!session || code === undefined || session.type === 'push' || session.type === 'voice') return standing
        if (standing === 'Success') return 'CodeAlreadyUsed'
        if (standing !== 'Pending') return standing
        return tryCode(db, session, { code: code.replaceAll(/\s/g, ''), secrets, passes, now })
      })
    },
    state: async (sessionId, owner) => standingOf(await findSession(db, sessionId, owner, clock.now()), clock.now()),
    redeem: (sessionId, owner) => redeemSession(db, sessionId, owner, clock.now()),
  }
}

async function usableMethods(
  registry: MethodRegistry,
  passes: TemporaryAccessPasses,
  objectId: string,
): Promise<readonly RegisteredMethod[]> {
  const [registered, pass] = await Promise.all([registry.methodsOf(objectId), passes.of(objectId)])
  if (!pass?.isUsable) return registered
  const display = 'Temporary Access Pass'
  const method = { id: pass.id, type: 'accessPass', authMethodId: 'AccessPass', display, isDefault: false } as const
  return [...registered, method]
}

/** Seconds until an unanswered session is over. */
const lifetimes = { push: 60, voice: 60, sms: 180, totp: 600, accessPass: 600 } as const

/** Whoever begins again and again has no more tries than this in that time. */
const allowedInAll = 20
const countedMilliseconds = 10 * 60_000

type SessionMethod = RegisteredMethod & { readonly type: keyof typeof lifetimes }

async function beginSession<Schema extends MfaTables>(
  db: Kysely<MfaTables>,
  { clock, random, scenario, strikeFault }: MfaParts<Schema>,
  start: MfaStart,
  method: SessionMethod,
): Promise<MfaBeginning> {
  const now = clock.now()
  const expiresAt = new Date(now.getTime() + lifetimes[method.type] * 1000)
  const expected = secretToMatch(method, random)
  const sessionId = random.uuid()
  const behaviour = await behaviourOf(db, start.person.objectId)
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
      phone_number: method.phoneNumber ?? null,
      state: 'pending',
      wrong_tries: 0,
      created_at: now.getTime(),
      expires_at: expiresAt.getTime(),
      ...answerOfPhone(behaviour, method.type, now),
      ...(isLost(strikeFault, start, method) && { answer: 'lost' as const, answer_at: null }),
    })
    .execute()
  if (method.type === 'sms' && expected !== null && behaviour.sms !== 'ignore') {
    const sender = scenario.tenant.displayName
    const late = strikeFault?.({ method: 'SMS', user: start.person.userPrincipalName })?.delayMs ?? 0
    const arrives = new Date(now.getTime() + late)
    await sendTextMessage(db, { id: random.uuid(), person: start.person, method, code: expected, sender, now, arrives })
  }
  return { result: 'Success', sessionId, entropy: method.type === 'push' ? Number(expected ?? 0) : 0, expiresAt }
}

/** A notification that never reaches the phone. */
function isLost(strike: MfaParts<MfaTables>['strikeFault'], { person }: MfaStart, { type }: SessionMethod): boolean {
  return type === 'push' && strike?.({ method: 'PUSH', user: person.userPrincipalName }) !== undefined
}

/** Two digits to match on the phone, six digits to type in, or nothing. */
function secretToMatch(method: SessionMethod, random: Random): string | null {
  if (method.type === 'sms') return String(random.integer(0, 1_000_000)).padStart(6, '0')
  return method.type === 'push' && method.numberMatching ? String(random.integer(10, 100)) : null
}
