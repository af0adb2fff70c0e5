import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { apps, authorizeUrl, login, tenantId, tokenRequests } from './_token-requests.ts'

const open = new AsyncDisposableStack()
let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = open.use(await openAuthority())
  await authority.stack.clock.freeze()
  requests = tokenRequests(authority)
})

afterAll(() => open.disposeAsync())

const endpoint = `${login}/${tenantId}/openid/userinfo`

async function ask(token: string | undefined, method = 'GET', url = endpoint) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await authority.fetch(url, { method, headers })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

/** v1 without a resource: the token is for the directory. */
async function versionOne() {
  const request = { client_id: apps.desktop, redirect_uri: 'http://localhost/', code_challenge: 'p'.repeat(43) }
  const code =
    (await requests.callbackOf(authorizeUrl(request).replace('/v2.0/authorize', '/authorize'))).searchParams.get(
      'code',
    ) ?? ''
  return requests.redeem(code, { redirect_uri: 'http://localhost/' }, { path: `/${tenantId}/oauth2/token` })
}

test('v1: who signed in, by GET and POST, with the subject of the id_token', async () => {
  const { body } = await versionOne()
  for (const method of ['GET', 'POST']) {
    const { status, body: info } = await ask(body.access_token, method)
    expect([status, info]).toEqual([
      200,
      {
        sub: decodeJwt(body.id_token ?? '').sub,
        oid: expect.any(String),
        tid: tenantId,
        name: 'Peggy Patel',
        family_name: 'Patel',
        given_name: 'Peggy',
        unique_name: peggy.upn,
        upn: peggy.upn,
        email: expect.stringContaining('@'),
      },
    ])
  }
})

test.each([
  { what: 'no token', token: async () => undefined, because: /no bearer token/ },
  { what: 'garbage', token: async () => 'garbage', because: /not signed/ },
  {
    what: 'a token of Graph',
    token: async () => (await requests.redeem(await requests.desktopCode())).body.access_token,
    because: /for 00000003-/,
  },
  { what: 'an id_token', token: async () => (await versionOne()).body.id_token, because: /expected one for/ },
  {
    what: 'a token that ended',
    token: async () => {
      const { body } = await versionOne()
      await authority.stack.clock.advance(3 * 60 * 60 * 1000)
      return body.access_token
    },
    because: /clock says/,
  },
])('v1: $what is refused with 401', async ({ token, because }) => {
  expect(await ask(await token())).toMatchObject({
    status: 401,
    body: { error: 'invalid_token', error_codes: [50027] },
  })
  expect((await authority.lastEvent(`/${tenantId}/openid/userinfo`)).reasons.join()).toMatch(because)
})

test("v2: Graph's own, with the subject of the id_token", async () => {
  const { body } = await requests.redeem(await requests.desktopCode())
  const { status, body: info } = await ask(body.access_token, 'GET', 'https://graph.microsoft.com/oidc/userinfo')
  expect([status, info]).toEqual([
    200,
    {
      sub: decodeJwt(body.id_token ?? '').sub,
      name: 'Peggy Patel',
      family_name: 'Patel',
      given_name: 'Peggy',
      picture: 'https://graph.microsoft.com/v1.0/me/photo/$value',
      email: expect.stringContaining('@'),
    },
  ])
})
