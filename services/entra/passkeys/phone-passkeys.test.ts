import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, owaRequest, pageConfig, peggy, type TestAuthority } from '../_authority.ts'
import { SoftwareAuthenticator } from './_authenticator.ts'
import { challengeBytes } from './ceremony.ts'
import type { HeldPasskey, SignedAssertion } from './phone-passkeys.ts'

type Made = HeldPasskey & { readonly id: string; readonly name: string }

let authority: TestAuthority

beforeAll(async () => {
  authority = await openAuthority()
})

afterAll(() => authority[Symbol.asyncDispose]())

const rows = (path = '') => `/mfa/${peggy.upn}/passkeys${path}`

function make(body: object = {}): Promise<Made> {
  return authority.manage<Made>(rows(), body)
}

async function list() {
  return (await authority.manage<{ passkeys: readonly Record<string, unknown>[] }>(rows())).passkeys
}

/** "Sign-in options", with the phone in the place of the authenticator. */
async function signInWith({ id }: Made, origin?: string) {
  const visitor = await authority.visitor()
  const page = await visitor.submit(await visitor.open(owaRequest()), {}, 1)
  const challenge = challengeBytes(String(pageConfig(page).sFidoChallenge))
  const signed = await authority.manage<SignedAssertion>(rows(`/${id}/sign`), { challenge, ...(origin && { origin }) })
  const assertion = JSON.stringify({ id: signed.id, ...signed.response })
  return pageConfig(await visitor.submit(page, { assertion }))
}

test('a passkey that is made on the phone is a method of its owner and signs in, each time with a higher count', async () => {
  const made = await make({ name: 'Test phone' })
  expect(made).toMatchObject({ name: 'Test phone', rpId: 'login.microsoft.com', signCount: 0 })
  expect(await signInWith(made)).toMatchObject({ pgid: 'KmsiInterrupt', sPOST_Username: peggy.upn })
  expect(await signInWith(made)).toMatchObject({ pgid: 'KmsiInterrupt' })
  const listed = (await list()).find(({ id }) => id === made.id)
  expect(listed).toMatchObject({ name: 'Test phone', onPhone: true, signCount: 2, lastUsedAt: expect.any(String) })
  expect(await authority.manage(`/mfa/${peggy.upn}`)).toMatchObject({
    methods: expect.arrayContaining([expect.objectContaining({ id: made.id, type: 'fido2' })]),
  })
})

test('what it signs for another origin is refused', async () => {
  const made = await make()
  expect(await signInWith(made, 'https://login.microsoftonline.com')).toMatchObject({ sErrorCode: '130005' })
})

test('is renamed, and after its removal opens nothing any more', async () => {
  const made = await make()
  expect(await authority.manage(rows(`/${made.id}`), { name: 'Old phone' }, 'PATCH')).toMatchObject({
    name: 'Old phone',
  })
  const visitor = await authority.visitor()
  const page = await visitor.submit(await visitor.open(owaRequest()), {}, 1)
  const challenge = challengeBytes(String(pageConfig(page).sFidoChallenge))
  const signed = await authority.manage<SignedAssertion>(rows(`/${made.credentialId}/sign`), { challenge })
  await authority.manage(rows(`/${made.id}`), undefined, 'DELETE')
  const refused = await visitor.submit(page, { assertion: JSON.stringify({ id: signed.id, ...signed.response }) })
  expect(pageConfig(refused)).toMatchObject({ sErrorCode: '130004' })
  expect(await authority.manage(rows(`/${made.id}`))).toMatchObject({ error: expect.stringMatching(/no such passkey/) })
})

test('the private key is in no list', async () => {
  const made = await make()
  const shown = JSON.stringify([await list(), await authority.manage(`/mfa/${peggy.upn}`)])
  expect(shown).toContain(made.credentialId)
  expect(shown).not.toContain(made.privateKey)
})

test.each([
  { body: { name: '' }, method: 'POST', path: '' },
  { body: { credentialId: 'AAAA', privateKey: 'no key' }, method: 'PUT', path: '' },
  { body: { challenge: '' }, method: 'POST', path: '/nothing/sign' },
])('$method $path with $body changes nothing', async ({ body, method, path }) => {
  const before = await list()
  expect(await authority.manage(rows(path), body, method)).toHaveProperty('error')
  expect(await list()).toEqual(before)
})

test('the phone takes over the key of a virtual authenticator, and no other in the place of a registered one', async () => {
  const made = await make()
  const stranger = await make()
  const { credentialId, privateKey } = made
  const put = (body: object) => authority.manage(rows(), body, 'PUT')
  expect(await put({ credentialId, privateKey, signCount: 41 })).toMatchObject({ credentialId, signCount: 41 })
  expect((await list()).find(({ id }) => id === made.id)).toMatchObject({ signCount: 41 })
  expect(await put({ credentialId, privateKey: stranger.privateKey })).toMatchObject({
    error: expect.stringMatching(/not the one that was registered/),
  })
  const unregistered = new SoftwareAuthenticator().credentialId
  expect(await put({ credentialId: unregistered, privateKey })).toMatchObject({ credentialId: unregistered })
  expect(await list()).toHaveLength((await list()).filter(({ credentialId: id }) => id !== unregistered).length)
})
