import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import type { MfaTables } from '../mfa/mfa-tables.ts'
import {
  assertionSignature,
  attestationObject,
  authenticatorData,
  clientData,
  coseKey,
  newCredentialData,
} from './authenticator-bytes.ts'
import { challengeBytes, relyingParty, userHandleOf } from './ceremony.ts'
import type { PasskeyTables } from './passkey-tables.ts'
import type { AttestationOutcome, Passkey, PasskeyOwner, Passkeys } from './passkeys.ts'

/*
 * The passkeys that are on somebody's simulated phone: with their private keys, so that a test signs in with them
 * where there is no hardware. The authority itself never reads this table.
 * URLs: /mfa/{upn}/passkeys on the management port (passkey-rows.ts).
 */

/** A passkey with its private key, in the members of WebAuthn.addCredential (Chrome DevTools Protocol). */
export interface HeldPasskey {
  /** Base64url, as WebAuthn clients have it. */
  readonly credentialId: string
  readonly rpId: string
  readonly userHandle: string
  /** PKCS #8 in base64. */
  readonly privateKey: string
  readonly signCount: number
}

/** [WebAuthn] §5.1.8, AuthenticationResponseJSON. */
export interface SignedAssertion {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly authenticatorAttachment: 'platform'
  readonly response: {
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
    readonly userHandle: string
  }
  readonly clientExtensionResults: Readonly<Record<string, never>>
}

export interface PhonePasskeys {
  /** Makes one on the phone and registers it, with the ceremony that a page would go through. */
  create(owner: PasskeyOwner): Promise<AttestationOutcome>
  /** Undefined for one that is on another device. */
  held(passkey: Passkey): Promise<HeldPasskey | undefined>
  /** Takes over what a virtual authenticator makes, before or after it is registered; false for another key than that. */
  keep(credentialId: string, privateKey: string, signCount: number): Promise<boolean>
  /** Signs a challenge, in base64url, for a page of that origin; undefined for one that is on another device. */
  sign(passkey: Passkey, challenge: string, origin?: string): Promise<SignedAssertion | undefined>
  forget(credentialId: string): Promise<void>
}

/** What tells passkeys in Microsoft Authenticator for Android ("Passkey authentication in Microsoft Authenticator"). */
const authenticatorApp = Buffer.from('de1e552ddb1d4423a619566b625cdc84', 'hex')
const ceremony = { kind: 'create', conversationId: 'simulated phone' } as const

export function createPhonePasskeys<Schema extends PasskeyTables & MfaTables>(parts: {
  readonly store: Store<Schema>
  readonly passkeys: Passkeys
  readonly random: Random
}): PhonePasskeys {
  const { store, passkeys, random } = parts
  const db = store.db as unknown as Kysely<PasskeyTables>
  const held = async (passkey: Passkey) => heldPasskey(db, passkey)
  return {
    held,
    async create(owner) {
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const id = random.bytes(32)
      const challenge = challengeBytes(await passkeys.challenge(ceremony))
      const outcome = await passkeys.register(attestation(id, keys.publicKey, challenge), ceremony, owner)
      if (outcome.outcome === 'registered') await keepKey(db, id.toString('base64url'), toText(keys.privateKey), 0)
      return outcome
    },
    async keep(credentialId, privateKey, signCount) {
      const isKept = await mayBeKept(db, credentialId, privateKey)
      if (isKept) await keepKey(db, credentialId, privateKey, signCount)
      return isKept
    },
    sign: (passkey, challenge, origin = relyingParty.origin) =>
      store.transaction(async () => {
        const mine = await held(passkey)
        if (!mine) return undefined
        const signed = { ...mine, signCount: mine.signCount + 1 }
        await keepKey(db, signed.credentialId, signed.privateKey, signed.signCount)
        return assertion(signed, clientData('webauthn.get', challenge, origin))
      }),
    async forget(credentialId) {
      await db.deleteFrom('phone_passkey').where('credential_id', '=', credentialId).execute()
    },
  }
}

async function heldPasskey(
  db: Kysely<PasskeyTables>,
  { credentialId, objectId, counter }: Passkey,
): Promise<HeldPasskey | undefined> {
  const row = await db
    .selectFrom('phone_passkey')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .executeTakeFirst()
  if (!row) return undefined
  // A copy of it may have signed elsewhere meanwhile.
  const signCount = Math.max(Number(row.sign_count), counter)
  const { id: rpId } = relyingParty
  return { credentialId, rpId, userHandle: userHandleOf(objectId), privateKey: row.private_key, signCount }
}

async function keepKey(db: Kysely<PasskeyTables>, credentialId: string, privateKey: string, signCount: number) {
  const row = { private_key: privateKey, sign_count: signCount }
  await db
    .insertInto('phone_passkey')
    .values({ credential_id: credentialId, ...row })
    .onConflict((conflict) => conflict.column('credential_id').doUpdateSet(row))
    .execute()
}

async function mayBeKept(db: Kysely<PasskeyTables>, credentialId: string, privateKey: string): Promise<boolean> {
  const key = readKey(privateKey)
  if (!key) return false
  const registered = db.selectFrom('passkey').select('public_key').where('credential_id', '=', credentialId)
  const row = await registered.executeTakeFirst()
  return row === undefined || row.public_key === coseKey(createPublicKey(key)).toString('base64url')
}

/** Undefined for what is no ES256 key. */
function readKey(privateKey: string): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' })
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined
  } catch {
    return undefined
  }
}

function toText(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'der' }).toString('base64')
}

function attestation(id: Buffer, publicKey: KeyObject, challenge: string) {
  const facts = { rpId: relyingParty.id, counter: 0, userVerified: true }
  const authData = newCredentialData(facts, { id, aaguid: authenticatorApp, publicKey })
  return {
    id: id.toString('base64url'),
    clientDataJSON: clientData('webauthn.create', challenge, relyingParty.origin).toString('base64url'),
    attestationObject: attestationObject(authData).toString('base64url'),
    transports: ['internal', 'hybrid'],
  } as const
}

function assertion({ credentialId, privateKey, userHandle, rpId, signCount }: HeldPasskey, client: Buffer) {
  const authData = authenticatorData({ rpId, counter: signCount, userVerified: true })
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' })
  return {
    id: credentialId,
    rawId: credentialId,
    type: 'public-key',
    authenticatorAttachment: 'platform',
    response: {
      clientDataJSON: client.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: assertionSignature(authData, client, key).toString('base64url'),
      userHandle,
    },
    clientExtensionResults: {},
  } as const
}
