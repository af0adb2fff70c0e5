import { createTransport } from 'nodemailer'
import { ProxyAgent, request } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { createMachineToken } from '#shared/http/machine-identity.ts'
import type { Zone } from '#shared/stack/deployment.ts'
import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { decodeWbxml } from '#shared/wbxml/decode.ts'
import { formsOf, type HttpVisitor, openHttpVisitor, type Visit } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, trent } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
let stack: Stack
let world: World
let lab: Lab
let agents: Readonly<Record<Zone, ProxyAgent>>

beforeAll(async () => {
  stack = open.use(await startStack())
  world = worldOf(stack)
  lab = labOf(world)
  const agentOf = (zone: Zone) => new ProxyAgent({ uri: stack.proxy(zone), requestTls: { ca: stack.authority.caPem } })
  agents = { internet: agentOf('internet'), corp: agentOf('corp') }
  open.defer(async () => void (await Promise.all(Object.values(agents).map((agent) => agent.destroy()))))
})
afterEach(async () => {
  for (const { id, active } of await catalogue()) if (active.length > 0) await mend(id)
})
afterAll(() => open.disposeAsync())

test.each(['owa', 'ecp', 'Microsoft-Server-ActiveSync', 'EWS', 'mapi', 'autodiscover', 'oab', 'rpc'])(
  'ENV-6: the lab takes /%s of a server out of rotation, and lets it in again; the other protocols stay',
  async (directory) => {
    const probe = async (path: string) => {
      const { statusCode, body } = await request(`https://mail.contoso.com/${path}/healthcheck.htm`, {
        dispatcher: agents.corp,
      })
      await body.dump()
      return statusCode
    }
    const set = (faults: readonly object[]) => lab.call('PUT', '/api/faults/exchange-onprem', { faults })
    await set([{ match: { path: `/${directory}/healthcheck.htm` }, status: 503 }])
    expect([await probe(directory), await probe('PowerShell')]).toEqual([503, 200])
    await set([])
    expect(await probe(directory)).toBe(200)
  },
)

interface Entry {
  readonly id: string
  readonly deployment: string
  readonly active: readonly { readonly hits: number; readonly tooEarly: number }[]
  readonly fault: {
    readonly status?: number
    readonly retryAfterSeconds?: number
    readonly reset?: boolean
    readonly delayMs?: number
    readonly bytes?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly spoil?: { readonly kind: string; readonly name?: string; readonly value?: string }
    readonly connection?: string
  }
}

async function catalogue(): Promise<readonly Entry[]> {
  const { json } = await lab.call('GET', '/api/fault-catalogue')
  return (json as { faults: Entry[] }).faults
}

async function turnOn(id: string, parameters: object = {}): Promise<Entry> {
  const { status, json } = await lab.call('POST', `/api/fault-catalogue/${id}`, parameters)
  expect(status).toBe(201)
  return json as Entry
}

/** Those that struck in a test; the last test compares them with the catalogue. */
const struck = new Set<string>()

async function mend(id: string): Promise<void> {
  if ((await hitsOf(id)).hits > 0) struck.add(id)
  await lab.call('DELETE', `/api/fault-catalogue/${id}`)
}

async function hitsOf(id: string) {
  const { json } = await lab.call('GET', `/api/fault-catalogue/${id}`)
  return (json as Entry).active[0] ?? { hits: 0, tooEarly: 0 }
}

interface Question {
  readonly url: string
  readonly zone?: Zone
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly bytes: Buffer
}

async function ask({ url, zone = 'internet', method = 'GET', headers = {}, body }: Question): Promise<Answer> {
  const answer = await request(url, { dispatcher: agents[zone], method, headers, body: body ?? null })
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  return { status: answer.statusCode, headers: answer.headers, text: bytes.toString('utf8'), bytes }
}

