import { afterAll, beforeAll, expect, test } from 'vitest'
import { samlWorld } from '#services/entra/federation/_saml-world.ts'
import { startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openBrowser } from '../actors/browser.ts'
import { labOf } from '../actors/lab.ts'
import { alice } from '../actors/people.ts'
import { atAdfs, atEntra } from '../actors/person.ts'
import { worldOf } from '../actors/world.ts'
import type { Surroundings } from './web-onprem-flow.ts'

const open = new AsyncDisposableStack()
let surroundings: Surroundings

beforeAll(async () => {
  const world = worldOf(open.use(await startStack({ scenario: samlWorld(await loadDefaultScenario()) })))
  surroundings = { browser: open.use(await openBrowser(world)), lab: labOf(world) }
})

afterAll(() => open.disposeAsync())

test('WEB-ONLINE with contoso.com federated by SAML 2.0: AuthnRequest by POST through WAP, response, policy, mailbox', async () => {
  const { browser, lab } = surroundings
  const page = await browser.visitor('internet')
  const posts: { readonly url: string; readonly fields: URLSearchParams }[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST') {
      posts.push({ url: request.url(), fields: new URLSearchParams(request.postData() ?? '') })
    }
  })
  await page.goto('https://outlook.office.com/owa')
  await atEntra.typeEmail(page, alice.upn)
  await page.waitForURL(/^https:\/\/adfs\.contoso\.com\/adfs\/ls\//)
  await atAdfs.signIn(page, alice.upn, alice.password)
  await atEntra.chooseMethod(page, 'PhoneAppOTP')
  await atEntra.typeCode(page, await lab.totpCode(alice.upn))
  await atEntra.staySignedIn(page, 'no')
  await page.waitForURL(/^https:\/\/outlook\.office\.com\/owa\//)
  expect(await page.locator('body').innerText()).toContain(alice.upn)

  const sent = posts.find(({ url }) => url === 'https://adfs.contoso.com/adfs/ls/')?.fields
  const request = Buffer.from(sent?.get('SAMLRequest') ?? '', 'base64').toString()
  expect(request).toContain('>urn:federation:MicrosoftOnline</saml:Issuer>')
  expect(request).toContain('Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"')
  const returned = posts.find(({ url }) => url === 'https://login.microsoftonline.com/login.srf')?.fields
  expect(returned?.has('wresult')).toBe(false)
  expect(returned?.get('RelayState')).toBe(sent?.get('RelayState'))
  const id = /ID="([^"]+)"/.exec(request)?.[1]
  expect(Buffer.from(returned?.get('SAMLResponse') ?? '', 'base64').toString()).toContain(`InResponseTo="${id}"`)
  await page.context().close()
})
