import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { type HttpVisitor, openHttpVisitor, type Visit } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, frank, grace, peggy, trent } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
const owa = 'https://mail.contoso.com/owa'
const owaOnline = 'https://outlook.office.com/owa/'
let world: World
let lab: Lab

beforeAll(async () => {
  world = worldOf(open.use(await startStack()))
  lab = labOf(world)
})

beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

async function visitor(zone: 'internet' | 'corp' = 'internet'): Promise<HttpVisitor> {
  return open.use(await openHttpVisitor(world, zone))
}

/** Why the services say they refused, newest last. */
async function reasons(): Promise<string> {
  return (await lab.journal({ limit: '500' })).flatMap((event) => [...event.decisions, ...event.reasons]).join('\n')
}

const adfsSession = ['MSISAuth', 'MSISAuth1']
const owaSession = ['FedAuth', 'FedAuth1', 'TimeWindow']

function expectNoSession(who: HttpVisitor, cookies: readonly string[]): void {
  expect(who.cookieNames().filter((name) => cookies.includes(name))).toEqual([])
}

const adfsText = 'Incorrect user ID or password. Type the correct user ID and password, and try again.'

test.each([
  { what: 'a wrong password', user: bob.upn, password: 'wrong', reason: 'STATUS_WRONG_PASSWORD' },
  { what: 'an unknown user', user: 'nobody@contoso.com', password: 'wrong', reason: 'STATUS_NO_SUCH_USER' },
  { what: 'a disabled user', user: frank.upn, password: frank.password, reason: 'STATUS_ACCOUNT_DISABLED' },
  { what: 'a locked user', user: grace.upn, password: grace.password, reason: 'STATUS_ACCOUNT_LOCKED_OUT' },
])('AD FS refuses $what with its own text, and no session', async ({ user, password, reason }) => {
  const who = await visitor()
  const page = await who.submit(await who.open(owa), { UserName: user, Password: password })
  expect(page.status).toBe(200)
  expect(page.html).toContain(adfsText)
  expect(await reasons()).toContain(reason)
  expectNoSession(who, adfsSession)
})

test('AD FS: a wrong code keeps the user out of the application', async () => {
  const who = await visitor()
  const mfa = await who.submit(await who.open(owa), { UserName: bob.upn, Password: bob.password })
  const code = await lab.totpCode(bob.upn)
  const page = await who.submit(mfa, { VerificationCode: code === '000000' ? '000001' : '000000' })
  expect(page.html).toMatch(/id="errorText"[^>]*>[^<]+</)
  expect(await reasons()).toContain('WrongCode')
  const walked = (await lab.call('GET', '/api/flows/WEB-ONPREM')).json as { walks: { stopped: object }[] }
  expect(walked.walks[0]?.stopped).toMatchObject({
    step: 'WEB-ONPREM-5',
    because: expect.stringContaining('WrongCode'),
  })
  const again = await who.open(owa)
  expect(again.html).toContain('verificationCodeInput')
  expectNoSession(who, [...owaSession, 'EdgeAccessCookie'])
})

async function entraPassword(who: HttpVisitor, upn: string, password: string): Promise<Visit> {
  const page = await who.submit(await who.open(owaOnline), { loginfmt: upn, login: upn })
  return page.html.includes('name="passwd"') ? who.submit(page, { passwd: password }) : page
}

test.each([
  { what: 'a wrong password (PHS)', user: peggy.upn, password: 'wrong', code: '50126' },
  { what: 'a wrong password (PTA)', user: trent.upn, password: 'wrong', code: '50126' },
  { what: 'an unknown user', user: 'nobody@fabrikam.com', password: 'wrong', code: '50034' },
])('Entra refuses $what with AADSTS$code, and no session', async ({ user, password, code }) => {
  const who = await visitor()
  const page = await entraPassword(who, user, password)
  expect(page.status).toBe(200)
  expect(page.html).toContain(code)
  expect(await reasons()).toContain(code)
  expectNoSession(who, ['ESTSAUTH', 'ESTSAUTHPERSISTENT'])
})

test('Entra refuses a user that was disabled since the last synchronization (PHS: 50057)', async () => {
  await lab.call('PATCH', `/api/directory/users/${peggy.upn}`, { enabled: false })
  await lab.call('POST', '/api/synchronize', {})
  const page = await entraPassword(await visitor(), peggy.upn, peggy.password)
  expect(page.html).toContain('50057')
})

test('Entra: a wrong code keeps the user out', async () => {
  const who = await visitor()
  const mfa = await entraPassword(who, peggy.upn, peggy.password)
  const page = await who.submit(mfa, { otc: '000000' })
  expect(page.html).toContain('idTxtBx_SAOTCC_OTC')
  expect(await reasons()).toMatch(/WrongCode|500121/)
  expectNoSession(who, ['OpenIdConnect.token.v1'])
})

