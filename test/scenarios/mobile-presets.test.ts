import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { folderSync } from '#shared/activesync/folder-sync.ts'
import type { Device } from '../actors/device.ts'
import { graphOf } from '../actors/graph.ts'
import { openHttpVisitor, type Visit, type VisitorOptions } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { OutlookMobile, walkPages } from '../actors/outlook-mobile.ts'
import { alice, bob } from '../actors/people.ts'
import { devices, registeredPhone, webViewOn } from '../actors/registered-phone.ts'
import { requestThrough } from '../actors/request-through.ts'
import { userAgents } from '../actors/web-view.ts'
import { worldOf } from '../actors/world.ts'

/* The restrictions of the documented architecture, turned on while the world runs, and met or missed by a phone. */

const outlook = '27922004-5251-4030-b22d-91ecd9a37ea4'
const erin = { upn: 'erin@contoso.com', password: 'Erin-Pass5' }
const admin = { upn: 'admin@contoso.com', password: 'Admin-Pass7' }
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

type Person = typeof alice | typeof erin
interface End {
  readonly page: Visit
  readonly visits: readonly Visit[]
  /** AADSTS number of the error page. */
  readonly error: string | undefined
  readonly claims: Record<string, unknown> | undefined
}

async function signIn(person: Person, options: VisitorOptions = { userAgent: userAgents.safariIos }): Promise<End> {
  const app = new OutlookMobile(stack, person.upn)
  await using browser = await openHttpVisitor(worldOf(stack), 'internet', options)
  const approve = (number: number | undefined) => lab.approvePush(person.upn, number)
  const page = await walkPages(browser, app.authorizationUrl(), {
    ...person,
    approve,
    code: () => freshCode(person),
  })
  const code = new URL(page.url).searchParams.get('code')
  const claims = code ? decodeJwt((await app.redeem(code)).access_token) : undefined
  return { page, visits: browser.visits, error: /"sErrorCode":"(\d+)"/.exec(page.html)?.[1], claims }
}

/** A code is good once; the next step of the clock brings another. */
async function freshCode({ upn }: Person): Promise<string> {
  await lab.clock({ advance: 'PT60S' })
  return lab.totpCode(upn)
}

const turn = async (id: string, on: boolean) => {
  const { status, json } = await lab.call(on ? 'POST' : 'DELETE', `/api/presets/${id}`)
  expect([status, json]).toEqual([200, expect.objectContaining({ id, applied: on })])
}
const phoneOf = async (deviceId: string): Promise<Device> => registeredPhone(stack, deviceId)
const enrol = () => lab.call('PUT', `/api/app-protection/${alice.upn}/${outlook}`, { state: 'compliant' })

const basicOf = ({ upn, password }: Person | typeof bob) =>
  `Basic ${Buffer.from(`${upn}:${password}`).toString('base64')}`
async function knock(url: string, person: Person | typeof bob): Promise<number> {
  const headers = { authorization: basicOf(person) }
  return (await requestThrough(stack, 'internet', url, { method: 'OPTIONS', headers })).status
}
/** How many requests were seen of what is drawn beside the steps of the flow. */
async function variant(id: string): Promise<number> {
  const { json } = await lab.call('GET', '/api/flows/MOBILE-ONLINE')
  const { variants } = json as { variants: { id: string; hops: object[] }[] }
  return variants.find((each) => each.id === id)?.hops.length ?? 0
}
const onlineEas = 'https://outlook.office365.com/Microsoft-Server-ActiveSync'
const onlineEws = 'https://outlook.office365.com/EWS/Exchange.asmx'

test('all are off at first; each is turned on, on again, and off on its own surface', async () => {
  const { json } = await lab.call('GET', '/api/presets')
  const { presets } = json as { presets: { id: string; applied: boolean }[] }
  expect(presets.map(({ applied }) => applied)).toEqual(presets.map(() => false))
  expect(presets.length).toBe(11)
  for (const { id } of presets) {
    await turn(id, true)
    await turn(id, true)
    await turn(id, false)
  }
  expect((await lab.call('POST', '/api/presets/none')).status).toBe(404)
})

