import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { type HttpVisitor, openHttpVisitor, type Visit } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob } from '../actors/people.ts'
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

async function thumbprints(from = lab): Promise<readonly string[]> {
  const { json } = await from.call('GET', '/api/adfs/certificates')
  return (json as { signing: { thumbprint: string }[] }).signing.map((each) => each.thumbprint)
}

async function rollOver(from = lab): Promise<void> {
  expect((await from.call('POST', '/api/adfs/certificates/signing/rollover', { urgent: true })).status).toBe(200)
}

/** On the premises no second factor is asked for. */
async function mailboxInside(of = world): Promise<Visit> {
  await using who = await openHttpVisitor(of, 'corp')
  const posted = await who.submit(await who.open(owa), { UserName: bob.upn, Password: bob.password })
  return await who.submit(posted)
}

async function entra(who: HttpVisitor): Promise<Visit> {
  const form = await who.submit(await who.open(owaOnline), { loginfmt: alice.upn, login: alice.upn })
  const posted = await who.submit(form, { UserName: alice.upn, Password: alice.password })
  return await who.submit(posted)
}

describe('ENV-3 an urgent roll-over of the token-signing certificate', () => {
  test('Exchange reads the new one from metadata, and so does Entra ID', async () => {
    expect((await mailboxInside()).html).toContain(bob.upn)
    const before = await thumbprints()
    await rollOver()
    expect(await thumbprints()).not.toEqual(before)
    const page = await mailboxInside()
    expect(page.status).toBe(200)
    expect(page.html).toContain(bob.upn)
    await using who = await openHttpVisitor(world, 'corp')
    const answer = await entra(who)
    expect(new URL(answer.url).host).toBe('login.microsoftonline.com')
    expect(answer.html).not.toContain('AADSTS')
  })

  test('the proxy takes what the new certificate signs', async () => {
    await rollOver()
    await using who = await openHttpVisitor(world, 'internet')
    const mfa = await who.submit(await who.open(owa), { UserName: bob.upn, Password: bob.password })
    const posted = await who.submit(mfa, { VerificationCode: await lab.totpCode(bob.upn) })
    expect((await who.submit(posted)).html).toContain(bob.upn)
  })

  test('Exchange with configured thumbprints refuses until it is told the new one', async () => {
    const [thumbprint = ''] = await thumbprints()
    const scenario = await loadDefaultScenario()
    const { onPremises } = scenario.exchange
    const adfs = { ...onPremises.adfs, signCertificateThumbprints: [thumbprint] }
    const changed = { ...scenario, exchange: { ...scenario.exchange, onPremises: { ...onPremises, adfs } } }
    await using stack = await startStack({ scenario: changed })
    const other = worldOf(stack)
    expect((await mailboxInside(other)).html).toContain(bob.upn)
    await rollOver(labOf(other))
    const refused = await mailboxInside(other)
    expect(refused.url).toContain('WrongAudienceUriOrBadSigningCert')
    expect(refused.html).not.toContain(bob.upn)
  })
})
