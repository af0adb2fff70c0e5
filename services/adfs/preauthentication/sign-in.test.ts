import { X509Certificate } from 'node:crypto'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { code } from '../_doubles.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'

const owaTrust = 'e0000000-0000-4000-8000-000000000002'
let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs((scenario) => ({
    ...scenario,
    adfs: {
      ...scenario.adfs,
      relyingParties: scenario.adfs.relyingParties.map((trust) =>
        trust.name === 'EAC'
          ? {
              ...trust,
              accessControlPolicy: { name: 'Permit specific group', parameters: { groups: ['IT Administrators'] } },
            }
          : trust,
      ),
    },
  }))
})

afterAll(() => stage[Symbol.asyncDispose]())

function requestUrl(change: Partial<Record<string, string>> = {}): string {
  const parameters = {
    version: '1.0',
    action: 'signin',
    realm: 'urn:AppProxy:com',
    appRealm: owaTrust,
    returnUrl: 'https://mail.contoso.com/owa/?a=%20b&c=d',
    'client-request-id': '6FD0A1C3-0000-4000-8000-000000000001',
    ...change,
  }
  return `/adfs/ls?${new URLSearchParams(parameters as Record<string, string>)}`
}

test('after password and second factor: 302 to the returnUrl with a token for the proxy (§11.9, row 4)', async () => {
  const browser = stage.browser('outside')
  const mfa = await browser.signIn(requestUrl(), 'CONTOSO\\bob', 'Bob-Pass2')
  expect(mfa.html).toContain('verificationCodeInput')
  const done = await browser.follow(await browser.submit(mfa, { VerificationCode: code }))
  expect(done.status).toBe(302)
  const location = String(done.headers.location)
  const id = '6FD0A1C3-0000-4000-8000-000000000001'
  expect(location).toMatch(
    new RegExp(`^https://mail\\.contoso\\.com/owa/\\?a=%20b&c=d&authToken=[\\w.-]+&client-request-id=${id}$`),
  )
  const { payload, protectedHeader } = await verified(new URL(location).searchParams.get('authToken') ?? '')
  expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT', x5t: expect.stringMatching(/^[\w-]{27}$/) })
  expect(payload).toMatchObject({
    ver: '1.0',
    aud: 'urn:AppProxy:com',
    iss: 'http://adfs.contoso.com/adfs/services/trust',
    relyingpartytrustid: owaTrust,
    deviceregid: '',
    authmethod: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    upn: 'bob@contoso.com',
    clientreqid: id,
  })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
  expect((await stage.journal()).slice(-2).map(({ steps }) => steps)).toEqual([
    ['WEB-ONPREM-4', 'WEB-ONPREM-5'],
    ['WEB-ONPREM-4', 'WEB-ONPREM-5'],
  ])
})

test('one session serves the proxy and OWA (B13)', async () => {
  const browser = stage.browser('outside')
  await browser.follow(
    await browser.submit(await browser.signIn(requestUrl(), 'bob@contoso.com', 'Bob-Pass2'), {
      VerificationCode: code,
    }),
  )
  const page = await browser.open('/adfs/ls/?wa=wsignin1.0&wtrealm=https%3a%2f%2fmail.contoso.com%2fowa%2f')
  expect(page.html).toContain('action="https://mail.contoso.com:443/owa/"')
})

async function verified(token: string) {
  const { certificatePem } = await stage.authority.signingKeyFor({
    name: 'adfs-token-signing',
    subject: 'CN=ADFS Signing - adfs.contoso.com',
  })
  const { publicKey } = new X509Certificate(certificatePem)
  return jwtVerify(token, publicKey, {
    audience: 'urn:AppProxy:com',
    algorithms: ['RS256'],
    currentDate: stage.clock.now(),
  })
}

describe('refuses before anybody signs in (B11)', () => {
  test.each([
    { name: 'a returnUrl elsewhere', change: { returnUrl: 'https://evil.example/owa' } },
    { name: 'a returnUrl of another application', change: { returnUrl: 'https://mail.contoso.com/ecp/' } },
    { name: 'a returnUrl with a longer segment', change: { returnUrl: 'https://mail.contoso.com/owa.evil/' } },
    { name: 'a returnUrl with user information', change: { returnUrl: 'https://mail.contoso.com@evil.example/owa' } },
    { name: 'a returnUrl with a backslash', change: { returnUrl: 'https://evil.example\\@mail.contoso.com/owa' } },
    { name: 'a returnUrl without scheme', change: { returnUrl: '//mail.contoso.com/owa' } },
    { name: 'no returnUrl', change: { returnUrl: '' } },
    { name: 'an unknown realm', change: { realm: 'urn:other' } },
    { name: 'the realm of an application', change: { realm: 'https://mail.contoso.com/owa/' } },
    { name: 'an unknown appRealm', change: { appRealm: '00000000-0000-0000-0000-000000000000' } },
    { name: 'an application that is not published', change: { appRealm: 'e0000000-0000-4000-8000-000000000005' } },
  ] satisfies { name: string; change: Record<string, string> }[])('$name', async ({ change }) => {
    const page = await stage.browser('outside').open(requestUrl(change))
    expect(page.status).toBe(500)
    expect(page.html).toContain('id="errorArea"')
    expect((await stage.journal()).at(-1)?.reasons.join()).toMatch(/returnUrl|realm|published/i)
  })

  test('a request that does not come through the proxy', async () => {
    const page = await stage.browser('inside', { 'x-ms-proxy': 'WAP01' }).open(requestUrl())
    expect(page.status).toBe(500)
  })
})

test('an authorization denial is 403 with the authorization text', async () => {
  const browser = stage.browser('outside')
  const eac = { appRealm: 'e0000000-0000-4000-8000-000000000003', returnUrl: 'https://mail.contoso.com/ecp' }
  const page = await browser.signIn(requestUrl(eac), 'bob@contoso.com', 'Bob-Pass2')
  expect(page.status).toBe(403)
  expect(page.html).toContain('You are not authorized to access this site.')
  expect(page.html).toContain('Relying party: EAC')
  expect((await stage.journal()).at(-1)?.reasons.join()).toContain('no rule of "Permit specific group" permits')
})
