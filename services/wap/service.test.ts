import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { services } from '#services/registry.ts'
import { type Stack, startStack } from '#services/stack.ts'
import type { BuildService } from '#shared/stack/deployment.ts'
import { type RawRequest, requestThrough } from '#test/actors/request-through.ts'

const trustId = 'e0000000-0000-4000-8000-000000000002'
const open = new AsyncDisposableStack()
const seen: { url: string; headers: Record<string, unknown>; bytes: number }[] = []
const relayed: Record<string, unknown>[] = []
let stack: Stack

/** The real AD FS, with an ear at its door. */
const listeningAdfs: BuildService = async (context) => {
  const buildAdfs = await services.adfs?.()
  if (!buildAdfs) throw new Error('there is no AD FS')
  return buildAdfs({
    ...context,
    createApplication: (options) => {
      const app = context.createApplication(options)
      app.addHook('onRequest', async ({ headers, url }) => void relayed.push({ ...headers, url }))
      return app
    },
  })
}

/** Knows the administrator alone. */
const fakeDirectory: BuildService = async (context) => {
  const app = context.createApplication()
  const user = {
    ...{ objectGuid: crypto.randomUUID(), sid: 'S-1-5-21-1-2-3-500', samAccountName: 'admin', netbiosName: 'CONTOSO' },
    ...{ userPrincipalName: 'admin@contoso.com', displayName: 'Admin', enabled: true, attributes: {} },
    groups: [{ name: 'IT Administrators', samAccountName: 'IT Administrators', sid: 'S-1-5-21-1-2-3-1100' }],
  }
  app.post('/logon', async (request, reply) => {
    const { password } = request.body as { password: string }
    return password === 'Admin-Pass7' ? { user } : reply.code(401).send({ status: 'STATUS_WRONG_PASSWORD' })
  })
  return { app, reset: async () => {} }
}

/** A back end that tells what reached it. */
const fakeExchange: BuildService = async (context) => {
  const app = context.createApplication({ bodyLimit: 1024 * 1024 * 1024 })
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    scope.all('/*', async (request, reply) => {
      let bytes = 0
      for await (const chunk of (request.body as AsyncIterable<Buffer> | null) ?? []) bytes += chunk.length
      seen.push({ url: request.url, headers: request.headers, bytes })
      return reply
        .header('location', 'https://mail.contoso.com/owa/')
        .header('x-backend', 'yes')
        .code(302)
        .send('moved')
    })
  })
  return { app, reset: async () => {} }
}

beforeAll(async () => {
  const only = ['wap', 'adfs', 'directory', 'exchange-onprem', 'gateway-internet']
  stack = open.use(
    await startStack({ only, services: { adfs: listeningAdfs, directory: fakeDirectory, exchange: fakeExchange } }),
  )
})

afterAll(() => open.disposeAsync())

const ask = (url: string, options: RawRequest = {}) => requestThrough(stack, 'internet', url, options)

