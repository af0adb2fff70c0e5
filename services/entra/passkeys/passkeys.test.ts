import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { StackClock } from '#shared/clock.ts'
import { systemRandom } from '#shared/random.ts'
import { openStore } from '#shared/store/open.ts'
import { type SingleUseTables, singleUseMigration, singleUseStore } from '#shared/store/single-use.ts'
import { createMethodRegistry } from '../mfa/methods.ts'
import { mfaMigrations } from '../mfa/mfa-schema.ts'
import type { MfaTables } from '../mfa/mfa-tables.ts'
import { type AnswerChanges, SoftwareAuthenticator } from './_authenticator.ts'
import { readAssertion, readAttestation, userHandleOf } from './ceremony.ts'
import { type PasskeyTables, passkeyMigration } from './passkey-tables.ts'
import { allowedPasskeys, createPasskeys } from './passkeys.ts'

const alice = { objectId: '11111111-1111-4111-8111-111111111111', displayName: 'My passkey' }
const bob = { objectId: '22222222-2222-4222-8222-222222222222', displayName: "Bob's key" }
const creating = { kind: 'create', conversationId: 'conversation' } as const
const using = { kind: 'get', conversationId: 'conversation' } as const

async function openPasskeys() {
  const clock = new StackClock(new Date('2026-03-02T09:00:00Z'))
  await clock.freeze()
  const store = await openStore<MfaTables & PasskeyTables & SingleUseTables>({
    engine: { kind: 'memory' },
    migrations: [...mfaMigrations, passkeyMigration, singleUseMigration],
    seed: async () => undefined,
  })
  onTestFinished(() => store[Symbol.asyncDispose]())
  const parts = { store, clock, random: systemRandom }
  const registry = createMethodRegistry(parts)
  const passkeys = createPasskeys({ ...parts, registry, singleUse: singleUseStore(store.db) })
  const authenticator = new SoftwareAuthenticator()
  const register = async (owner = alice, device = authenticator, changes: AnswerChanges = {}) => {
    const challenge = await passkeys.challenge(creating)
    return passkeys.register(device.create(challenge, userHandleOf(owner.objectId), changes), creating, owner)
  }
  const use = async (changes: AnswerChanges = {}, expected: string | undefined = undefined) =>
    passkeys.verify(authenticator.get(await passkeys.challenge(using), changes), using, expected)
  return { passkeys, authenticator, register, use, registry, clock }
}

describe('registering', () => {
  test('keeps the key as a method of its owner', async () => {
    const { passkeys, register, registry } = await openPasskeys()
    expect(await register()).toMatchObject({ outcome: 'registered', passkey: { objectId: alice.objectId } })
    expect(await passkeys.of(alice.objectId)).toMatchObject([{ displayName: 'My passkey', transports: ['internal'] }])
    expect(await registry.methodsOf(alice.objectId)).toMatchObject([{ type: 'fido2', authMethodId: 'FidoKey' }])
  })

  test.each<{ case: string; changes: AnswerChanges }>([
    { case: 'another origin', changes: { origin: 'https://login.microsoftonline.com' } },
    { case: 'another relying party', changes: { rpId: 'evil.example' } },
    { case: 'another challenge', changes: { challenge: 'O.made-up' } },
    { case: 'an assertion in its place', changes: { type: 'webauthn.get' } },
    { case: 'nobody verified', changes: { userVerified: false } },
  ])('refuses $case', async ({ changes }) => {
    const { passkeys, register } = await openPasskeys()
    expect(await register(alice, undefined, changes)).toMatchObject({ outcome: 'refused' })
    expect(await passkeys.of(alice.objectId)).toEqual([])
  })

  test('refuses a key that somebody has already, and the eleventh', async () => {
    const { register, authenticator } = await openPasskeys()
    await register()
    expect(await register(bob, authenticator)).toMatchObject({ reason: 'this passkey is registered already' })
    for (let more = 1; more < allowedPasskeys; more += 1) await register(alice, new SoftwareAuthenticator())
    expect(await register(alice, new SoftwareAuthenticator())).toMatchObject({ outcome: 'refused' })
  })

  test('answers a challenge once, and only of its own conversation', async () => {
    const { passkeys, authenticator } = await openPasskeys()
    const challenge = await passkeys.challenge(creating)
    const answer = authenticator.create(challenge, userHandleOf(alice.objectId))
    const elsewhere = { kind: 'create', conversationId: 'another' } as const
    expect(await passkeys.register(answer, elsewhere, alice)).toMatchObject({ outcome: 'refused' })
    expect(await passkeys.register(answer, creating, alice)).toMatchObject({ outcome: 'refused' })
  })
})

