import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { alice, answerIn, api, authorizeUrl, callback, native, tokenRequest } from '../oauth/_oauth.ts'

const trustId = 'e0000000-0000-4000-8000-0000000000bb'
let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs((scenario) => {
    const [first] = scenario.adfs.relyingParties
    if (!first) throw new Error('the default world has relying parties')
    const published = { ...first, name: 'Published API', identifiers: [api], objectIdentifier: trustId }
    const relyingParties = [...scenario.adfs.relyingParties, { ...published, publishedThroughProxy: true }]
    return { ...scenario, adfs: { ...scenario.adfs, relyingParties } }
  })
})

afterAll(() => stage[Symbol.asyncDispose]())

async function accessToken(place: 'inside' | 'outside'): Promise<string> {
  const page = await stage.browser(place).signIn(authorizeUrl(), alice.upn, alice.password)
  const code = answerIn(page).get('code') ?? ''
  const fields = { grant_type: 'authorization_code', client_id: native, redirect_uri: callback, code }
  const { body } = await tokenRequest(stage, fields)
  return body.access_token
}

test('inside, the access token is the access token', async () => {
  expect(decodeJwt(await accessToken('inside')).aud).toBe(api)
})

test('outside, a published application has a token for the proxy beside it ([MS-ADFSPIP] §3.12.5.2)', async () => {
  const combined = JSON.parse(Buffer.from(await accessToken('outside'), 'base64url').toString('utf8'))
  expect(decodeJwt(combined.access_token).aud).toBe(api)
  expect(decodeJwt(combined.proxy_token)).toMatchObject({
    aud: 'urn:AppProxy:com',
    relyingpartytrustid: trustId,
    upn: alice.upn,
  })
})
