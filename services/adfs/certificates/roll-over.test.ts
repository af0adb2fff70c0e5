import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSigningCertificates } from '#shared/saml/metadata.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { alice, api, get, native, tokenRequest } from '../oauth/_oauth.ts'

const day = 24 * 60 * 60 * 1000
let stage: AdfsStage

beforeEach(async () => {
  stage = await startAdfs()
})

afterEach(() => stage[Symbol.asyncDispose]())

interface Listed {
  readonly signing: readonly { readonly isPrimary: boolean; readonly thumbprint: string; readonly notAfter: string }[]
  readonly decrypting: readonly { readonly thumbprint: string }[]
}

async function listed(): Promise<Listed> {
  return (await stage.manage('/certificates')).json as Listed
}

/** In the order of the metadata, whose roles each name them. */
async function inMetadata(): Promise<readonly string[]> {
  const { html } = await stage.browser().open('/FederationMetadata/2007-06/FederationMetadata.xml')
  const thumbprints = readSigningCertificates(html).map((each) => each.fingerprint.replaceAll(':', ''))
  return [...new Set(thumbprints)]
}

async function accessToken(): Promise<string> {
  const person = { username: alice.upn, password: alice.password }
  const answer = await tokenRequest(stage, { grant_type: 'password', client_id: native, resource: api, ...person })
  return answer.body.access_token
}

test('AutoCertificateRollover: published 20 days before the end, used 5 days later, all by the clock', async () => {
  const [before] = (await listed()).signing
  await stage.clock.advance(344 * day)
  expect((await listed()).signing).toHaveLength(1)
  const old = await accessToken()
  await stage.clock.advance(day)
  const { signing } = await listed()
  expect(signing.map(({ isPrimary }) => isPrimary)).toEqual([true, false])
  expect(await inMetadata()).toEqual(signing.map(({ thumbprint }) => thumbprint))
  expect(decodeProtectedHeader(await accessToken()).kid).toBe(decodeProtectedHeader(old).kid)
  await stage.clock.advance(5 * day)
  const after = (await listed()).signing
  expect(after.map(({ thumbprint }) => thumbprint)).toEqual([signing[1]?.thumbprint, before?.thumbprint])
  const fresh = await accessToken()
  expect(decodeProtectedHeader(fresh).kid).not.toBe(decodeProtectedHeader(old).kid)
  const keys = createLocalJWKSet((await get(stage, '/adfs/discovery/keys')).body)
  for (const token of [old, fresh]) await jwtVerify(token, keys, { currentDate: new Date(0) }).catch(expectTimesOnly)
})

/** The signature was good: only the times are not those of 1970. */
function expectTimesOnly(error: Error): void {
  expect(error.message).toContain('"nbf" claim timestamp check failed')
}

test('off, nothing happens until an administrator rolls over and promotes', async () => {
  await stage.manage('/properties', { method: 'PATCH', json: { tokenCertificates: { autoRollover: false } } })
  await stage.clock.advance(400 * day)
  expect((await listed()).signing).toHaveLength(1)
  expect((await stage.manage('/certificates/signing/promote', { method: 'POST' })).status).toBe(409)
  await stage.manage('/certificates/signing/rollover', { method: 'POST', json: {} })
  const [first, second] = await inMetadata()
  await stage.manage('/certificates/signing/promote', { method: 'POST' })
  expect(await inMetadata()).toEqual([second, first])
})

test('urgent: the new one at once, and the old one no more; a reset brings the first back', async () => {
  const [first] = await inMetadata()
  const token = await accessToken()
  await stage.manage('/certificates/signing/rollover', { method: 'POST', json: { urgent: true } })
  const [only, ...others] = await inMetadata()
  expect(others).toEqual([])
  expect(only).not.toBe(first)
  const userInfo = await get(stage, '/adfs/userinfo', { authorization: `Bearer ${token}` })
  expect(userInfo.status).toBe(401)
  await stage.reset()
  expect(await inMetadata()).toEqual([first])
})

test('decrypting certificates roll over for themselves', async () => {
  const before = await listed()
  await stage.manage('/certificates/decrypting/rollover', { method: 'POST', json: { urgent: true } })
  const after = await listed()
  expect(after.signing).toEqual(before.signing)
  expect(after.decrypting.map(({ thumbprint }) => thumbprint)).not.toEqual(
    before.decrypting.map(({ thumbprint }) => thumbprint),
  )
  expect((await stage.manage('/certificates/other/rollover', { method: 'POST' })).status).toBe(400)
})