test('Entra: a push that is denied on the phone ends in 500121', async () => {
  const who = await visitor()
  const adfs = await who.submit(await who.open(owaOnline), { loginfmt: alice.upn, login: alice.upn })
  const back = await who.submit(adfs, { UserName: alice.upn, Password: alice.password })
  const push = await who.submit(back)
  expect(push.html).toContain('idRichContext_DisplaySign')
  expect(await lab.denyPush(alice.upn)).toBe(200)
  const denied = await who.submit(push)
  expect(denied.html).toContain('500121')
  expect(await reasons()).toMatch(/denied/i)
  expectNoSession(who, ['OpenIdConnect.token.v1'])
})

/** Stops at the page that carries the assertion of AD FS to the relying party. */
async function assertionForOwa(who: HttpVisitor): Promise<Visit> {
  return who.submit(await who.open(owa), { UserName: bob.upn, Password: bob.password })
}

async function assertionForEntra(who: HttpVisitor): Promise<Visit> {
  const adfs = await who.submit(await who.open(owaOnline), { loginfmt: alice.upn, login: alice.upn })
  return who.submit(adfs, { UserName: alice.upn, Password: alice.password })
}

function wresultOf(visit: Visit): string {
  const value = /name="wresult" value="([^"]*)"/.exec(visit.html)?.[1] ?? ''
  return value
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

const relyingParties = [
  { name: 'Exchange on-premises', zone: 'corp', arrive: assertionForOwa, session: owaSession },
  { name: 'Entra ID', zone: 'internet', arrive: assertionForEntra, session: ['ESTSAUTH', 'ESTSAUTHPERSISTENT'] },
] as const

test.each(relyingParties)('$name refuses a tampered assertion', async ({ zone, arrive, session }) => {
  const who = await visitor(zone)
  const page = await arrive(who)
  const wresult = wresultOf(page)
  expect(wresult).toContain('Assertion')
  await who.submit(page, {
    wresult: wresult.replace(/<saml:AttributeValue>[^<]*</, '<saml:AttributeValue>S-1-5-21-1-2-3-500<'),
  })
  expect(await reasons()).toMatch(/signature|digest/i)
  expectNoSession(who, session)
})

test.each(relyingParties)(
  '$name refuses an assertion after its time (the clock is two hours on)',
  async ({ zone, arrive, session }) => {
    const who = await visitor(zone)
    const page = await arrive(who)
    await lab.clock({ advance: 'PT2H' })
    await who.submit(page)
    expect(await reasons()).toMatch(/expired|NotOnOrAfter|no longer/i)
    expectNoSession(who, session)
  },
)

test('Exchange on-premises refuses an assertion that was used before', async () => {
  const who = await visitor('corp')
  const page = await assertionForOwa(who)
  await who.submit(page)
  expect(who.cookieNames()).toContain('FedAuth')
  const thief = await visitor('corp')
  await thief.submit(page)
  expect(await reasons()).toMatch(/replay|before/i)
  expectNoSession(thief, owaSession)
})

test('Entra ID refuses an assertion that was used before', async () => {
  const who = await visitor()
  const page = await assertionForEntra(who)
  await who.submit(page)
  await who.submit(page)
  expect(await reasons()).toMatch(/replay|before|conversation/i)
  const thief = await visitor()
  await thief.submit(page)
  expectNoSession(thief, ['ESTSAUTH', 'ESTSAUTHPERSISTENT'])
})

test('an assertion for Entra ID is refused by Exchange, and the reverse', async () => {
  const online = await visitor()
  const forEntra = wresultOf(await assertionForEntra(online))
  const inside = await visitor('corp')
  const forOwa = await assertionForOwa(inside)
  await inside.submit(forOwa, { wresult: forEntra })
  expectNoSession(inside, owaSession)
  expect(await reasons()).toMatch(/audience/i)
  const other = await visitor()
  const atEntra = await assertionForEntra(other)
  await other.submit(atEntra, { wresult: wresultOf(forOwa) })
  expectNoSession(other, ['ESTSAUTH', 'ESTSAUTHPERSISTENT'])
})

test('Exchange Online refuses an answer to a question of another browser (stale state and nonce)', async () => {
  const who = await visitor()
  const mfa = await entraPassword(who, peggy.upn, peggy.password)
  const kmsi = await who.submit(mfa, { otc: await lab.totpCode(peggy.upn) })
  const post = await who.submit(kmsi, { LoginOptions: '3' })
  expect(post.html).toContain('name="id_token"')
  const thief = await visitor()
  await thief.submit(post)
  expectNoSession(thief, ['OpenIdConnect.token.v1'])
  expect(await reasons()).toMatch(/nonce/i)
  await who.submit(post)
  expect(who.cookieNames()).toContain('OpenIdConnect.token.v1')
  who.forgetCookies('OpenIdConnect.token.v1')
  await who.submit(post)
  expectNoSession(who, ['OpenIdConnect.token.v1'])
})
