import { createHmac } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SoftwareAuthenticator } from '#services/entra/passkeys/_authenticator.ts'
import { signatureState } from '#services/lab/diagrams/token-state.ts'
import { type Stack, startStack } from '#services/stack.ts'
import { fingerprint } from '#shared/journal.ts'
import { authenticateMessage, negotiateMessage } from '#shared/windows-authentication/_ntlm-client.ts'
import { ActiveSyncClient } from '../actors/activesync-client.ts'
import { newDevice } from '../actors/device.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { OutlookMobile, walkPages } from '../actors/outlook-mobile.ts'
import { alice, bob, peggy } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { userAgents } from '../actors/web-view.ts'
import { worldOf } from '../actors/world.ts'
import { type WalkedEvent, walkOf } from './_steps.ts'

/* Whatever proves somebody or something on a hop is told: what it is, what it says, who signed it, and never itself. */

const adfs = 'https://adfs.contoso.com/adfs'
const login = 'https://login.microsoftonline.com'
const webServices = 'https://outlook.office365.com/EWS/Exchange.asmx'
const secrets = new Map<string, string>()
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab
let events: readonly WalkedEvent[]

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
  await walkOwa()
  await walkMobile()
  await walkSaml()
  await askWebServices()
  for (const send of presented) await send()
  events = (await walkOf(lab)).events
})
afterAll(() => open.disposeAsync())

const keep = (what: string, value: string) => void secrets.set(what, value)
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function post(url: string, form: Record<string, string>, headers: Record<string, string> = {}, zone = 'corp' as const) {
  const type = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
  return requestThrough(stack, zone, url, { method: 'POST', headers: type, body: new URLSearchParams(form).toString() })
}

async function walkOwa(): Promise<void> {
  await using browser = await openHttpVisitor(worldOf(stack), 'internet')
  await walkPages(browser, 'https://mail.contoso.com/owa', { ...bob, code: () => lab.totpCode(bob.upn) })
  keep('EdgeAccessCookie', browser.cookie('EdgeAccessCookie') ?? '')
  await using another = await openHttpVisitor(worldOf(stack), 'internet')
  await walkPages(another, 'https://outlook.office.com/owa', { ...alice, approve })
  await another.open(`${login}/common/oauth2/authorize?${new URLSearchParams(inFragment)}`)
}

const inFragment = {
  client_id: '00000002-0000-0ff1-ce00-000000000000',
  response_type: 'code id_token',
  response_mode: 'fragment',
  redirect_uri: 'https://outlook.office.com/owa/',
  nonce: 'only-for-the-fragment',
}

const approve = (number: number | undefined) => lab.approvePush(alice.upn, number)

async function walkMobile(): Promise<void> {
  const app = new OutlookMobile(stack, alice.upn)
  await using visitor = await openHttpVisitor(worldOf(stack), 'internet', { userAgent: userAgents.safariIos })
  const page = await walkPages(visitor, app.authorizationUrl(), { ...alice, approve })
  const code = new URL(page.url).searchParams.get('code') ?? ''
  keep('authorization code', code)
  const tokens = await app.redeem(code)
  keep('refresh token', tokens.refresh_token)
  keep('access token', tokens.access_token)
}

const message = (root: string, inner = '') =>
  `<samlp:${root} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${root}" Version="2.0" IssueInstant="${stack.clock.now().toISOString()}"><saml:Issuer>urn:sample:saml</saml:Issuer>${inner}</samlp:${root}>`

const redirected = (field: string, xml: string, more: Record<string, string> = {}) =>
  `${adfs}/ls/?${new URLSearchParams({ [field]: deflateRawSync(xml).toString('base64'), ...more })}`

async function walkSaml(): Promise<void> {
  await using inside = await openHttpVisitor(worldOf(stack), 'corp')
  const page = await inside.open(redirected('SAMLRequest', message('AuthnRequest')))
  await inside.submit(page, { UserName: alice.upn, Password: alice.password })
}

async function tokenOf(person: { upn: string; password: string }, client_id: string, scope: string): Promise<string> {
  const form = { grant_type: 'password', client_id, username: person.upn, password: person.password, scope }
  const { text } = await post(`${login}/organizations/oauth2/v2.0/token`, form)
  return (JSON.parse(text) as { access_token: string }).access_token
}

const getInbox =
  '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><soap:Body><m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></soap:Body></soap:Envelope>'

