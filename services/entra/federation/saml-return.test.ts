import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { formsOf, type HttpVisitor, type Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, type TestAuthority } from '../_authority.ts'
import { type SamlChanges, scenarioUser, TestProvider } from './_provider.ts'
import { samlWorld } from './_saml-world.ts'

const scenario = samlWorld(await loadDefaultScenario())
const alice = scenarioUser(scenario, 'alice@contoso.com')
const bob = scenarioUser(scenario, 'bob@contoso.com')
const loginReturn = 'https://login.microsoftonline.com/login.srf'
const only = ['directory', 'entra', 'wap', 'gateway-internet']
const provider = new TestProvider()
let authority: TestAuthority
let visitor: HttpVisitor

beforeAll(async () => {
  authority = await openAuthority({ scenario, only, services: { wap: provider.build } })
})

afterAll(() => authority[Symbol.asyncDispose]())

beforeEach(async () => {
  visitor = await authority.visitor()
})

interface Sent {
  readonly action: string
  readonly id: string
  readonly xml: string
  readonly relayState: string
}

/** The page on which Entra ID sends the browser away. */
async function sentAway(who: HttpVisitor = visitor, more: Record<string, string> = {}): Promise<Sent> {
  return sentIn(await who.open(owaRequest({ login_hint: alice.userPrincipalName, ...more })))
}

function sentIn(page: Visit): Sent {
  const [form] = formsOf(page)
  const xml = Buffer.from(form?.fields.SAMLRequest ?? '', 'base64').toString()
  const id = / ID="([^"]+)"/.exec(xml)?.[1] ?? ''
  return { action: form?.action ?? '', id, xml, relayState: form?.fields.RelayState ?? '' }
}

function comeBack(relayState: string, samlResponse: string, who: HttpVisitor = visitor): Promise<Visit> {
  return who.post(loginReturn, { SAMLResponse: samlResponse, RelayState: relayState })
}

async function answered(changes: SamlChanges = {}): Promise<Visit> {
  const { id, relayState } = await sentAway()
  return comeBack(relayState, await provider.samlResponse(alice, id, changes))
}

async function expectRefusal(visit: Visit, code: number, reason: RegExp): Promise<void> {
  expect(pageConfig(visit)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: String(code) })
  expect((await authority.lastEvent('/login.srf')).reasons.join()).toMatch(reason)
  expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
}

function edited(samlResponse: string, edit: (xml: string) => string): string {
  const before = Buffer.from(samlResponse, 'base64').toString()
  const after = edit(before)
  if (after === before) throw new Error('the edit changed nothing')
  return Buffer.from(after).toString('base64')
}

test('the AuthnRequest is posted to passiveSignInUri with our name, a persistent NameID and the way back', async () => {
  const { action, xml, relayState } = await sentAway()
  expect(action).toBe('https://adfs.contoso.com/adfs/ls/')
  expect(xml).toMatch(/^<samlp:AuthnRequest [^>]*Destination="https:\/\/adfs\.contoso\.com\/adfs\/ls\/"/)
  expect(xml).toContain('<saml:Issuer>urn:federation:MicrosoftOnline</saml:Issuer>')
  expect(xml).not.toContain('ForceAuthn')
  expect(relayState).toMatch(/^estsredirect=2&estsrequest=rQQIA[\w-]+$/)
})

test('prompt=login asks for fresh credentials', async () => {
  const { xml } = await sentAway(visitor, { prompt: 'login' })
  expect(xml).toContain('ForceAuthn="true"')
  expect(xml).toContain('ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>')
})

test('the answer signs Alice in, and the policy asks for a second factor', async () => {
  expect(pageConfig(await answered())).toMatchObject({ pgid: 'ConvergedTFA', sPOST_Username: alice.userPrincipalName })
})

test('multipleauthn as the context of the answer counts as multifactor authentication', async () => {
  const page = await answered({ authenticationContext: 'http://schemas.microsoft.com/claims/multipleauthn' })
  expect(pageConfig(page)).toMatchObject({ pgid: 'KmsiInterrupt' })
})

const hour = 60 * 60 * 1000

describe('what is signed by the right key and still refused', () => {
  test.each<{ what: string; changes: SamlChanges; code: number; reason: RegExp }>([
    { what: 'another audience', changes: { audience: 'urn:evil' }, code: 50008, reason: /audience|urn:evil/ },
    { what: 'another recipient', changes: { destination: 'https://evil.example/' }, code: 50008, reason: /evil/ },
    { what: 'another request', changes: { inResponseTo: '_other' }, code: 50008, reason: /answers _other/ },
    { what: 'an expired one', changes: { age: 2 * hour }, code: 50008, reason: /expired/ },
    { what: 'one from the future', changes: { age: -2 * hour }, code: 50008, reason: /notYetValid/ },
    { what: 'another issuer', changes: { issuer: 'http://evil/' }, code: 50107, reason: /no issuerUri/ },
    { what: 'an unsigned assertion', changes: { responseSignature: 'MessageOnly' }, code: 50008, reason: /notSigned/ },
    { what: 'another NameID format', changes: { nameIdFormat: 'urn:x' }, code: 50008, reason: /persistent/ },
    { what: 'no IDPEmail', changes: { email: '' }, code: 20012, reason: /IDPEmail/ },
    {
      what: 'a name of another domain',
      changes: { email: 'peggy@fabrikam.com' },
      code: 50008,
      reason: /not of contoso/,
    },
    { what: "somebody else's name", changes: { email: bob.userPrincipalName }, code: 51004, reason: /alice/ },
    { what: 'an unknown ImmutableID', changes: { nameId: 'bm9ib2R5' }, code: 51004, reason: /no account/ },
  ])('$what: $code', async ({ changes, code, reason }) => {
    await expectRefusal(await answered(changes), code, reason)
  })
})

