import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type RawRequest, requestThrough } from '#test/actors/request-through.ts'
import { application, edgeCookie, owaTrustId, startWap, type WapStage } from '../_stage.ts'

let stage: WapStage
const outlook = { relyingPartyName: 'Outlook on the web' }
const richId = 'e0000000-0000-4000-8000-0000000000aa'

function addToBackend(app: FastifyInstance): void {
  app.get('/owa/logoff', (_request, reply) => reply.redirect('https://adfs.contoso.com/adfs/ls/?wa=wsignout1.0', 302))
  app.get('/translated/redirect', (_request, reply) =>
    reply
      .header('content-location', 'https://autodiscover.contoso.com/translated/here')
      .header('set-cookie', ['a=1; Domain=autodiscover.contoso.com; Path=/', 'b=2; Path=/'])
      .redirect('https://autodiscover.contoso.com/translated/there?x=//autodiscover.contoso.com/', 302),
  )
}

beforeAll(async () => {
  const backendServerUrl = 'https://autodiscover.contoso.com/translated/'
  stage = await startWap({
    addToBackend,
    change: (scenario) => ({
      ...scenario,
      adfs: {
        ...scenario.adfs,
        relyingParties: [
          // The proxy's own policy has a say too.
          ...scenario.adfs.relyingParties.map((trust) =>
            trust.type === 'WebApplicationProxy'
              ? { ...trust, accessControlPolicy: { name: 'Permit everyone', parameters: {} } as never }
              : trust,
          ),
          {
            ...scenario.adfs.relyingParties.find(({ name }) => name === 'Outlook on the web'),
            ...{ name: 'Rich clients', identifiers: ['urn:rich'], objectIdentifier: richId, type: 'NonClaimsAware' },
            accessControlPolicy: { name: 'Permit everyone', parameters: {} },
          } as (typeof scenario.adfs.relyingParties)[number],
        ],
      },
      wap: {
        ...scenario.wap,
        userIdleTimeoutSec: 600,
        publishedApplications: [
          application({ name: 'owa', externalPreauthentication: 'ADFS', enableSignOut: true, ...outlook }),
          application({ name: 'office', externalPreauthentication: 'ADFSforBrowsersAndOffice', ...outlook }),
          application({
            ...{ name: 'kept', externalPreauthentication: 'ADFS', ...outlook },
            ...{ persistentAccessCookieExpirationTimeSec: 86_400, disableHttpOnlyCookieProtection: true },
            enableHttpRedirect: true,
          }),
          application({ name: 'oauth', externalPreauthentication: 'ADFSforOAuth', ...outlook }),
          application({
            name: 'rich',
            externalPreauthentication: 'ADFSforRichClients',
            relyingPartyName: 'Rich clients',
          }),
          application({ name: 'strict', externalPreauthentication: 'ADFSforRichClients', ...outlook }),
          application({ name: 'translated', backendServerUrl }),
          application({
            ...{ name: 'verbatim', backendServerUrl: backendServerUrl.replace('translated', 'verbatim') },
            ...{ disableTranslateUrlInRequestHeaders: true, disableTranslateUrlInResponseHeaders: true },
          }),
          application({ name: 'kerberos', backendServerAuthenticationMode: 'IntegratedWindowsAuthentication' }),
        ],
      },
    }),
  })
})

afterAll(() => stage[Symbol.asyncDispose]())

beforeEach(() => {
  stage.arrivals.length = 0
  stage.relayed.length = 0
})

const ask = (path: string, options: RawRequest = {}): Promise<Answer> =>
  requestThrough(stage.stack, 'internet', `https://mail.contoso.com${path}`, options)

async function signedIn(app = 'owa'): Promise<{ cookie: string }> {
  const answer = await ask(`/${app}/?authToken=${await stage.authToken()}`)
  return { cookie: edgeCookie(answer.headers['set-cookie']) }
}