async function askWebServices(): Promise<void> {
  const scope = 'https://outlook.office365.com/EWS.AccessAsUser.All'
  const token = await tokenOf(peggy, 'd3590ed6-52b3-4102-aeff-aad2292ab01c', scope)
  keep('token for web services', token)
  const forged = token.replace(/\.[^.]+$/, `.${'A'.repeat(342)}`)
  for (const each of [token, forged]) {
    const headers = { authorization: `Bearer ${each}`, 'content-type': 'text/xml; charset=utf-8' }
    await requestThrough(stack, 'internet', webServices, { method: 'POST', headers, body: getInbox })
  }
}

async function authorization(value: string): Promise<void> {
  keep(`Authorization ${value.split(' ')[0]}`, value.replace(/^\w+ /, ''))
  await requestThrough(stack, 'corp', `${adfs}/ls/wia?wa=wsignin1.0&wtrealm=urn:sample:wsfed`, {
    headers: { authorization: value, 'user-agent': 'Windows-AzureAD-Authentication-Provider/1.0' },
  })
}

/** A client's message to a challenge that nobody made: a target name and no target information. */
function ntlm(): string {
  const negotiate = negotiateMessage()
  const challenge = Buffer.alloc(64)
  challenge.write('NTLMSSP\0', 'latin1')
  challenge.writeUInt32LE(2, 8)
  challenge.writeUInt32LE(56, 44)
  const person = { userName: 'alice', domain: 'CONTOSO', password: alice.password }
  return authenticateMessage(person, { negotiate, challenge }).toString('base64')
}

function primaryRefreshToken(): string {
  const secret = `0.${'p'.repeat(60)}1`
  keep('PRT', secret)
  const words = `${encoded({ alg: 'HS256', ctx: 'c3Rhcg==' })}.${encoded({ refresh_token: secret, is_primary: 'true' })}`
  return `${words}.${createHmac('sha256', 'session key').update(words).digest('base64url')}`
}

function clientAssertion(): string {
  const words = `${encoded({ alg: 'PS256', kid: 'own' })}.${encoded({ iss: 'app', sub: 'app', jti: 'only-once-1234567890' })}`
  keep('jti', 'only-once-1234567890')
  return `${words}.${'B'.repeat(342)}`
}

const encrypted =
  '<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:CipherData><xenc:CipherValue>c2VjcmV0LWNpcGhlci1ieXRlcw==</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>'

const presented: readonly (() => Promise<unknown>)[] = [
  () => authorization(`Basic ${Buffer.from(`${bob.upn}:${bob.password}`).toString('base64')}`),
  () => authorization(`NTLM ${ntlm()}`),
  () => authorization(`Negotiate ${Buffer.from('a ticket of the realm CONTOSO.COM').toString('base64')}`),
  async () => {
    const device = await newDevice()
    await device.certifyItself('d0000000-0000-4000-8000-000000000009')
    const challenge = { nonce: 'never-given-out-1', context: 'c', submitUrl: adfs, certificateAuthorities: 'x' }
    keep('nonce of PKeyAuth', challenge.nonce)
    await authorization(device.answer(challenge, stack.clock.seconds()))
  },
  () =>
    requestThrough(stack, 'corp', `${login}/common/oauth2/v2.0/authorize?client_id=x`, {
      headers: { 'x-ms-refreshtokencredential': primaryRefreshToken() },
    }),
  () => {
    const assertion = JSON.stringify(new SoftwareAuthenticator().get('a-challenge', { counter: 7 }))
    keep('signature of the passkey', JSON.parse(assertion).signature)
    return post(`${login}/common/login`, { assertion })
  },
  () => {
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const form = { grant_type: 'client_credentials', client_id: 'app', client_assertion_type }
    return post(`${login}/contoso.com/oauth2/v2.0/token`, { ...form, client_assertion: clientAssertion() })
  },
  () => {
    keep('artifact', `AAQAAM${'a1'.repeat(27)}`)
    return requestThrough(stack, 'corp', `${adfs}/ls/?SAMLart=${secrets.get('artifact')}`)
  },
  () => {
    keep('cipher', 'c2VjcmV0LWNpcGhlci1ieXRlcw==')
    return post(`${adfs}/ls/`, { SAMLResponse: Buffer.from(message('Response', encrypted)).toString('base64') })
  },
  () => {
    keep('Signature of the query', 'c2lnbmF0dXJlLW9mLXRoZS1xdWVyeQ==')
    const SigAlg = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
    const Signature = secrets.get('Signature of the query') ?? ''
    const subject = `<saml:NameID>${alice.upn}</saml:NameID>`
    return requestThrough(
      stack,
      'corp',
      redirected('SAMLRequest', message('LogoutRequest', subject), { SigAlg, Signature }),
    )
  },
  () => post(`${adfs}/ls/`, { SAMLResponse: Buffer.from(message('LogoutResponse')).toString('base64') }),
  () => {
    const form = { client_id: 'e1000000-0000-4000-8000-000000000001', resource: 'https://api.contoso.com/' }
    const person = { username: alice.upn, password: alice.password, scope: 'openid' }
    return post(`${adfs}/oauth2/token`, { grant_type: 'password', ...form, ...person })
  },
  // Exchange Online asks AD FS for a token by WS-Trust.
  () => {
    const value = Buffer.from(`${alice.upn}:${alice.password}`).toString('base64')
    return requestThrough(stack, 'internet', webServices, { headers: { authorization: `Basic ${value}` } })
  },
]

