import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { alice, peggy, trent } from '../actors/people.ts'
import { atAdfs, atEntra } from '../actors/person.ts'
import { stepsOf } from './_steps.ts'
import type { Surroundings } from './web-onprem-flow.ts'

/** The browser itself goes to AD FS, whose cookies it keeps from frames, and comes back; nobody is signed in then. */
async function leaves(page: Page): Promise<void> {
  const visited: string[] = []
  page.on('framenavigated', (frame) => visited.push(`${frame.parentFrame() ? 'frame' : 'page'} ${frame.url()}`))
  await page.goto('https://outlook.office.com/owa/logoff.owa', { waitUntil: 'commit' })
  await page.waitForURL('https://outlook.office.com/owa/auth/signout.aspx')
  expect(visited.filter((each) => each.startsWith('page https://adfs')).join()).toContain('wa=wsignout1.0&wreply=')
  expect(visited).toContain('frame https://login.microsoftonline.com/login.srf?wa=wsignoutcleanup1.0')
  const cookies = await page.context().cookies(['https://adfs.contoso.com/adfs/', 'https://login.microsoftonline.com'])
  expect(cookies.map(({ name }) => name).filter((name) => /^MSISAuth|^ESTSAUTH/.test(name))).toEqual([])
  await page.goto('https://outlook.office.com/owa')
  await atEntra.typeEmail(page, alice.upn)
  await page.locator('#passwordInput').waitFor()
}

/** WEB-ONLINE in a browser, for each identity model. */
export function webOnlineFlow(surroundings: () => Surroundings): void {
  test('WEB-ONLINE-1…6 federated: Entra, AD FS through WAP, Conditional Access, TOTP, the mailbox', async () => {
    const { browser, lab } = surroundings()
    const page = await browser.visitor('internet')
    const visited: string[] = []
    page.on('request', (request) => visited.push(`${request.method()} ${request.url().split('?')[0]}`))

    await page.goto('https://outlook.office.com/owa')
    expect(new URL(page.url()).pathname, 'WEB-ONLINE-2').toBe('/common/oauth2/authorize')
    await atEntra.typeEmail(page, alice.upn)
    await page.waitForURL(/^https:\/\/adfs\.contoso\.com\/adfs\/ls\//)
    expect(new URL(page.url()).searchParams.get('wtrealm')).toBe('urn:federation:MicrosoftOnline')
    await atAdfs.signIn(page, alice.upn, alice.password)
    await atEntra.chooseMethod(page, 'PhoneAppOTP')
    await atEntra.typeCode(page, await lab.totpCode(alice.upn))
    await atEntra.staySignedIn(page, 'no')
    await page.waitForURL(/^https:\/\/outlook\.office\.com\/owa\//)

    expect(await page.locator('body').innerText(), 'WEB-ONLINE-6').toContain(alice.upn)
    expect(await page.locator('[data-testid="message"]').count()).toBeGreaterThan(2)
    expect(visited).toEqual(
      expect.arrayContaining([
        'POST https://login.microsoftonline.com/login.srf',
        'POST https://outlook.office.com/owa/',
      ]),
    )
    expect(await stepsOf(lab, alice.upn, 'WEB-ONLINE')).toEqual([1, 2, 3, 4, 5, 6])
    await leaves(page)
    await page.context().close()
  })

  test('WEB-ONLINE-4, -5: a push with number matching, approved on the phone', async () => {
    const { browser, lab } = surroundings()
    const page = await browser.visitor('internet')
    await page.goto('https://outlook.office.com/owa')
    await atEntra.typeEmail(page, alice.upn)
    await atAdfs.signIn(page, alice.upn, alice.password)
    const number = Number(await page.locator('#idRichContext_DisplaySign').innerText())
    const [push] = (await lab.mfa(alice.upn)).pushes
    expect(push?.number, 'the phone is to be given the number of the page').toBe(number)
    expect(await lab.approvePush(alice.upn, number)).toBe(200)
    await atEntra.staySignedIn(page, 'no')
    await page.waitForURL(/^https:\/\/outlook\.office\.com\/owa\//)
    expect(await page.locator('body').innerText()).toContain(alice.upn)
    await page.context().close()
  })

  test.each([
    { model: 'password hash synchronization', person: peggy },
    { model: 'pass-through authentication', person: trent },
  ])('ENV-1, WEB-ONLINE managed ($model): the password at Entra', async ({ person }) => {
    const { browser, lab } = surroundings()
    const page = await browser.visitor('internet')
    await page.goto('https://outlook.office.com/owa')
    await atEntra.typeEmail(page, person.upn)
    await atEntra.typePassword(page, person.password)
    await atEntra.typeCode(page, await lab.totpCode(person.upn))
    await atEntra.staySignedIn(page, 'yes')
    await page.waitForURL(/^https:\/\/outlook\.office\.com\/owa\//)
    expect(await page.locator('body').innerText()).toContain(person.upn)
    const kept = (await page.context().cookies('https://login.microsoftonline.com')).find(
      (cookie) => cookie.name === 'ESTSAUTHPERSISTENT',
    )
    expect(kept?.expires).toBeGreaterThan(0)
    await page.context().close()
  })
}
