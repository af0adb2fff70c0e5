import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Device } from '#test/actors/device.ts'
import { userAgents } from '#test/actors/web-view.ts'
import { demands, policyOf } from '../conditional-access/_policies.ts'
import { apps, type MobileWorld, openMobileWorld } from './_mobile.ts'

const phones = { platforms: { includePlatforms: ['iOS', 'android'] }, clientAppTypes: ['mobileAppsAndDesktopClients'] }
const onExchange = { includeApplications: [apps.exchange] }
const errorOf = (html: string) => /"sErrorCode":"(\d+)"/.exec(html)?.[1]
const plainAndroid = userAgents.outlookAndroid.replace(' PKeyAuth/1.0', '')

describe('an approved client app is required', () => {
  let world: MobileWorld
  let phone: Device
  beforeAll(async () => {
    const grant = demands(['approvedApplication'])
    world = await openMobileWorld([policyOf({ grant, applications: onExchange, conditions: phones })])
    phone = (await world.phone()).device
  })
  afterAll(async () => world[Symbol.asyncDispose]())

  test('Outlook on a registered phone passes, compliant or not', async () => {
    expect((await world.signIn(world.webView({ device: phone }))).url).toContain('code=')
  })

  test.each([
    { userAgent: userAgents.outlookAndroid, store: 'https://play.google.com/' },
    { userAgent: userAgents.outlookIos, store: 'https://apps.apple.com/' },
  ])('Outlook on a phone that is not registered is sent to the broker at $store', async ({ userAgent, store }) => {
    const { url } = await world.signIn(world.webView({ userAgent }))
    expect(url).toMatch(/^msauth:\/\/wpj\/\?username=peggy%40fabrikam\.com&app_link=/)
    expect(new URL(url).searchParams.get('app_link')).toContain(store)
    expect(new URL(url).searchParams.has('intuneAppProtection')).toBe(false)
    expect((await world.authority.signIns('peggy@fabrikam.com'))[0]?.status.errorCode).toBe(50127)
  })

  test('what cannot prove a device stays on a page: 530021 for Outlook, 53002 for other apps', async () => {
    expect(errorOf((await world.signIn(world.webView({ userAgent: plainAndroid }))).html)).toBe('530021')
    const other = await world.signIn(world.webView({ device: phone }), { client: apps.broker })
    expect(errorOf(other.html)).toBe('53002')
  })

  test('computers are not asked', async () => {
    expect((await world.signIn(world.webView({ userAgent: userAgents.edgeWindows }))).url).toContain('code=')
  })

  test('the token endpoint says the same to programs', async () => {
    const ask = { client: apps.broker, resource: apps.registration }
    const { body } = await world.redeem(await world.signIn(world.webView(), ask), ask)
    const refused = await world.refresh(body.refresh_token, {}, apps.broker)
    expect(refused.body).toMatchObject({
      error: 'interaction_required',
      suberror: 'additional_action',
      error_codes: [53002],
    })
  })
})

describe('an app protection policy is required', () => {
  let world: MobileWorld
  let phone: Device
  const outlook = `/app-protection/peggy@fabrikam.com/${apps.outlook}`
  beforeAll(async () => {
    const grant = demands(['compliantApplication'])
    world = await openMobileWorld([policyOf({ grant, applications: onExchange, conditions: phones })])
    phone = (await world.phone()).device
  })
  afterAll(async () => world[Symbol.asyncDispose]())

  test('the broker of a phone that is not registered hears why', async () => {
    const { url } = await world.signIn(world.webView())
    expect(new URL(url).searchParams.get('intuneAppProtection')).toBe('1')
  })

  test('Outlook passes once it is enrolled and its policy applied, and only so long', async () => {
    expect(errorOf((await world.signIn(world.webView({ device: phone }))).html)).toBe('53009')
    await world.manage('PUT', outlook, { state: 'notCompliant' })
    expect(errorOf((await world.signIn(world.webView({ device: phone }))).html)).toBe('53009')
    await world.manage('PUT', outlook, { state: 'compliant' })
    const { body } = await world.redeem(await world.signIn(world.webView({ device: phone })))
    // The device is what the directory says, even where the app's own requests do not name the system.
    const native = { 'user-agent': 'Outlook/4.2' }
    const protectionPolicy = { error: 'unauthorized_client', suberror: 'protection_policy_required' }
    expect((await world.refresh(body.refresh_token, native)).status).toBe(200)
    await world.manage('PUT', outlook, { state: 'notCompliant' })
    expect((await world.refresh(body.refresh_token, native)).body).toMatchObject({
      ...protectionPolicy,
      error_codes: [53009],
    })
    await world.manage('DELETE', outlook)
    expect((await world.refresh(body.refresh_token, native)).body).toMatchObject({
      ...protectionPolicy,
      error_codes: [53005],
    })
  })

  test('the rows of the management port say what is set, and refuse what is not', async () => {
    await world.manage('PUT', outlook, { state: 'compliant' })
    expect(await world.manage('GET', '/app-protection')).toEqual({
      apps: [{ userPrincipalName: 'peggy@fabrikam.com', appId: apps.outlook, state: 'compliant' }],
    })
    expect(await world.manageRaw('PUT', outlook, { state: 'excellent' })).toMatchObject({ status: 400 })
    expect(
      await world.manageRaw('PUT', `/app-protection/nobody@fabrikam.com/${apps.outlook}`, { state: 'compliant' }),
    ).toMatchObject({ status: 404 })
    expect(await world.manageRaw('DELETE', outlook)).toMatchObject({ status: 204 })
    expect(await world.manageRaw('DELETE', outlook)).toMatchObject({ status: 404 })
  })
})