interface Row {
  readonly what: string
  readonly token: Readonly<Record<'way' | 'carrier' | 'kind', string>>
  readonly at: string
  readonly claims?: object
  readonly state: RegExp
}

const row = (what: string, at: string, words: string, state: RegExp, claims: object = {}): Row => {
  const [way = '', carrier = '', ...kind] = words.split(' ')
  return { what, at, token: { way, carrier, kind: kind.join(' ') }, state, claims }
}

const bytesOf = (issuer: string, by: string) =>
  new RegExp(`^signed \\(.+\\); the very bytes that ${issuer} signed; accepted by ${by}$`)
const outside = (by: string) => new RegExp(`^signed \\(.+\\); not as any deployment here signed it.+ by ${by}$`)

test.each<Row>([
  row('SAML 1.1 of AD FS', 'exchange-onprem', 'presented wresult SAML assertion', bytesOf('adfs', 'exchange-onprem'), {
    version: 'SAML 1.1',
  }),
  row('SAML 1.1 for Entra ID', 'entra', 'presented wresult SAML assertion', bytesOf('adfs', 'entra')),
  row('id token of a form post', 'exchange-online', 'presented id_token JWT', bytesOf('entra', 'exchange-online')),
  row('authToken of the proxy', 'wap', 'presented authToken JWT', bytesOf('adfs', 'wap')),
  row('EdgeAccessCookie', 'wap', 'presented EdgeAccessCookie proxy session', /that wap handed out; accepted by wap$/),
  row('machine token', 'directory', 'presented authorization machine token', outside('directory'), { sub: 'adfs' }),
  row('authorization code', 'entra', 'presented code authorization code', /^opaque.+ that entra handed out; accepted/),
  row('refresh token', 'entra', 'issued refresh_token refresh token', /^opaque, handed out by entra$/),
  row('id token in a fragment, v1', 'entra', 'issued id_token JWT', /^signed \(RS256, key .+\) by entra$/, {
    ver: '1.0',
    aud: inFragment.client_id,
    nonce: `#${fingerprint(inFragment.nonce)}`,
  }),
  row('access token of AD FS', 'adfs', 'issued access_token JWT', /^signed \(RS256, key .+\) by adfs$/),
  row('id token of AD FS', 'adfs', 'issued id_token JWT', /^signed \(RS256, key .+\) by adfs$/, { upn: alice.upn }),
  row('access token v1', 'entra', 'issued access_token JWT', /^signed \(RS256, key .+\) by entra$/, { ver: '1.0' }),
  row('id token v2', 'entra', 'issued id_token JWT', /^signed \(RS256, key .+\) by entra$/, { ver: '2.0' }),
  row(
    'access token, presented',
    'exchange-online',
    'presented authorization JWT',
    bytesOf('entra', 'exchange-online'),
    { upn: peggy.upn },
  ),
  row(
    'access token, forged',
    'exchange-online',
    'presented authorization JWT',
    /invalid: the words that entra signed, under another signature; refused by exchange-online$/,
    { upn: peggy.upn },
  ),
  row('AuthnRequest', 'adfs', 'presented SAMLRequest SAML AuthnRequest', /^unsigned; .+ accepted by adfs$/, {
    issuer: 'urn:sample:saml',
  }),
  row('SAML 2.0', 'adfs', 'issued SAMLResponse SAML assertion', /^signed \(rsa-sha256, key .+\) by adfs$/, {
    version: 'SAML 2.0',
  }),
  row('encrypted', 'adfs', 'presented SAMLResponse encrypted SAML assertion', /^encrypted; .+ refused by adfs$/),
  row('artifact', 'adfs', 'presented SAMLart SAML artifact', /^opaque/),
  row(
    'LogoutRequest, signed query',
    'adfs',
    'presented SAMLRequest SAML LogoutRequest',
    /^signed \(rsa-sha256, over the query\); .+ refused by adfs$/,
    { subject: alice.upn },
  ),
  row('LogoutResponse', 'adfs', 'presented SAMLResponse SAML LogoutResponse', /^unsigned; /),
  row('RST', 'adfs', 'presented body WS-Trust RequestSecurityToken', /^unsigned; .+ accepted by adfs$/, {
    userName: alice.upn,
  }),
  row(
    'RSTR, handed on',
    'entra',
    'presented assertion SAML assertion',
    /; what adfs signed, written anew; accepted by/,
  ),
  row('RSTR', 'adfs', 'issued body SAML assertion', /^signed \(.+\) by adfs$/),
  row('Basic', 'adfs', 'presented authorization Basic credentials', /^unsigned; /, { userName: bob.upn }),
  row('NTLM', 'adfs', 'presented authorization NTLM message', /^unsigned; /, { domain: 'CONTOSO', user: 'alice' }),
  row('Negotiate', 'adfs', 'presented authorization Kerberos ticket', /^encrypted; /),
  row('PKeyAuth', 'adfs', 'presented authorization PKeyAuth answer', /^signed \(RS256, key [0-9a-f]{10}\); /),
  row('PRT', 'entra', 'presented x-ms-RefreshTokenCredential PRT request', /^signed \(HS256\); /),
  row('client assertion', 'entra', 'presented client_assertion client assertion', outside('entra'), { iss: 'app' }),
  row('passkey', 'entra', 'presented assertion WebAuthn assertion', /^signed \(key #[0-9a-f]{10}\); /, {
    rpId: 'login.microsoft.com',
    flags: expect.arrayContaining(['user verified']),
    counter: 7,
  }),
])('$what: kind, words and the state of the signature', ({ at, token, claims, state }) => {
  const found = events
    .filter(({ deployment }) => deployment === at)
    .flatMap((event) => (event.tokens ?? []).map((each) => ({ ...each, state: signatureState(each, event, events) })))
    .filter(({ carrier, kind, way }) => carrier === token.carrier && kind === token.kind && way === token.way)
  expect(found).toContainEqual(
    expect.objectContaining({ claims: expect.objectContaining(claims ?? {}), state: expect.stringMatching(state) }),
  )
})