describe('MOBILE-ONLINE-12, -13: each restriction alone and combined', () => {
  test('mobile-mfa asks for the second factor, and only for that', async () => {
    expect((await signIn(alice)).claims?.amr).not.toContain('mfa')
    await turn('mobile-mfa', true)
    expect((await signIn(alice)).claims?.amr).toContain('mfa')
  })

  test('mobile-compliant-device lets the managed phone pass, and not the others', async () => {
    await turn('mobile-compliant-device', true)
    const own = await signIn(alice, webViewOn(stack, await phoneOf(devices.alicesPhone)))
    expect(own.claims).toMatchObject({ deviceid: devices.alicesPhone })
    const unmanaged = webViewOn(stack, await phoneOf(devices.erinsPhone), userAgents.outlookAndroid)
    expect((await signIn(erin, unmanaged)).error).toBe('53000')
  })

  test('mobile-app-protection waits until the app is enrolled', async () => {
    await turn('mobile-app-protection', true)
    const phone = webViewOn(stack, await phoneOf(devices.alicesPhone))
    expect((await signIn(alice, phone)).error).toBe('53009')
    await enrol()
    expect((await signIn(alice, phone)).claims).toBeDefined()
  })

  test('mobile-all wants all three', async () => {
    await turn('mobile-all', true)
    const phone = webViewOn(stack, await phoneOf(devices.alicesPhone))
    expect((await signIn(alice, phone)).claims).toBeUndefined()
    await enrol()
    expect((await signIn(alice, phone)).claims).toMatchObject({
      deviceid: devices.alicesPhone,
      amr: expect.arrayContaining(['mfa']),
    })
  })

  test('approved-clients sends a phone without a broker to the broker', async () => {
    await turn('approved-clients', true)
    const bare = await signIn(alice, {
      userAgent: userAgents.outlookIos,
      proveDevice: ({ context }) => `PKeyAuth Context="${context}",Version="1.0"`,
    })
    expect(bare.page.url).toMatch(/^msauth:\/\/wpj\//)
    expect((await signIn(alice, webViewOn(stack, await phoneOf(devices.alicesPhone)))).claims).toBeDefined()
  })
})

describe('legacy clients', () => {
  test('block-activesync keeps ActiveSync with a password out, and nobody else', async () => {
    expect(await knock(onlineEas, alice)).toBe(200)
    await turn('block-activesync', true)
    expect(await knock(onlineEas, alice)).toBe(401)
    expect((await signIn(alice)).claims).toBeDefined()
  })

  test('block-legacy keeps other programs with a password out', async () => {
    expect(await knock(onlineEws, alice)).not.toBe(401)
    await turn('block-legacy', true)
    expect(await knock(onlineEws, alice)).toBe(401)
    expect(await knock(onlineEas, alice)).toBe(200)
  })

  test('block-native-on-premises lets the cloud synchronize, and no device itself', async () => {
    await turn('block-native-on-premises', true)
    const native = new OutlookMobile(stack, bob.upn).activeSync(basicOf(bob), 'mail.contoso.com')
    await expect(folderSync(native, '0')).rejects.toThrow(/status 130|answered 403/)
    const { json } = await lab.call('POST', '/api/outlook-mobile/walks', { address: bob.upn, signIn: 'automatic' })
    expect(json).toMatchObject({ state: 'done' })
  })

  test('MOBILE-ONLINE-L Basic is blocked for the pilot group first, then for everybody', async () => {
    await turn('block-basic-pilot', true)
    expect([await knock(onlineEas, erin), await knock(onlineEas, alice)]).toEqual([401, 200])
    await turn('block-basic-all', true)
    expect(await knock(onlineEas, alice)).toBe(401)
    expect(await variant('MOBILE-ONLINE-L')).toBeGreaterThan(1)
    await turn('block-basic-all', false)
    await turn('block-basic-pilot', false)
    expect(await knock(onlineEas, erin)).toBe(200)
  })
})

describe('MOBILE-ONLINE-M AD FS asks for the second factor, and Entra ID honours it', () => {
  const pagesWith = ({ visits }: End, host: string, text: string) =>
    visits.filter(({ url, html }) => new URL(url).host === host && html.includes(text)).length

  test('the phone of the app meets AD FS’s page, no page of Entra ID, and the token says mfa', async () => {
    await turn('adfs-mfa', true)
    const end = await signIn(admin)
    expect(pagesWith(end, 'adfs.contoso.com', 'id="verificationCodeInput"')).toBe(1)
    expect(pagesWith(end, 'login.microsoftonline.com', '"pgid":"ConvergedTFA"')).toBe(0)
    expect(end.claims?.amr).toContain('mfa')
    expect(await variant('MOBILE-ONLINE-M')).toBe(1)
  })

  test('with a policy that asks for it, once is enough: multipleauthn counts', async () => {
    await turn('adfs-mfa', true)
    await turn('mobile-mfa', true)
    const end = await signIn(admin)
    expect(pagesWith(end, 'login.microsoftonline.com', '"pgid":"ConvergedTFA"')).toBe(0)
    expect(end.claims?.amr).toContain('mfa')
  })

  test('enforceMfaByFederatedIdp without a rule at AD FS sends the person there for it', async () => {
    await turn('adfs-mfa', true)
    const trust = 'e0000000-0000-4000-8000-000000000001'
    await lab.call('PATCH', `/api/adfs/relying-parties/${trust}`, { accessControlPolicy: { name: 'Permit everyone' } })
    await turn('mobile-mfa', true)
    const end = await signIn(admin)
    const asked = end.visits.filter(({ url }) => new URL(url).searchParams.get('wauth')?.endsWith('multipleauthn'))
    expect(asked.length).toBeGreaterThan(0)
    expect(end.claims?.amr).toContain('mfa')
  })

  test('rejectMfaByFederatedIdp: Entra ID asks again', async () => {
    await turn('adfs-mfa', true)
    await turn('mobile-mfa', true)
    const graph = graphOf(stack)
    const path = '/domains/contoso.com/federationConfiguration'
    const [{ id } = { id: '' }] = (await graph('GET', path)).json.value as { id: string }[]
    await graph('PATCH', `${path}/${id}`, { federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' })
    const end = await signIn(admin)
    expect(pagesWith(end, 'adfs.contoso.com', 'id="verificationCodeInput"')).toBe(1)
    expect(pagesWith(end, 'login.microsoftonline.com', '"pgid":"ConvergedTFA"')).toBe(1)
    expect(end.claims?.amr).toContain('mfa')
  })
})

test('turning a restriction on takes no fault that waits for a client', async () => {
  await lab.call('POST', '/api/fault-catalogue/entra-token-throttled', { count: 1 })
  const { json } = await lab.call('GET', '/api/presets')
  const [first] = (json as { presets: { id: string }[] }).presets
  expect((await lab.call('POST', `/api/presets/${first?.id}`)).status).toBe(200)
  const { json: faults } = await lab.call('GET', '/api/fault-catalogue')
  const waiting = (faults as { faults: { id: string }[] }).faults
  expect(waiting.find(({ id }) => id === 'entra-token-throttled')).toMatchObject({ active: [{ hits: 0, left: 1 }] })
})
