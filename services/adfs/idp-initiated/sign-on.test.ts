import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifySaml20Response } from '#shared/saml/verify-saml20.ts'
import { inputsOf } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { alice, consumer, issuer, responseIn } from '../saml/_service-provider.ts'
import { readRelayState } from './relay-state.ts'

const page = '/adfs/ls/idpinitiatedsignon'
let stage: AdfsStage
let certificate: string

beforeAll(async () => {
  stage = await startAdfs()
  const key = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  certificate = (await stage.authority.signingKeyFor(key)).certificatePem
})

afterAll(() => stage[Symbol.asyncDispose]())

test.each([page, `${page}.aspx`, `${page}.aspx?RelayState=`])('%s lists the SAML relying parties', async (url) => {
  const { html, status } = await stage.browser().open(url)
  expect(status).toBe(200)
  expect(html).toContain('You are not signed in.')
  expect(html).toContain(`<option value="${issuer}">Sample SAML App</option>`)
  expect(html).not.toContain('Outlook on the web')
})

test('loginToRp leads through the forms page to an unsolicited response', async () => {
  const answer = await stage.browser().signIn(`${page}.aspx?loginToRp=${encodeURIComponent(issuer)}`, ...alice)
  expect(answer.html).toContain(`name="hiddenform" action="${consumer}"`)
  expect(inputsOf(answer.html)).not.toHaveProperty('RelayState')
  const assertion = verifySaml20Response(responseIn(answer), {
    trustedCertificates: [certificate],
    issuers: ['http://adfs.contoso.com/adfs/services/trust'],
    audiences: [issuer],
    recipient: consumer,
    now: stage.clock.now(),
    clockSkewSeconds: 0,
  })
  expect(assertion.nameId).toBe('alice@contoso.com')
  expect(responseIn(answer)).not.toContain('InResponseTo')
})

test('RelayState names the relying party and what to tell it, encoded twice', async () => {
  const state = 'https://app.example.com/deep?a=1&b=2'
  const inner = `RPID=${encodeURIComponent(issuer)}&RelayState=${encodeURIComponent(state)}`
  const answer = await stage.browser().signIn(`${page}.aspx?RelayState=${encodeURIComponent(inner)}`, ...alice)
  expect(inputsOf(answer.html).RelayState).toBe(state)
})

test('the form signs in to this site, then to another, then out', async () => {
  const browser = stage.browser()
  const first = await browser.submit(
    await browser.open(page),
    { SignInSite: 'SignInIdpSite', SignInGo: 'Sign in' },
    'idpForm',
  )
  expect(first.status).toBe(302)
  const asked = await browser.follow(first)
  expect(asked.html).toContain('userNameInput')
  const signedIn = await browser.follow(await browser.submit(asked, { UserName: alice[0], Password: alice[1] }))
  expect(signedIn.headers.location).toBe(page)
  const home = await browser.follow(signedIn)
  expect(home.html).toContain('You are signed in.')
  expect(home.html).toContain('alice@contoso.com')
  const form = { SignInSite: 'SignInOtherSite', RelyingParty: issuer, SignInGo: 'Sign in' }
  const answer = await browser.follow(await browser.submit(home, form, 'idpForm'))
  expect(answer.html).toContain(`action="${consumer}"`)
  const out = await browser.submit(home, { SignOut: 'ThisSite' }, 'idpSignOutForm')
  expect(out.html).toContain('You have successfully signed out.')
  expect((await browser.open(page)).html).toContain('You are not signed in.')
})

describe('refused', () => {
  test.each([
    { name: 'an unknown relying party', query: 'loginToRp=urn:unknown', code: 'MSIS7007' },
    { name: 'one of WS-Federation', query: 'loginToRp=urn:sample:wsfed', code: 'MSIS7007' },
  ])('$name: $code', async ({ query, code }) => {
    expect((await stage.browser().open(`${page}?${query}`)).html).toContain(code)
  })

  test('everything while the page is off, as in a new farm (MSIS7012)', async () => {
    await using off = await startAdfs((scenario) => ({
      ...scenario,
      adfs: { ...scenario.adfs, idpInitiatedSignonPageEnabled: false },
    }))
    expect((await off.browser().open(page)).html).toContain('MSIS7012')
    expect((await off.browser().open(`${page}?loginToRp=${issuer}`)).html).toContain('MSIS7012')
  })

  test('RelayState while that is off', async () => {
    await using off = await startAdfs((scenario) => ({
      ...scenario,
      adfs: { ...scenario.adfs, relayStateForIdpInitiatedSignOnEnabled: false },
    }))
    const inner = encodeURIComponent(`RPID=${issuer}&RelayState=x`)
    expect((await off.browser().open(`${page}?RelayState=${inner}`)).html).toContain('You are not signed in.')
  })
})

test.each([
  { value: 'RPID=urn%3Aa&RelayState=b%26c', want: { relyingParty: 'urn:a', relayState: 'b&c' } },
  { value: 'rpid=urn:a', want: { relyingParty: 'urn:a', relayState: undefined } },
  { value: 'plain', want: { relyingParty: undefined, relayState: 'plain' } },
  { value: 'RelayState=%zz', want: { relyingParty: undefined, relayState: '%zz' } },
])('the RelayState "$value"', ({ value, want }) => {
  expect(readRelayState(value)).toEqual(want)
})
