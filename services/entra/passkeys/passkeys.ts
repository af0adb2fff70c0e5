import type { AuthenticatorTransport, WebAuthnCredential } from '@simplewebauthn/server'
import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { Store } from '#shared/store/store.ts'
import type { MethodRegistry } from '../mfa/methods.ts'
import type { MfaTables } from '../mfa/mfa-tables.ts'
import {
  type Assertion,
  type Attestation,
  answeredChallenge,
  challengeBytes,
  relyingParty,
  userHandleOf,
} from './ceremony.ts'
import type { PasskeyTables } from './passkey-tables.ts'

/*
 * Passkeys (FIDO2): what is kept of them, and both ceremonies of WebAuthn, checked by a library.
 * Owns challenges, which answer one ceremony of one sign-in, and signature counters; not the pages (fido-pages.ts).
 * URLs: https://login.microsoft.com/common/fido/get and …/fido/create; the answers go to the sign-in's own forms.
 */

export interface Passkey {
  /** The id of the method. */
  readonly id: string
  readonly objectId: string
  readonly displayName: string
  readonly credentialId: string
  readonly aaguid: string
  readonly transports: readonly AuthenticatorTransport[]
  readonly createdAt: Date | undefined
  /** Of signatures, as the last one said. */
  readonly counter: number
  readonly lastUsedAt: Date | undefined
}

export type AssertionOutcome =
  | { readonly outcome: 'verified'; readonly passkey: Passkey }
  | { readonly outcome: 'unknownKey' | 'refused'; readonly reason: string }

export type AttestationOutcome =
  | { readonly outcome: 'registered'; readonly passkey: Passkey }
  | { readonly outcome: 'refused'; readonly reason: string }

/** One ceremony of one sign-in conversation. */
export interface Ceremony {
  readonly kind: 'get' | 'create'
  readonly conversationId: string
}

export interface PasskeyOwner {
  readonly objectId: string
  readonly displayName: string
}

export interface Passkeys {
  of(objectId: string): Promise<readonly Passkey[]>
  /** Text that an authenticator is to sign, once, within ten minutes. */
  challenge(ceremony: Ceremony): Promise<string>
  /** `expected` is whoever named herself before; else the key names its owner. */
  verify(assertion: Assertion, ceremony: Ceremony, expected: string | undefined): Promise<AssertionOutcome>
  register(attestation: Attestation, ceremony: Ceremony, owner: PasskeyOwner): Promise<AttestationOutcome>
  rename(objectId: string, id: string, displayName: string): Promise<void>
  /** False when this person has no such passkey. */
  remove(objectId: string, id: string): Promise<boolean>
}

export interface PasskeyParts<Schema extends PasskeyTables & MfaTables> {
  readonly store: Store<Schema>
  readonly registry: MethodRegistry
  readonly singleUse: SingleUseStore
  readonly clock: Clock
  readonly random: Random
}

type Db = Kysely<PasskeyTables & MfaTables>

const challengeKind = 'passkeyChallenge'
const challengeMilliseconds = 10 * 60_000
/** "Register a passkey (FIDO2)": as many as a person may have. */
export const allowedPasskeys = 10

export function createPasskeys<Schema extends PasskeyTables & MfaTables>(parts: PasskeyParts<Schema>): Passkeys {
  const { store, registry, singleUse, clock, random } = parts
  const db = store.db as unknown as Db
  const isAnswered = async (clientDataJSON: string, ceremony: Ceremony) => {
    const challenge = answeredChallenge(clientDataJSON)
    if (challenge === undefined) return undefined
    // Taken before anything is checked: what failed once cannot be brought again.
    const asked = await singleUse.take<Ceremony>(challengeKind, challenge, clock.now())
    const same = asked?.kind === ceremony.kind && asked.conversationId === ceremony.conversationId
    return same ? challenge : undefined
  }
  return {
    of: async (objectId) => (await rows(db).where('mfa_method.object_id', '=', objectId).execute()).map(toPasskey),
    async challenge(ceremony) {
      const challenge = `O.${random.token(48)}`
      await singleUse.put(challengeKind, challenge, ceremony, new Date(clock.now().getTime() + challengeMilliseconds))
      return challenge
    },
    async verify(assertion, ceremony, expected) {
      const challenge = await isAnswered(assertion.clientDataJSON, ceremony)
      if (challenge === undefined)
        return refused('the challenge is not of this sign-in, was answered before, or is old')
      const row = await rows(db).where('credential_id', '=', assertion.id).executeTakeFirst()
      if (!row) return { outcome: 'unknownKey', reason: 'no account has a passkey with this credential id' }
      const stranger = strangerReason(assertion, row.object_id, expected)
      if (stranger !== undefined) return refused(stranger)
      return verified(db, { row, assertion, challenge, now: clock.now() })
    },
    async register(attestation, ceremony, owner) {
      const challenge = await isAnswered(attestation.clientDataJSON, ceremony)
      if (challenge === undefined)
        return refused('the challenge is not of this sign-in, was answered before, or is old')
      const created = await verifiedAttestation(attestation, challenge)
      if ('reason' in created) return refused(created.reason)
      return store.transaction(() => keep(db, registry, owner, created))
    },
    async rename(objectId, id, displayName) {
      const mine = db.updateTable('mfa_method').where('id', '=', id).where('object_id', '=', objectId)
      await mine.set({ device_name: displayName }).execute()
    },
    remove: (objectId, id) =>
      store.transaction(async () => {
        const removed = await registry.remove(objectId, id)
        if (removed) await db.deleteFrom('passkey').where('id', '=', id).execute()
        return removed
      }),
  }
}