test('an answer without InResponseTo is refused', async () => {
  const { id, relayState } = await sentAway()
  const response = edited(await provider.samlResponse(alice, id), (xml) => xml.replace(` InResponseTo="${id}"`, ''))
  await expectRefusal(await comeBack(relayState, response), 50008, /answers no request/)
})

test('an answer for which nothing was asked is refused', async () => {
  const page = await visitor.open(owaRequest({ login_hint: 'peggy@fabrikam.com' }))
  const context = formsOf(page)[0]?.fields.ctx ?? ''
  const response = await provider.samlResponse(alice, '_planted')
  await expectRefusal(await comeBack(`estsrequest=${context}`, response), 50008, /unsolicited/)
})

test('a tampered, a foreign and an unsigned answer are refused', async () => {
  const { id, relayState } = await sentAway()
  const good = await provider.samlResponse(alice, id)
  const tampered = edited(good, (xml) => xml.replace('alice@contoso.com', 'admin@contoso.com'))
  await expectRefusal(await comeBack(relayState, tampered), 50008, /badSignature/)
  const unsigned = edited(good, (xml) => xml.replace(/<ds:Signature .*<\/ds:Signature>/s, ''))
  await expectRefusal(await comeBack(relayState, unsigned), 50008, /notSigned/)
  const foreign = await provider.samlResponse(alice, id, { key: await provider.key(2) })
  await expectRefusal(await comeBack(relayState, foreign), 50008, /untrustedCertificate/)
  expect(pageConfig(await comeBack(relayState, good)).pgid, 'the true one still counts').toBe('ConvergedTFA')
})

test.each([
  '',
  'no base64!',
  Buffer.from('<a/>').toString('base64'),
  Buffer.from('<!DOCTYPE a><a/>').toString('base64'),
])('SAMLResponse "%s" is refused', async (samlResponse) => {
  const { relayState } = await sentAway()
  await expectRefusal(await comeBack(relayState, samlResponse), 20012, /./)
})

test('signature wrapping: another name beside the signed one is never read', async () => {
  const { id, relayState } = await sentAway()
  const signed = Buffer.from(await provider.samlResponse(bob, id), 'base64').toString()
  const assertion = /<(saml:)?Assertion .*<\/(saml:)?Assertion>/s.exec(signed)?.[0] ?? ''
  const bare = assertion.replace(/<ds:Signature .*<\/ds:Signature>/s, '')
  const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(assertion)?.[0] ?? ''
  const evil = bare
    .replace(bob.userPrincipalName, alice.userPrincipalName)
    .replace(bob.immutableId ?? '', alice.immutableId ?? '')
    .replace(/ ID="[^"]*"/, ' ID="_evil"')
  const within = (outer: string, inner: string) => outer.replace(/<\/[^>]*>$/, (end) => inner + end)
  const wrapped = [
    evil + assertion,
    assertion + evil,
    within(evil, assertion),
    within(evil, signature),
    within(evil, signature) + bare,
    within(evil, signature.replace('</ds:Signature>', `<ds:Object>${bare}</ds:Object></ds:Signature>`)),
    evil.replace(' ID="_evil"', / ID="[^"]*"/.exec(assertion)?.[0] ?? '') + assertion,
  ]
  for (const [index, content] of wrapped.entries()) {
    const response = Buffer.from(signed.replace(assertion, content)).toString('base64')
    const page = await comeBack(relayState, response)
    expect(pageConfig(page), `form ${index}`).toMatchObject({ pgid: 'ConvergedError' })
  }
  expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
})

test('an answer counts once, and in the browser that asked only', async () => {
  const { id, relayState } = await sentAway()
  const response = await provider.samlResponse(alice, id)
  const stranger = await authority.visitor()
  await stranger.open(owaRequest())
  expect(pageConfig(await comeBack(relayState, response, stranger))).toMatchObject({ sErrorCode: '50089' })
  expect(pageConfig(await comeBack(relayState, response)).pgid).toBe('ConvergedTFA')
  expect(pageConfig(await comeBack(relayState, response))).toMatchObject({ sErrorCode: '50008' })
  const again = await sentAway()
  const replayed = await comeBack(again.relayState, response)
  expect(pageConfig(replayed)).toMatchObject({ sErrorCode: '50008' })
})

test('wresult of a domain that is federated by SAML is refused', async () => {
  const { relayState } = await sentAway()
  const wresult = await provider.wresult(alice, { issuer: 'http://adfs.contoso.com/adfs/services/trust' })
  const page = await visitor.post(loginReturn, { wa: 'wsignin1.0', wresult, wctx: relayState })
  await expectRefusal(page, 20012, /federated by SAML/)
})

test('two stacks in one process each judge by their own clock', async () => {
  const other = new TestProvider()
  const later = { ...scenario, start: '2031-05-01T09:00:00Z' }
  await using elsewhere = await openAuthority({ scenario: later, only, services: { wap: other.build } })
  const guest = await elsewhere.visitor()
  const there = await sentAway(guest)
  expect(there.xml).toContain('IssueInstant="2031-05-01T09:')
  const page = await comeBack(there.relayState, await other.samlResponse(alice, there.id), guest)
  expect(pageConfig(page).pgid).toBe('ConvergedTFA')
  const asOfNow = await sentAway(guest)
  const old = await provider.samlResponse(alice, asOfNow.id)
  expect(pageConfig(await comeBack(asOfNow.relayState, old, guest))).toMatchObject({ sErrorCode: '50008' })
})