test('mail and administration: operation, envelope, cmdlet, outline', async () => {
  const host = 'outlook.office365.com'
  const tls = { ca: stack.authority.caPem, servername: host }
  const transport = createTransport({ ...stack.smtp('exchange-online'), requireTLS: true, tls })
  open.defer(() => transport.close())
  await transport.sendMail({ from: 'a@elsewhere.example', to: peggy.upn, subject: 'Hidden subject', text: 'Hello' })
  const scope = `https://${host}/.default`
  const administrator = { upn: 'breakglass@contoso.onmicrosoft.com', password: 'Break-Glass-16' }
  const token = await tokenOf(administrator, 'fb78d390-0c51-40cd-8e17-fdbfab77341b', scope)
  await requestThrough(stack, 'internet', `https://${host}/adminapi/beta/contoso.com/InvokeCommand`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ CmdletInput: { CmdletName: 'Get-Mailbox', Parameters: { Identity: peggy.upn } } }),
  })
  const account = { url: `https://${host}/Microsoft-Server-ActiveSync`, user: peggy.upn, deviceId: 'OUTLINE' } as const
  const basic = `Basic ${Buffer.from(`${peggy.upn}:${peggy.password}`).toString('base64')}`
  await using phone = new ActiveSyncClient(stack, 'internet', { ...account, authorization: basic, version: '14.1' })
  await phone.synchronizeFolders()
  const hops = (await walkOf(lab)).events.filter(({ deployment }) => deployment === 'exchange-online')
  const decided = hops.flatMap(({ decisions }) => decisions)
  expect(decided).toEqual(expect.arrayContaining(['GetFolder', 'cmdlet Get-Mailbox', 'FolderSync']))
  const told = hops.map(({ detail }) => detail)
  expect(told).toContainEqual(expect.objectContaining({ from: 'a@elsewhere.example', to: [peggy.upn] }))
  expect(told).toContainEqual(expect.objectContaining({ request: expect.stringContaining('<FolderSync') }))
  expect(JSON.stringify(hops)).not.toContain('Hidden subject')
})

test('nothing that was sent as a proof is in the journal', () => {
  const text = JSON.stringify(events)
  keep('nonce of the fragment', inFragment.nonce)
  for (const { password } of [alice, bob, peggy]) keep(`password ${password}`, password)
  expect(secrets.size).toBeGreaterThan(15)
  for (const [what, secret] of secrets) {
    expect(secret, what).not.toBe('')
    expect([what, text.includes(secret)]).toEqual([what, false])
  }
})
