import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inputsOf } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'

interface Strategy {
  redirect(url: string): void
  success(profile: unknown): void
  fail(reason: unknown): void
  error(error: unknown): void
  authenticate(request: object, options?: object): void
}

// passport-wsfed-saml2 is CommonJS without types.
const { Strategy } = createRequire(import.meta.url)('passport-wsfed-saml2') as {
  Strategy: new (
    options: object,
    verify: (profile: unknown, done: (error: null, user: unknown) => void) => void,
  ) => Strategy
}
let stage: AdfsStage
let thumbprint: string

beforeAll(async () => {
  stage = await startAdfs()
  const key = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  thumbprint = (await stage.authority.signingKeyFor(key)).thumbprint
})

afterAll(() => stage[Symbol.asyncDispose]())

const requestAtTheApplication = {
  method: 'GET',
  query: {},
  headers: {},
  protocol: 'http',
  originalUrl: '/login/callback',
  get: () => 'localhost:3000',
}

/** One call of the strategy, as Passport would make it. */
function authenticate(options: object, request: object): Promise<{ what: string; value: unknown }> {
  const strategy = new Strategy(
    {
      realm: 'urn:sample:wsfed',
      identityProviderUrl: 'https://adfs.contoso.com/adfs/ls/',
      path: '/login/callback',
      wreply: 'http://localhost:3000/login/callback',
      thumbprint,
      ...options,
    },
    (profile, done) => done(null, profile),
  )
  return new Promise((resolve) => {
    for (const what of ['redirect', 'success', 'fail', 'error'] as const) {
      strategy[what] = (value: unknown) => resolve({ what, value })
    }
    strategy.authenticate({ ...requestAtTheApplication, ...request }, {})
  })
}

test('passport-wsfed-saml2 sends a user here and accepts the token that comes back', async () => {
  const { value: url } = await authenticate({}, {})
  expect(url).toContain('wtrealm=urn%3Asample%3Awsfed')
  const page = await stage.browser().signIn(String(url), 'CONTOSO\\alice', 'Alice-Pass1')
  expect(page.html).toContain('action="http://localhost:3000/login/callback"')
  const body = inputsOf(page.html)
  const accepted = await authenticate({}, { method: 'POST', body })
  expect(accepted).toMatchObject({
    what: 'success',
    value: {
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier': 'alice@contoso.com',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': 'alice@contoso.com',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname': 'Adams',
      'http://schemas.microsoft.com/ws/2008/06/identity/claims/role': ['All Staff', 'Sales'],
    },
  })
  const changed = { ...body, wresult: body.wresult?.replace('Adams', 'Admin') }
  expect(await refusal({ thumbprint: '00'.repeat(20) }, body)).toContain('thumbprint')
  expect(await refusal({ realm: 'urn:another' }, body)).toContain('Audience is invalid')
  expect(await refusal({}, changed)).toContain('Signature check errors')
})

async function refusal(options: object, body: object): Promise<string> {
  const { what, value } = await authenticate(options, { method: 'POST', body })
  return `${what}: ${(value as Error).message}`
}