describe('browsers', () => {
  test('a cookie is good for every application of the same trust', async () => {
    expect((await ask('/office/', { headers: await signedIn() })).status).toBe(200)
  })

  test('a token that comes with a post is taken off, and the post passes', async () => {
    const body = 'wa=wsignin1.0'
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await ask(`/owa/?a=1&authToken=${await stage.authToken()}`, { method: 'POST', body, headers })
    expect([answer.status, edgeCookie(answer.headers['set-cookie'])]).toEqual([200, expect.stringMatching(/.{100}/)])
    expect(stage.arrivals).toMatchObject([{ method: 'POST', url: '/owa/?a=1', bytes: body.length }])
  })

  test('a persistent cookie is kept, readable where HttpOnly is switched off, and outlives its token', async () => {
    const answer = await ask(`/kept/?authToken=${await stage.authToken()}`)
    const [header = ''] = [answer.headers['set-cookie'] ?? []].flat()
    expect(header).toContain('; Max-Age=86400')
    expect(header).not.toContain('HttpOnly')
    let cookie = header.split(';')[0] ?? ''
    for (let minute = 0; minute < 120; minute += 5) {
      await stage.stack.clock.advance(300_000)
      const later = await ask('/kept/', { headers: { cookie } })
      expect(later.status).toBe(200)
      cookie = edgeCookie(later.headers['set-cookie']) || cookie
    }
    await stage.stack.clock.restart()
  })

  test('an idle person is signed out where the application has sign-out, and asked to sign in again elsewhere', async () => {
    const headers = await signedIn()
    await stage.stack.clock.advance(601_000)
    const [out, again] = [await ask('/owa/', { headers }), await ask('/office/', { headers })]
    expect([out.status, out.headers.location]).toEqual([302, 'https://adfs.contoso.com/adfs/ls/?wa=wsignout1.0'])
    expect(String(out.headers['set-cookie'])).toMatch(/^EdgeAccessCookie=; .*1970/)
    expect(again.status).toBe(307)
    await stage.stack.clock.restart()
  })

  test('a sign-out of the application ends the access too', async () => {
    const answer = await ask('/owa/logoff', { headers: await signedIn() })
    expect(answer.headers.location).toBe('https://adfs.contoso.com/adfs/ls/?wa=wsignout1.0')
    expect(String(answer.headers['set-cookie'])).toMatch(/EdgeAccessCookie=; .*1970/)
  })
})

describe('Office (MSOFBA)', () => {
  test.each([
    { client: 'Word', method: 'OPTIONS', headers: { 'user-agent': 'Microsoft Office Word 2016' }, status: 307 },
    { client: 'Office', method: 'OPTIONS', headers: { 'user-agent': 'MSOffice 16' }, status: 403 },
    { client: 'Office', method: 'OPTIONS', headers: { 'user-agent': 'MSOffice Word 16' }, status: 403 },
    { client: 'WebDAV', method: 'OPTIONS', headers: { 'user-agent': 'Microsoft-WebDAV-MiniRedir/10.0' }, status: 403 },
    { client: 'any', method: 'GET', headers: { 'x-forms_based_auth_accepted': 't' }, status: 403 },
    { client: 'Office', method: 'GET', headers: { 'user-agent': 'MSOffice 16' }, status: 307 },
  ] as const)('$method of $client ($headers) answers $status', async ({ method, headers, status }) => {
    const answer = await ask('/office/a.docx', { method, headers: headers as unknown as Record<string, string> })
    expect(answer.status).toBe(status)
    const address = answer.headers['x-forms_based_auth_required'] ?? answer.headers.location
    expect(new URL(String(address)).searchParams.get('returnUrl')).toBe('https://mail.contoso.com/office/a.docx')
    if (status === 403) {
      expect(answer.headers['x-forms_based_auth_return_url']).toBe('https://mail.contoso.com/office/a.docx')
    }
  })
})

describe('OAuth', () => {
  const bearer = async (claims: Record<string, unknown> = {}, name?: string) => {
    const tokens = { proxy_token: await stage.authToken(claims, name), access_token: 'for.the.application' }
    return { authorization: `Bearer ${Buffer.from(JSON.stringify(tokens)).toString('base64url')}` }
  }

  test('without a token: 401 that says where to get one', async () => {
    const answer = await ask('/oauth/')
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      401,
      'Bearer authorization_uri=https://adfs.contoso.com:443/adfs/oauth2/authorize',
    ])
  })

  test('the application gets its own token out of the combined one', async () => {
    expect((await ask('/oauth/', { headers: await bearer() })).status).toBe(200)
    expect(stage.arrivals[0]?.headers.authorization).toBe('Bearer for.the.application')
  })

  test.each([
    ['of another trust', () => bearer({ relyingpartytrustid: crypto.randomUUID() })],
    ['of another key', () => bearer({}, 'somebody else')],
    ['of another audience', () => bearer({ aud: 'urn:other' })],
    ['expired', () => bearer({ iat: 0, exp: 1 })],
    ['not combined', async () => ({ authorization: `Bearer ${await stage.authToken()}` })],
    ['garbage', async () => ({ authorization: 'Bearer bm8=' })],
    ['Basic', async () => ({ authorization: 'Basic YTpi' })],
  ])('a token that is %s is none', async (_how, headers) => {
    expect((await ask('/oauth/', { headers: await headers() })).status).toBe(401)
    expect(stage.arrivals).toEqual([])
    expect((await stage.journal()).at(-1)?.decisions).toContain('bearerRequired')
  })
})