const login = 'https://login.microsoftonline.com'
const tenant = '6babcaad-604b-40ac-a9d7-9fd97c0b779f'
const token: Question = {
  url: `${login}/${tenant}/oauth2/v2.0/token`,
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({
    ...{ grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' },
    ...{ client_id: 'a0000000-0000-4000-8000-000000000004', client_secret: 'sample-tasks-api-secret' },
  }).toString(),
}
const authorize: Question = {
  url: `${login}/common/oauth2/v2.0/authorize?client_id=27922004-5251-4030-b22d-91ecd9a37ea4&response_type=code&scope=openid&redirect_uri=x-msauth-outlook-prod%3A%2F%2Fcom.microsoft.Office.Outlook`,
}
const keys: Question = { url: `${login}/common/discovery/v2.0/keys` }
const metadata: Question = { url: `${login}/common/v2.0/.well-known/openid-configuration` }
const graph: Question = { url: 'https://graph.microsoft.com/v1.0/me' }
const adfs: Question = {
  url: 'https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=https%3A%2F%2Fmail.contoso.com%2Fowa%2F',
  zone: 'corp',
  headers: { 'user-agent': 'Mozilla/5.0 (test)' },
}
const federationMetadata: Question = {
  url: 'https://adfs.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml',
  zone: 'corp',
}
const proxied: Question = { url: 'https://mail.contoso.com/owa/' }
const owa: Question = { url: 'https://mail.contoso.com/owa/', zone: 'corp' }
const ews: Question = { url: 'https://outlook.office365.com/EWS/Exchange.asmx', method: 'POST', body: '<x/>' }
const discover: Question = {
  url: 'https://outlook.office365.com/autodiscover/autodiscover.json?Email=alice@contoso.com&Protocol=ActiveSync',
}
const detect: Question = {
  url: 'https://prod-autodetect.outlookmobile.com/detect?services=office365&protocols=rest-cloud,eas',
  headers: { 'x-email': alice.upn },
}
const activeSync = (command: string): Question => ({
  url: `https://outlook.office365.com/Microsoft-Server-ActiveSync?Cmd=${command}&User=${alice.upn}&DeviceId=d1&DeviceType=iPhone`,
  method: 'POST',
  headers: { 'ms-asprotocolversion': '16.1', authorization: `Basic ${btoa(`${alice.upn}:${alice.password}`)}` },
})
const domainController: Question = {
  url: 'https://dc1.contoso.com/users?userPrincipalName=alice@contoso.com',
  zone: 'corp',
}

/** The hop that a fault is seen at by a single request. */
const singleHops: Readonly<Record<string, Question>> = {
  ...Object.fromEntries(
    [
      'throttled unavailable gateway-timeout malformed truncated captive-portal slow reset wrong-signature unknown-key'
        .split(' ')
        .map((name) => [`entra-token-${name}`, token] as const),
      'throttled unavailable bad-gateway malformed slow'.split(' ').map((name) => [`graph-${name}`, graph] as const),
      'unavailable slow reset redirect-loop'.split(' ').map((name) => [`adfs-${name}`, adfs] as const),
      'bad-gateway gateway-timeout blocked slow reset'.split(' ').map((name) => [`wap-${name}`, proxied] as const),
      'error slow blank'.split(' ').map((name) => [`entra-login-${name}`, authorize] as const),
      'not-found error loop malformed'.split(' ').map((name) => [`autodiscover-${name}`, discover] as const),
      'redirect mailbox-full throttled provision-needed-449 provision-needed sync-key-invalid folders-changed retry server-error server-error-later unavailable'
        .split(' ')
        .map((name) => [`eas-${name}`, activeSync('Sync')] as const),
      'policy-key-invalid device-blocked folder-key-invalid answer-truncated'
        .split(' ')
        .map((name) => [`eas-${name}`, activeSync('FolderSync')] as const),
      'ping-cut ping-folders-changed'.split(' ').map((name) => [`eas-${name}`, activeSync('Ping')] as const),
      'latency truncated duplicated no-content-type'.split(' ').map((name) => [`wire-${name}`, metadata] as const),
    ].flat(),
  ),
  'entra-login-return-error': { url: `${login}/login.srf`, method: 'POST' },
  'entra-keys-unreachable': keys,
  'entra-keys-rolled': keys,
  'entra-metadata-unreachable': metadata,
  'entra-metadata-foreign': metadata,
  'entra-device-code-unavailable': { url: `${login}/common/oauth2/v2.0/devicecode`, method: 'POST' },
  'mfa-poll-fails': { url: `${login}/common/SAS/EndAuth`, method: 'POST' },
  'adfs-metadata-unreachable': federationMetadata,
  'adfs-metadata-truncated': federationMetadata,
  'adfs-oauth-unavailable': { url: 'https://adfs.contoso.com/adfs/oauth2/token', zone: 'corp', method: 'POST' },
  'adfs-ws-trust-unavailable': {
    url: 'https://adfs.contoso.com/adfs/services/trust/2005/usernamemixed',
    zone: 'corp',
    method: 'POST',
  },
  'wap-configuration-unreadable': { url: 'https://adfs.contoso.com/adfs/proxy/GetConfiguration', zone: 'corp' },
  'wap-trust-lost': { url: 'https://adfs.contoso.com/adfs/proxy/GetConfiguration', zone: 'corp' },
  'owa-unavailable': owa,
  'owa-slow': owa,
  'ews-busy': ews,
  'ews-server-busy': ews,
  'ews-error': ews,
  'outlook-mobile-unavailable': { url: 'https://outlook.office365.com/shadow/v2.0/mailboxes' },
  'autodetect-down': detect,
  'autodetect-slow': detect,
  'directory-error': { url: 'https://dc1.contoso.com/logon', zone: 'corp', method: 'POST' },
  'directory-lookup-error': domainController,
  'directory-slow': domainController,
  'directory-down': domainController,
}

/** What the request comes to, in the words of the entry. */
async function expectEffect({ id, fault }: Entry, question: Question, before: Answer, delayMs: number): Promise<void> {
  if (fault.reset || fault.connection === 'reset' || fault.spoil?.kind === 'truncate') {
    await expect(ask(question), id).rejects.toThrow()
    return
  }
  const began = performance.now()
  const answer = await ask(question)
  if (fault.status !== undefined) expect(answer.status, id).toBe(fault.status)
  for (const [name, value] of Object.entries(fault.headers ?? {}))
    expect(answer.headers[name.toLowerCase()]).toBe(value)
  if (fault.bytes !== undefined) {
    const document = decodeWbxml(activeSyncCodePages, answer.bytes)
    expect(document.children[0]?.name).toMatch(/:Status$/)
  }
  if (fault.retryAfterSeconds !== undefined) {
    expect(answer.headers['retry-after']).toBe(String(fault.retryAfterSeconds))
    expect((await ask(question)).status).toBe(fault.status)
    expect(await hitsOf(id)).toMatchObject({ hits: 1, tooEarly: 1 })
  }
  if (fault.delayMs !== undefined) expect(performance.now() - began).toBeGreaterThan(delayMs * 0.9)
  expectSpoilt(fault.spoil?.kind, question, before, answer)
}

function expectSpoilt(kind: string | undefined, question: Question, before: Answer, answer: Answer): void {
  if (kind === 'brokenJson') {
    expect(JSON.parse(before.text)).toBeTypeOf('object')
    expect(() => JSON.parse(answer.text)).toThrow()
  }
  if (kind === 'duplicate') expect(answer.bytes.length).toBe(before.bytes.length * 2)
  if (kind === 'redirectLoop') expect([answer.status, answer.headers.location]).toEqual([302, question.url])
  if (kind === 'replace') expect(answer.text).toContain('login.partner.example')
  if (kind === 'dropHeader')
    expect([before.headers['content-type'], answer.headers['content-type']]).toEqual([expect.any(String), undefined])
}

describe('a fault of the catalogue, at the hop itself', () => {
  test.each(Object.entries(singleHops))('%s', async (id, question) => {
    const [entry] = (await catalogue()).filter((each) => each.id === id)
    if (!entry) throw new Error(`the catalogue has no ${id}`)
    const before = await ask(question)
    const delayMs = 60
    await turnOn(id, entry.fault.delayMs === undefined ? {} : { delayMs })
    await expectEffect(entry, question, before, delayMs)
    expect((await hitsOf(id)).hits).toBeGreaterThan(0)
    await mend(id)
    expect((await ask(question)).status, 'mended').toBe(before.status)
  })

  test('entra-token-wrong-signature and -unknown-key: the resource refuses the token', async () => {
    const me = async () => {
      const { access_token } = JSON.parse((await ask(token)).text) as { access_token: string }
      return (
        await ask({
          url: 'https://graph.microsoft.com/v1.0/users',
          headers: { authorization: `Bearer ${access_token}` },
        })
      ).status
    }
    const sound = await me()
    for (const id of ['entra-token-wrong-signature', 'entra-token-unknown-key']) {
      await turnOn(id)
      expect(await me(), id).toBe(401)
      await mend(id)
    }
    expect(sound).not.toBe(401)
  })

  test('ews-server-busy: the client hears how long to wait', async () => {
    await turnOn('ews-server-busy')
    const { status, text, headers } = await ask(ews)
    expect([status, headers['content-type']]).toEqual([500, 'text/xml; charset=utf-8'])
    expect(text).toContain('<t:Value Name="BackOffMilliseconds">30000</t:Value>')
    expect(text).toMatch(/<faultcode [^>]+>a:ErrorServerBusy<.*<e:ResponseCode [^>]+>ErrorServerBusy</)
  })

  test('wire-tls-reset: no new connection comes about', async () => {
    await turnOn('wire-tls-reset')
    const agent = new ProxyAgent({ uri: stack.proxy('internet'), requestTls: { ca: stack.authority.caPem } })
    await expect(request(metadata.url, { dispatcher: agent })).rejects.toThrow()
    expect((await hitsOf('wire-tls-reset')).hits).toBeGreaterThan(0)
    await mend('wire-tls-reset')
    const answer = await request(metadata.url, { dispatcher: agent })
    expect(answer.statusCode).toBe(200)
    await agent.destroy()
  })

  test('wire-certificate-expired: whoever looks at certificates does not go on', async () => {
    expect((await ask({ url: 'https://outlook.office365.com/' })).status).toBeLessThan(500)
    await turnOn('wire-certificate-expired', { deployment: 'exchange-online' })
    const agent = new ProxyAgent({ uri: stack.proxy('internet'), requestTls: { ca: stack.authority.caPem } })
    await expect(request('https://outlook.office365.com/', { dispatcher: agent })).rejects.toThrow(/expired/)
    await agent.destroy()
    expect((await hitsOf('wire-certificate-expired')).hits).toBeGreaterThan(0)
  })

  test('wire-flaky: strikes by chance, and only so often', async () => {
    await turnOn('wire-flaky', { probability: 0.5, count: 3 })
    const seen: number[] = []
    for (let index = 0; index < 40; index += 1) seen.push((await ask(keys)).status)
    expect(seen.filter((status) => status === 503)).toHaveLength(3)
    expect((await hitsOf('wire-flaky')).hits).toBe(3)
  })

  test('one person only', async () => {
    await turnOn('autodetect-down', { user: bob.upn })
    const detected = async (upn: string) => (await ask({ ...detect, headers: { 'x-email': upn } })).status
    expect([await detected(alice.upn), await detected(bob.upn)]).toEqual([200, 503])
  })
})

describe('a fault of the catalogue, on the way of a person', () => {
  async function signInToOwa(
    visitor: HttpVisitor,
    answers = { UserName: bob.upn, Password: bob.password },
  ): Promise<Visit> {
    let page = await visitor.open('https://mail.contoso.com/owa/')
    for (let pages = 0; pages < 6; pages += 1) {
      const [form] = formsOf(page)
      if (!form || (!('UserName' in form.fields) && !('wresult' in form.fields))) return page
      if ('UserName' in form.fields && pages > 1) return page
      page = await visitor.submit(page, 'UserName' in form.fields ? answers : {})
    }
    return page
  }

  test('without any, the mailbox opens', async () => {
    await using visitor = await openHttpVisitor(world, 'corp')
    expect((await signInToOwa(visitor)).html).toContain(bob.upn)
  })

  test.each([
    { id: 'adfs-wrong-signature', seen: 'wrongAudienceOrCertificate', because: /signature/i },
    { id: 'adfs-wrong-audience', seen: 'wrongAudienceOrCertificate', because: /other\.contoso\.com/ },
    { id: 'adfs-clock-ahead', seen: 'tokenNotYetValid' },
    { id: 'adfs-clock-behind', seen: 'tokenExpired' },
    { id: 'owa-clock-behind', seen: 'tokenNotYetValid' },
    { id: 'adfs-cookie-lost', seen: 'formsPage' },
    { id: 'owa-session-lost', seen: 'redirectToSignIn' },
  ])('$id: nobody gets in, and the journal says $seen', async ({ id, seen, because }) => {
    await lab.reset()
    await turnOn(id)
    await using visitor = await openHttpVisitor(world, 'corp')
    const page = await signInToOwa(visitor).catch((error: Error) => ({ html: error.message }))
    expect(page.html).not.toContain('data-testid="message"')
    expect((await hitsOf(id)).hits).toBeGreaterThan(0)
    const events = await lab.journal({ limit: '500' })
    const decisions = events.flatMap((event) => event.decisions)
    if (because) expect(events.flatMap((event) => event.reasons).join('\n')).toMatch(because)
    expect(decisions.join()).toContain(seen)
  })

  test('wap-edge-cookie-lost: pre-authentication never ends', async () => {
    await lab.reset()
    expect(await cookiesAfterPreauthentication(), 'without').toContain('EdgeAccessCookie')
    await turnOn('wap-edge-cookie-lost')
    expect(await cookiesAfterPreauthentication()).not.toContain('EdgeAccessCookie')
    expect((await hitsOf('wap-edge-cookie-lost')).hits).toBeGreaterThan(0)
  })

  /** From outside, with the code that AD FS asks for there. */
  async function cookiesAfterPreauthentication(): Promise<readonly string[]> {
    await using visitor = await openHttpVisitor(world, 'internet')
    await lab.clock({ advance: 'PT60S' })
    let page = await visitor.open('https://mail.contoso.com/owa/')
    for (let pages = 0; pages < 4 && formsOf(page).length > 0; pages += 1) {
      const [form] = formsOf(page)
      const wanted = Object.keys(form?.fields ?? {})
      if (wanted.includes('UserName')) page = await visitor.submit(page, { UserName: bob.upn, Password: bob.password })
      else if (wanted.includes('VerificationCode'))
        page = await visitor.submit(page, { VerificationCode: await lab.totpCode(bob.upn) }).catch(() => page)
      else break
    }
    return visitor.cookieNames()
  }

  test.each(['entra-clock-ahead', 'entra-clock-behind'])('%s: tokens have the times of the wrong clock', async (id) => {
    const times = async () => {
      const { access_token } = JSON.parse((await ask(token)).text) as { access_token: string }
      return JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as {
        nbf: number
        exp: number
      }
    }
    const now = stack.clock.seconds()
    const usual = await times()
    expect(usual.nbf <= now && usual.exp > now, 'without').toBe(true)
    await turnOn(id)
    const { nbf, exp } = await times()
    expect(id === 'entra-clock-ahead' ? nbf > now + 600 : exp < now - 600).toBe(true)
  })

  test('entra-session-cookie-lost: no ESTSAUTH after a sign-in', async () => {
    const names = async () => {
      await using visitor = await openHttpVisitor(world, 'internet')
      const first = await visitor.open(`${authorize.url}&login_hint=${trent.upn}`)
      const next = await visitor.submit(first, { login: trent.upn, passwd: trent.password })
      await visitor.submit(next, {}).catch(() => undefined)
      return visitor.cookieNames()
    }
    const usual = await names()
    await turnOn('entra-session-cookie-lost')
    const lost = await names()
    expect(lost.filter((name) => name.startsWith('ESTSAUTH'))).toEqual([])
    expect(usual, 'without').toContain('ESTSAUTH')
    expect((await hitsOf('entra-session-cookie-lost')).hits).toBeGreaterThan(0)
  })
})

describe('a fault of the catalogue, where no request is', () => {
  const send = async (to: string) => {
    const transport = createTransport({
      ...stack.smtp('exchange-onprem'),
      requireTLS: true,
      tls: { ca: stack.authority.caPem, servername: 'mail.contoso.com' },
    })
    try {
      return (await transport.sendMail({ from: 'x@example.net', to, subject: 'Hello', text: 'Hello' })).response
    } catch (error) {
      return String((error as { responseCode?: number }).responseCode)
    } finally {
      transport.close()
    }
  }

  test.each([
    { id: 'smtp-unavailable', code: '421' },
    { id: 'smtp-later', code: '451' },
    { id: 'smtp-mailbox-full', code: '552' },
    { id: 'smtp-refused', code: '550' },
  ])('$id: a mail client is told $code', async ({ id, code }) => {
    await turnOn(id, { count: 1 })
    expect(await send(bob.upn)).toBe(code)
    expect((await hitsOf(id)).hits).toBe(1)
    expect(await send(bob.upn), 'then it is mended').toMatch(/^250/)
  })

  test('mfa-push-lost: the sign-in waits, and the phone shows nothing', async () => {
    await turnOn('mfa-push-lost', { user: alice.upn })
    await beginSecondFactor('PhoneAppNotification')
    expect((await lab.mfa(alice.upn)).pushes).toEqual([])
    expect((await hitsOf('mfa-push-lost')).hits).toBe(1)
    await mend('mfa-push-lost')
    await beginSecondFactor('PhoneAppNotification')
    expect((await lab.mfa(alice.upn)).pushes).toHaveLength(1)
  })

  test('mfa-text-late: the code is on the phone two minutes later', async () => {
    await lab.reset()
    await turnOn('mfa-text-late')
    await beginSecondFactor('OneWaySMS')
    expect((await lab.mfa(alice.upn)).sms).toEqual([])
    await lab.clock({ advance: 'PT2M1S' })
    expect((await lab.mfa(alice.upn)).sms).toHaveLength(1)
    await mend('mfa-text-late')
    await beginSecondFactor('OneWaySMS')
    expect((await lab.mfa(alice.upn)).sms, 'without').toHaveLength(2)
    await lab.reset()
  })

  test('mfa-service-down: AD FS has no answer from the service', async () => {
    await beginSecondFactor('OneWaySMS')
    await turnOn('mfa-service-down')
    await expect(beginSecondFactor('OneWaySMS')).rejects.toThrow('503')
    expect((await hitsOf('mfa-service-down')).hits).toBe(1)
  })

  async function beginSecondFactor(authMethodId: string): Promise<void> {
    const host = 'adnotifications.windowsazure.com'
    const bearer = await createMachineToken(await stack.authority.machineIdentity('adfs'), host, stack.clock)
    const answer = await ask({
      url: `https://${host}/StrongAuthenticationService.svc/Connector/BeginTwoWayAuthentication`,
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ userPrincipalName: alice.upn, contextId: 'c', authMethodId },
        ...{ callerIp: '198.51.100.20', callerName: 'AD FS' },
      }),
    })
    if (answer.status !== 200) throw new Error(`the connector answered ${answer.status}`)
  }

  test('entra-agents-cut-off: the agent cannot ask for work', async () => {
    const poll = {
      url: `https://adminwebservice.microsoftonline.com/provisioning/${tenant}/passthrough/poll`,
      method: 'POST',
    } as const
    expect((await ask(poll)).status, 'without: not an agent').toBe(401)
    await turnOn('entra-agents-cut-off')
    expect((await ask(poll)).status).toBe(503)
    // The agent of the stack meets it too, at its next poll.
    expect((await hitsOf('entra-agents-cut-off')).hits).toBeGreaterThan(0)
  })

  test('entra-provisioning-refuses: the cycle fails', async () => {
    expect((await lab.call('POST', '/api/synchronize', { full: true })).json, 'without').toMatchObject({
      result: 'success',
    })
    await turnOn('entra-provisioning-refuses')
    const { json } = await lab.call('POST', '/api/synchronize', { full: true })
    expect(json).not.toMatchObject({ result: 'success' })
    expect((await hitsOf('entra-provisioning-refuses')).hits).toBeGreaterThan(0)
  })
})

test('every fault of the catalogue struck in a test above', async () => {
  const ids = (await catalogue()).map(({ id }) => id)
  expect(ids.length).toBeGreaterThan(60)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => !struck.has(id))).toEqual([])
})