function refused(reason: string) {
  return { outcome: 'refused', reason } as const
}

function strangerReason(assertion: Assertion, owner: string, expected: string | undefined): string | undefined {
  if (expected !== undefined && expected !== owner) return "the passkey is somebody else's"
  const { userHandle } = assertion
  // WebAuthn §7.2: without a name typed before, the authenticator must name the account.
  if (!userHandle) return expected === undefined ? 'nobody was named, and the answer has no userHandle' : undefined
  return userHandle === userHandleOf(owner) ? undefined : 'the userHandle names another account'
}

interface Answer {
  readonly row: PasskeyRow
  readonly assertion: Assertion
  readonly challenge: string
  readonly now: Date
}

async function verified(db: Db, { row, assertion, challenge, now }: Answer): Promise<AssertionOutcome> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const { id, userHandle, ...response } = assertion
  const credential = { id, publicKey: Buffer.from(row.public_key, 'base64url'), counter: Number(row.counter) }
  try {
    const { verified: holds, authenticationInfo } = await verifyAuthenticationResponse({
      response: { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} },
      expectedChallenge: challengeBytes(challenge),
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.id,
      requireUserVerification: true,
      credential,
    })
    if (!holds) return refused('the signature does not verify with the key of this passkey')
    const advanced = await advanceCounter(db, row, authenticationInfo.newCounter, now)
    return advanced ? { outcome: 'verified', passkey: toPasskey(row) } : refused('the counter moved meanwhile')
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
}

/** Of two answers with the same count one is a copy. Authenticators without a counter leave it at 0. */
async function advanceCounter(db: Db, row: PasskeyRow, counter: number, now: Date): Promise<boolean> {
  const moved = await db
    .updateTable('passkey')
    .set({ counter, last_used_at: now.getTime() })
    .where('id', '=', row.id)
    .where('counter', '=', row.counter)
    .returning('id')
    .execute()
  return moved.length === 1
}

interface Created {
  readonly credential: WebAuthnCredential
  readonly aaguid: string
  readonly backedUp: boolean
}

async function verifiedAttestation(
  attestation: Attestation,
  challenge: string,
): Promise<Created | { readonly reason: string }> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const { id, transports, ...response } = attestation
  try {
    const { verified: holds, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { ...response, transports: [...transports] },
        clientExtensionResults: {},
      },
      expectedChallenge: challengeBytes(challenge),
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.id,
      requireUserVerification: true,
    })
    if (!holds) return { reason: 'the attestation does not verify' }
    const { credential, aaguid, credentialBackedUp } = registrationInfo
    return { credential, aaguid, backedUp: credentialBackedUp }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

async function keep(
  db: Db,
  registry: MethodRegistry,
  owner: PasskeyOwner,
  { credential, aaguid, backedUp }: Created,
): Promise<AttestationOutcome> {
  const mine = await rows(db).where('mfa_method.object_id', '=', owner.objectId).execute()
  if (mine.length >= allowedPasskeys) return refused(`${allowedPasskeys} passkeys are registered already`)
  const known = await rows(db).where('credential_id', '=', credential.id).executeTakeFirst()
  if (known) return refused('this passkey is registered already')
  // Its method was removed elsewhere.
  await db.deleteFrom('passkey').where('credential_id', '=', credential.id).execute()
  const method = await registry.add(owner.objectId, { type: 'fido2', deviceName: owner.displayName })
  await db
    .insertInto('passkey')
    .values({
      id: method.id,
      credential_id: credential.id,
      public_key: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      aaguid,
      transports: JSON.stringify(credential.transports ?? []),
      is_backed_up: Number(backedUp),
      last_used_at: null,
    })
    .execute()
  const row = await rows(db).where('passkey.id', '=', method.id).executeTakeFirstOrThrow()
  return { outcome: 'registered', passkey: toPasskey(row) }
}

function rows(db: Db) {
  return db
    .selectFrom('passkey')
    .innerJoin('mfa_method', 'mfa_method.id', 'passkey.id')
    .selectAll('passkey')
    .select(['mfa_method.object_id', 'mfa_method.device_name', 'mfa_method.created_at'])
    .orderBy('mfa_method.position')
}

type PasskeyRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

function toPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.id,
    objectId: row.object_id,
    displayName: row.device_name ?? '',
    credentialId: row.credential_id,
    aaguid: row.aaguid,
    transports: JSON.parse(row.transports) as AuthenticatorTransport[],
    createdAt: row.created_at === null ? undefined : new Date(Number(row.created_at)),
    counter: Number(row.counter),
    lastUsedAt: row.last_used_at === null ? undefined : new Date(Number(row.last_used_at)),
  }
}
