import { afterEach, beforeEach, expect, test } from 'vitest'
import { inputsOf } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { native, tokenRequest } from '../oauth/_oauth.ts'

const entra = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline'
const sample = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:wsfed'
const alice = 'alice@contoso.com'
const password = 'Alice-Pass1'
const hour = 60 * 60 * 1000
let stage: AdfsStage

beforeEach(async () => {
  stage = await startAdfs()
})

afterEach(() => stage[Symbol.asyncDispose]())

const set = (json: object) => stage.manage('/properties', { method: 'PATCH', json })

async function keptBrowser() {
  const browser = stage.browser()
  const answer = await browser.submit(await browser.open(sample), { UserName: alice, Password: password, Kmsi: 'true' })
  await browser.follow(answer)
  return browser
}

test('SsoLifetime and KmsiLifetimeMins change while the farm runs', async () => {
  await set({ singleSignOnMinutes: 60 })
  const browser = stage.browser()
  await browser.signIn(sample, alice, password)
  await stage.clock.advance(59 * 60_000)
  expect((await browser.open(sample)).html).toContain('hiddenform')
  await stage.clock.advance(60_000)
  expect((await browser.open(sample)).html).toContain('id="loginForm"')
  await set({ keepSignedInOffered: true, keepSignedInMinutes: 120 })
  const kept = await keptBrowser()
  await stage.clock.advance(1.9 * hour)
  expect((await kept.open(sample)).html).toContain('hiddenform')
  await stage.clock.advance(0.2 * hour)
  expect((await kept.open(sample)).html).toContain('id="loginForm"')
})

test('Kmsi is ignored where it is not offered', async () => {
  const kept = await keptBrowser()
  await stage.clock.advance(9 * hour)
  expect((await kept.open(sample)).html).toContain('id="loginForm"')
})

test('PersistentSsoCutoffTime ends the kept sign-ins before it, and no others', async () => {
  await set({ keepSignedInOffered: true })
  const kept = await keptBrowser()
  const plain = stage.browser()
  await plain.signIn(sample, alice, password)
  await stage.clock.advance(60_000)
  await set({ persistentSso: { cutoffTime: stage.clock.now().toISOString() } })
  expect((await kept.open(sample)).html).toContain('id="loginForm"')
  expect((await plain.open(sample)).html).toContain('hiddenform')
  expect(JSON.stringify(await stage.journal())).toContain('from before PersistentSsoCutoffTime')
  await stage.clock.advance(60_000)
  expect((await (await keptBrowser()).open(sample)).html).toContain('hiddenform')
})

test('a new password ends the kept sign-ins, and their refresh tokens', async () => {
  await set({ keepSignedInOffered: true })
  const kept = await keptBrowser()
  const url = `/adfs/oauth2/authorize/?response_type=code&client_id=${native}&redirect_uri=http%3A%2F%2Flocalhost&scope=openid`
  const code = new URL(String((await kept.open(url)).headers.location)).searchParams.get('code') ?? ''
  const grant = { client_id: native, redirect_uri: 'http://localhost' }
  const tokens = await tokenRequest(stage, { ...grant, grant_type: 'authorization_code', code })
  expect(tokens.body.refresh_token_expires_in).toBeGreaterThan(23 * 3600)
  const refresh = { client_id: native, grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token }
  expect((await tokenRequest(stage, refresh)).status).toBe(200)
  const account = stage.directory.users.get(alice)
  if (!account) throw new Error('alice is missing')
  const changed = String((BigInt(stage.clock.now().getTime() + 1000) + 11_644_473_600_000n) * 10_000n)
  stage.directory.users.set(alice, { ...account, attributes: { ...account.attributes, pwdLastSet: [changed] } })
  expect((await kept.open(sample)).html).toContain('id="loginForm"')
  expect((await tokenRequest(stage, refresh)).body.error_description).toContain('MSIS9614')
})

test('a kept sign-in says so to Entra ID: the claim psso', async () => {
  await set({ keepSignedInOffered: true })
  const kept = await keptBrowser()
  expect(inputsOf((await kept.open(entra)).html).wresult).toContain('AttributeName="psso"')
  const plain = stage.browser()
  const { wresult = '' } = inputsOf((await plain.signIn(entra, alice, password)).html)
  expect(wresult).not.toContain('AttributeName="psso"')
})