describe('HTTP Basic (rich clients)', () => {
  const basic = (text: string) => ({ headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` } })
  const right = basic('bob@contoso.com:Bob-Pass2')

  test('without credentials: 401 with a challenge', async () => {
    const answer = await ask('/rich/')
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Basic realm="mail.contoso.com"'])
  })

  test('AD FS judges the credentials once while its token lasts, and they go on to the back end', async () => {
    const questions = () => stage.relayed.filter(({ url }) => String(url).includes('relyingpartytoken')).length
    expect((await ask('/rich/', right)).status).toBe(200)
    expect((await ask('/rich/', right)).status).toBe(200)
    expect([questions(), stage.arrivals[1]?.headers.authorization]).toEqual([1, right.headers.authorization])
    await stage.stack.clock.advance(61 * 60_000)
    expect((await ask('/rich/', right)).status).toBe(200)
    expect(questions()).toBe(2)
    await stage.stack.clock.restart()
  })

  test.each([
    { who: 'a wrong password', app: 'rich', options: basic('bob@contoso.com:wrong') },
    { who: 'nobody', app: 'rich', options: basic('nobody@contoso.com:x') },
    { who: 'somebody from whom the policy wants a second factor', app: 'strict', options: right },
  ])('$who: 401', async ({ app, options }) => {
    expect((await ask(`/${app}/`, options)).status).toBe(401)
    expect(stage.arrivals).toEqual([])
  })
})

describe('plain HTTP', () => {
  const plain = (path: string) => requestThrough(stage.stack, 'internet', `http://mail.contoso.com${path}`)

  test('leads to TLS where the application says so', async () => {
    const answer = await plain('/kept/a?b=c')
    expect([answer.status, answer.headers.location]).toEqual([307, 'https://mail.contoso.com/kept/a?b=c'])
  })

  test.each(['/owa/', '/nothing/', '/adfs/ls/'])('%s leads nowhere', async (path) => {
    expect((await plain(path)).status).toBe(404)
  })
})

describe('headers and URLs', () => {
  test("the back end sees its own host, and the client the published one's", async () => {
    const answer = await ask('/translated/redirect')
    expect(answer.headers).toMatchObject({
      location: 'https://mail.contoso.com/translated/there?x=//autodiscover.contoso.com/',
      'content-location': 'https://mail.contoso.com/translated/here',
      'set-cookie': ['a=1; Domain=mail.contoso.com; Path=/', 'b=2; Path=/'],
    })
    await ask('/translated/x')
    expect(stage.arrivals[0]?.headers.host).toBe('autodiscover.contoso.com')
  })

  test('without translation the host stays', async () => {
    await ask('/verbatim/x')
    expect(stage.arrivals[0]?.headers.host).toBe('mail.contoso.com')
  })

  test('Kerberos delegation is a gap', async () => {
    const answer = await ask('/kerberos/')
    expect([answer.status, answer.text]).toEqual([501, expect.stringContaining('services/wap/README.md')])
  })
})

describe('administration', () => {
  test('what is published lives in AD FS: changed there, it counts here', async () => {
    const externalUrl = 'https://mail.contoso.com/added/'
    expect((await ask('/added/')).status).toBe(404)
    expect((await stage.manage('/applications/Added', 'PUT', { externalUrl })).status).toBe(200)
    expect((await ask('/added/')).status).toBe(200)
    expect((await stage.manage('/applications/Added', 'DELETE')).status).toBe(200)
    expect((await ask('/added/')).status).toBe(404)
  })

  test('an application that is none is refused', async () => {
    expect(
      (await stage.manage('/applications/Bad', 'PUT', { externalUrl: 'https://mail.contoso.com/no-slash' })).status,
    ).toBe(400)
    expect((await stage.manage('/applications/Absent', 'DELETE')).status).toBe(404)
  })

  test('the trust renews itself', async () => {
    const before = (await stage.manage('/proxy-trust')).json as { thumbprint: string }
    await stage.stack.clock.advance(8 * 3_600_000 + 1000)
    const after = (await stage.manage('/proxy-trust')).json as { state: string; thumbprint: string }
    expect(after.state).toBe('established')
    expect(after.thumbprint).not.toBe(before.thumbprint)
    await stage.stack.clock.restart()
  })

  test('a revoked trust ends the service until an administrator installs the proxy again', async () => {
    const address = stage.stack.deployments.find(({ plan }) => plan.name === 'adfs')?.management
    await fetch(`http://127.0.0.1:${address?.port}/proxy-trusts`, {
      method: 'DELETE',
      headers: { 'fauxchange-management': '1' },
    })
    await stage.stack.clock.advance(31_000)
    const url = 'https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0'
    const answers = [await ask('/owa/'), await requestThrough(stage.stack, 'internet', url)]
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    expect((await stage.manage('/proxy-trust')).json).toMatchObject({ state: 'revoked' })
    const wrong = { userName: 'admin@contoso.com', password: 'wrong' }
    expect((await stage.manage('/proxy-trust', 'POST', wrong)).status).toBe(409)
    const installed = await stage.manage('/proxy-trust', 'POST', { ...wrong, password: 'Admin-Pass7' })
    expect(installed.json).toMatchObject({ state: 'established' })
    expect((await ask('/owa/')).status).toBe(307)
    expect(new URL(String((await ask('/owa/')).headers.location)).searchParams.get('appRealm')).toBe(owaTrustId)
    await stage.stack.clock.restart()
  })
})
