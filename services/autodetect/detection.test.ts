import { expect, test } from 'vitest'
import type { HttpClient, OutgoingRequest } from '#shared/http/client.ts'
import { askActiveSync, findingOf } from './ask-active-sync.ts'
import { askAutoDiscover, type Hop } from './ask-auto-discover.ts'
import { detectionOf } from './detection.ts'
import { readQuestion } from './read-question.ts'

const address = 'user@contoso.com'
const eas = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
const aad = 'https://login.windows.net/common/oauth2/authorize'

interface Answer {
  readonly status: number
  readonly location?: string
  readonly body?: string
  readonly challenges?: readonly string[]
}

/** Servers as a function of the URL; what they throw is a connection that failed. */
function hopTo(servers: (url: URL, request: OutgoingRequest) => Answer): Hop {
  const send = async (url: string, request: OutgoingRequest = {}) => {
    const { status, location, body = '', challenges } = servers(new URL(url), request)
    const headers = { ...(location && { location }), ...(challenges && { 'www-authenticate': challenges }) }
    return { status, headers, text: async () => body, body: { dump: async () => undefined } }
  }
  const http = { send } as unknown as HttpClient
  return { http, parent: 'p', correlationId: 'c', signal: new AbortController().signal }
}

test.each([
  {
    what: '200 with a URL',
    answer: { status: 200, body: JSON.stringify({ Protocol: 'ActiveSync', Url: eas }) },
    url: eas,
  },
  { what: 'a 302 to the end point itself', answer: { status: 302, location: eas }, url: eas },
  { what: 'HTML in place of JSON', answer: { status: 200, body: '<html>' }, reason: /something else/ },
  {
    what: 'a URL without TLS',
    answer: { status: 200, body: '{"Url":"http://mail.contoso.com/"}' },
    reason: /something else/,
  },
  {
    what: 'a 302 to another scheme',
    answer: { status: 302, location: 'http://mail.contoso.com/autodiscover/' },
    reason: /only https/,
  },
  { what: 'a 302 to nowhere', answer: { status: 302 }, reason: /redirects/ },
  { what: 'a pre-authentication in front', answer: { status: 401 }, reason: /answered 401/ },
  { what: 'a 404', answer: { status: 404 }, reason: /answered 404/ },
])('AutoDiscover: $what', async ({ answer, url, reason }) => {
  const finding = await askAutoDiscover(
    hopTo(() => answer),
    address,
  )
  expect(finding).toEqual(
    url === undefined
      ? { outcome: 'broken', reason: expect.stringMatching(reason ?? /./) }
      : { outcome: 'found', url, redirects: 0 },
  )
})

test('redirects are followed, counted, and end: at a loop, and after ten', async () => {
  const next = (url: URL) =>
    `https://hop${Number(/\d+/.exec(url.host)?.[0] ?? 0) + 1}.example/autodiscover/autodiscover.json`
  const endless = await askAutoDiscover(
    hopTo((url) => ({ status: 302, location: next(url) })),
    address,
  )
  expect(endless).toMatchObject({ outcome: 'broken', reason: expect.stringContaining('more than 10') })
  const loop = await askAutoDiscover(
    hopTo((url) => ({ status: 302, location: url.href })),
    address,
  )
  expect(loop).toMatchObject({ outcome: 'broken', reason: expect.stringContaining('come back') })
})

test.each([
  {
    what: 'Entra ID',
    status: 401,
    lines: [`Bearer client_id="x", authorization_uri="${aad}"`, 'Basic realm="m"'],
    outcome: 'modern',
  },
  { what: 'Basic only', status: 401, lines: ['Basic realm="mail.contoso.com"'], outcome: 'basicOnly' },
  {
    what: 'a Bearer that leads nowhere',
    status: 401,
    lines: ['Bearer error="invalid_token"', 'Basic Realm=""'],
    outcome: 'basicOnly',
  },
  { what: 'a sign-in page in front', status: 302, lines: [], outcome: 'unusable' },
  { what: 'a firewall', status: 403, lines: [], outcome: 'unusable' },
  { what: 'no scheme', status: 401, lines: [], outcome: 'unusable' },
])('ActiveSync answers with $what: $outcome', ({ status, lines, outcome }) => {
  expect(findingOf(status, lines).outcome).toBe(outcome)
})

test('a certificate that nobody trusts is named', async () => {
  const hop = hopTo(() => {
    throw Object.assign(new Error('cannot reach'), { cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } })
  })
  expect(await askActiveSync(hop, eas)).toEqual({ outcome: 'insecure', problem: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  const found = { outcome: 'found', url: eas, redirects: 1 } as const
  const findings = {
    address,
    autoDiscover: found,
    activeSync: { outcome: 'insecure', problem: 'CERT_HAS_EXPIRED' },
  } as const
  expect(detectionOf(findings, [])?.protocols[0]).toMatchObject({ protocol: 'eas', insecure: 'CERT_HAS_EXPIRED' })
})

test('a provider of the table offers IMAP and SMTP when nothing else was found', () => {
  const server = { hostname: 'imap.example', port: 993, encryption: 'ssl' } as const
  const provider = { domain: 'contoso.com', imap: server, smtp: { ...server, hostname: 'smtp.example', port: 465 } }
  const findings = { address, autoDiscover: { outcome: 'broken', reason: 'down' } } as const
  expect(detectionOf(findings, [provider])?.protocols.map(({ protocol }) => protocol)).toEqual(['imap', 'smtp'])
  expect(detectionOf(findings, [])).toBeUndefined()
})

test.each([
  { headers: { 'x-email': address }, query: {} },
  { headers: { authorization: `Basic ${Buffer.from(address).toString('base64')}` }, query: {} },
  { headers: {}, query: { email: address } },
])('the address comes by $headers $query', ({ headers, query }) => {
  expect(readQuestion({ headers, query })?.address).toBe(address)
})

test.each([{}, { 'x-email': 'nobody' }, { authorization: 'Basic !' }])('%s has no address', (headers) => {
  expect(readQuestion({ headers, query: {} })).toBeUndefined()
})