describe('signing in', () => {
  test('names the owner by the key alone, or proves a person who is known', async () => {
    const { register, use } = await openPasskeys()
    await register()
    expect(await use()).toMatchObject({ outcome: 'verified', passkey: { objectId: alice.objectId } })
    expect(await use({}, alice.objectId)).toMatchObject({ outcome: 'verified' })
    expect(await use({ userHandle: null }, alice.objectId)).toMatchObject({ outcome: 'verified' })
  })

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

  test.each<{ case: string; changes: AnswerChanges; because: RegExp }>([
    { case: 'a forged signature', changes: { signer: stranger }, because: /signature/ },
    { case: 'another origin', changes: { origin: 'https://login.microsoftonline.com' }, because: /origin/ },
    {
      case: 'a page that looks alike',
      changes: { origin: 'https://login.microsoft.com.evil.example' },
      because: /origin/,
    },
    { case: 'another relying party', changes: { rpId: 'evil.example' }, because: /RP ID/ },
    { case: 'another challenge', changes: { challenge: 'O.made-up' }, because: /challenge/ },
    { case: 'the answer of a registration', changes: { type: 'webauthn.create' }, because: /type/ },
    { case: 'nobody verified', changes: { userVerified: false }, because: /verif/ },
    { case: 'no userHandle and no name', changes: { userHandle: null }, because: /userHandle/ },
    { case: "somebody else's userHandle", changes: { userHandle: userHandleOf(bob.objectId) }, because: /userHandle/ },
  ])('refuses $case', async ({ changes, because }) => {
    const { register, use } = await openPasskeys()
    await register()
    const verdict = await use(changes)
    expect(verdict.outcome).toBe('refused')
    expect('reason' in verdict && verdict.reason).toMatch(because)
  })

  test('refuses an answer that comes twice, and one to a challenge of ten minutes ago', async () => {
    const { passkeys, register, authenticator, clock } = await openPasskeys()
    await register()
    const answer = authenticator.get(await passkeys.challenge(using))
    expect(await passkeys.verify(answer, using, undefined)).toMatchObject({ outcome: 'verified' })
    expect(await passkeys.verify(answer, using, undefined)).toMatchObject({ outcome: 'refused' })
    const late = authenticator.get(await passkeys.challenge(using))
    await clock.advance(10 * 60_000)
    expect(await passkeys.verify(late, using, undefined)).toMatchObject({ outcome: 'refused' })
  })

  test('refuses a counter that does not go on: the key was copied', async () => {
    const { register, use } = await openPasskeys()
    await register()
    expect(await use({ counter: 5 })).toMatchObject({ outcome: 'verified' })
    expect(await use({ counter: 5 })).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/counter/) })
    expect(await use({ counter: 4 })).toMatchObject({ outcome: 'refused' })
    expect(await use({ counter: 6 })).toMatchObject({ outcome: 'verified' })
  })

  test('refuses another person than the one who is named, and a key that was removed', async () => {
    const { passkeys, register, use } = await openPasskeys()
    const registered = await register()
    expect(await use({}, bob.objectId)).toMatchObject({ reason: "the passkey is somebody else's" })
    const id = registered.outcome === 'registered' ? registered.passkey.id : ''
    expect(await passkeys.remove(bob.objectId, id)).toBe(false)
    expect(await passkeys.remove(alice.objectId, id)).toBe(true)
    expect(await use()).toMatchObject({ outcome: 'unknownKey' })
  })
})

test.each(['', 'null', '{}', '{"id":"a b"}', `{"id":"${'a'.repeat(9000)}"}`, '[]'])('%j is no answer', (text) => {
  expect(readAssertion(text)).toBeUndefined()
  expect(readAttestation(text)).toBeUndefined()
})