async function authToken(claims: Record<string, unknown> = {}): Promise<string> {
  const subject = 'CN=ADFS Signing - adfs.contoso.com'
  const key = await stack.authority.signingKeyFor({ name: 'adfs-token-signing', subject })
  const now = stack.clock.seconds()
  return new SignJWT({
    aud: 'urn:AppProxy:com',
    iat: now,
    exp: now + 3600,
    relyingpartytrustid: trustId,
    upn: 'bob@contoso.com',
    clientreqid: crypto.randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', x5t: key.x5t })
    .sign(key.privateKey)
}

function edgeCookie(setCookie: string | string[] | undefined): string {
  const header = [setCookie ?? []].flat().find((each) => each.startsWith('EdgeAccessCookie='))
  return header?.split(';')[0] ?? ''
}

test('without an edge cookie: 307 to AD FS with the documented parameters', async () => {
  const answer = await ask('https://mail.contoso.com/owa/?path=/mail')
  expect(answer.status).toBe(307)
  const location = new URL(String(answer.headers.location))
  expect(location.origin + location.pathname).toBe('https://adfs.contoso.com/adfs/ls')
  expect(Object.fromEntries(location.searchParams)).toEqual({
    version: '1.0',
    action: 'signin',
    realm: 'urn:AppProxy:com',
    appRealm: trustId,
    returnUrl: 'https://mail.contoso.com/owa/?path=/mail',
    'client-request-id': expect.stringMatching(/^[0-9A-F-]{36}$/),
  })
})

test('an authToken becomes an edge cookie once, and leaves the URL', async () => {
  const token = await authToken()
  const first = await ask(`https://mail.contoso.com/owa/?a=1&authToken=${token}&client-request-id=x&b=2`)
  expect([first.status, first.headers.location]).toEqual([302, 'https://mail.contoso.com/owa/?a=1&b=2'])
  expect([first.headers['set-cookie']].flat().join()).toMatch(/EdgeAccessCookie=[^;]+; Path=\/; HttpOnly; Secure/)
  const second = await ask(`https://mail.contoso.com/owa/?authToken=${token}`)
  expect([second.status, edgeCookie(second.headers['set-cookie'])]).toEqual([307, ''])
})

test('a token for another application is no token', async () => {
  const answer = await ask(
    `https://mail.contoso.com/owa/?authToken=${await authToken({ relyingpartytrustid: 'other' })}`,
  )
  expect([answer.status, edgeCookie(answer.headers['set-cookie'])]).toEqual([307, ''])
})

test('garbage as authToken answers 400', async () => {
  expect((await ask('https://mail.contoso.com/owa/?authToken=garbage')).status).toBe(400)
})

test('a valid edge cookie opens the back end, and stays at the proxy', async () => {
  const cookie = edgeCookie(
    (await ask(`https://mail.contoso.com/owa/?authToken=${await authToken()}`)).headers['set-cookie'],
  )
  seen.length = 0
  const answer = await ask('https://mail.contoso.com/owa/page', {
    headers: { cookie: `${cookie}; other=1`, 'x-ms-proxy': 'forged', 'x-ms-forwarded-client-ip': '1.2.3.4' },
  })
  expect([answer.status, answer.headers['x-backend']]).toEqual([302, 'yes'])
  expect(seen[0]?.headers).toMatchObject({ cookie: 'other=1', host: 'mail.contoso.com' })
  expect(seen[0]?.headers).not.toHaveProperty('x-ms-proxy')
  expect(seen[0]?.headers).not.toHaveProperty('x-ms-forwarded-client-ip')
})

test.each(['EdgeAccessCookie=forged', 'EdgeAccessCookie='])('%s is no access', async (cookie) => {
  expect((await ask('https://mail.contoso.com/owa/', { headers: { cookie } })).status).toBe(307)
})

test('the edge cookie ends with its token', async () => {
  const cookie = edgeCookie(
    (await ask(`https://mail.contoso.com/owa/?authToken=${await authToken()}`)).headers['set-cookie'],
  )
  await stack.clock.advance(61 * 60_000)
  expect((await ask('https://mail.contoso.com/owa/', { headers: { cookie } })).status).toBe(307)
  await stack.clock.restart()
})

test('AD FS hears who the client is from the proxy alone', async () => {
  const answer = await ask('https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0', {
    headers: { 'x-ms-proxy': 'forged', 'x-ms-forwarded-client-ip': '1.2.3.4', 'x-ms-proxyauth-token': 'forged' },
  })
  expect(answer.status).toBe(200)
  expect(relayed.at(-1)).toMatchObject({
    host: 'adfs.contoso.com',
    'x-ms-proxy': 'WAP01',
    'x-ms-forwarded-client-ip': '203.0.113.10',
    'x-ms-adfs-proxy-client-ip': '203.0.113.10',
    'x-ms-endpoint-absolute-path': '/adfs/ls/',
  })
  expect(relayed.at(-1)).not.toHaveProperty('x-ms-proxyauth-token')
})

test.each([
  { url: 'https://mail.contoso.com/', why: 'not published' },
  { url: 'https://mail.contoso.com/owaX', why: 'not on a segment boundary' },
  { url: 'https://adfs.contoso.com/adfs/proxy/RelyingPartyTrusts', why: 'kept inside' },
  { url: 'https://adfs.contoso.com/', why: 'not relayed' },
])('$url answers 404: $why', async ({ url }) => {
  expect((await ask(url)).status).toBe(404)
})

test('a pass-through application needs no cookie, and a large body arrives whole', async () => {
  seen.length = 0
  const body = 'x'.repeat(5 * 1024 * 1024)
  const answer = await ask('https://mail.contoso.com/Microsoft-Server-ActiveSync?Cmd=Sync', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/vnd.ms-sync.wbxml' },
  })
  expect(answer.status).toBe(302)
  expect(seen[0]).toMatchObject({ url: '/Microsoft-Server-ActiveSync?Cmd=Sync', bytes: body.length })
})

/** A client that does not tidy its path up before it asks. */
async function askRaw(host: string, path: string): Promise<number> {
  const { ProxyAgent } = await import('undici')
  const dispatcher = new ProxyAgent({ uri: stack.proxy('internet'), requestTls: { ca: stack.authority.caPem } })
  try {
    const { statusCode, body } = await dispatcher.request({ origin: `https://${host}`, path, method: 'GET' })
    await body.text()
    return statusCode
  } finally {
    await dispatcher.close()
  }
}

test.each([
  '/Microsoft-Server-ActiveSync/../owa/',
  '/Microsoft-Server-ActiveSync/%2e%2e/owa/',
  '/ews/.%2E/owa/auth/../',
  '/Microsoft-Server-ActiveSync\\..\\owa/',
])('%s leads to no back end past the pre-authentication', async (path) => {
  seen.length = 0
  expect([400, 404]).toContain(await askRaw('mail.contoso.com', path))
  expect(seen).toEqual([])
})

test.each(['/adfs/ls/../proxy/RelyingPartyTrusts', '/adfs/ls/%2e%2e/ls/wia', '/adfs/../adfs/probe'])(
  '%s does not lead to what AD FS keeps inside',
  async (path) => {
    expect([400, 404]).toContain(await askRaw('adfs.contoso.com', path))
  },
)

test('a dead back end answers 503, a dead AD FS too', async () => {
  await using alone = await startStack({ only: ['wap', 'gateway-internet'] })
  const backend = await requestThrough(alone, 'internet', 'https://mail.contoso.com/Microsoft-Server-ActiveSync')
  const preAuthentication = await requestThrough(alone, 'internet', 'https://mail.contoso.com/owa/')
  const relay = await requestThrough(alone, 'internet', 'https://adfs.contoso.com/adfs/ls/')
  expect([backend.status, preAuthentication.status, relay.status]).toEqual([503, 503, 503])
})
