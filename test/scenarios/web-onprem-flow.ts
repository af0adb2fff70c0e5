import { expect, test } from 'vitest'
import type { TestBrowser } from '../actors/browser.ts'
import type { Lab } from '../actors/lab.ts'
import { bob } from '../actors/people.ts'
import { atAdfs } from '../actors/person.ts'
import { stepsOf } from './_steps.ts'

export interface Surroundings {
  readonly browser: TestBrowser
  readonly lab: Lab
}

/** WEB-ONPREM in a browser, against a stack in this process or in containers. */
export function webOnPremFlow(surroundings: () => Surroundings): void {
  test('WEB-ONPREM-1…6 external: WAP, AD FS form, MFA from the extranet, the mailbox', async () => {
    const { browser, lab } = surroundings()
    const page = await browser.visitor('internet')
    const answers: string[] = []
    page.on('response', (response) => answers.push(`${response.status()} ${response.url().split('?')[0]}`))

    await page.goto('https://mail.contoso.com/owa')
    expect(answers[0], 'WEB-ONPREM-1, -2: WAP pre-authentication').toBe('307 https://mail.contoso.com/owa')
    expect(new URL(page.url()).searchParams.get('realm')).toBe('urn:AppProxy:com')

    await atAdfs.signIn(page, bob.upn, bob.password)
    await atAdfs.typeCode(page, await lab.totpCode(bob.upn))
    await page.waitForURL('https://mail.contoso.com/owa/')
    expect(await page.locator('body').innerText(), 'WEB-ONPREM-6').toContain(bob.upn)
    expect(await page.locator('[data-testid="message"]').count()).toBeGreaterThan(2)
    expect(answers, 'WEB-ONPREM-5: OWA signs in with claims of the same AD FS session').toContain(
      '302 https://mail.contoso.com/owa/',
    )

    const cookies = (await page.context().cookies()).map((cookie) => cookie.name)
    expect(cookies).toEqual(expect.arrayContaining(['EdgeAccessCookie', 'MSISAuth', 'FedAuth']))
    expect(await stepsOf(lab, bob.upn, 'WEB-ONPREM')).toEqual([1, 2, 3, 4, 5, 6])
    await page.context().close()
  })

  test('WEB-ONPREM internal: Exchange itself redirects, and the policy asks for no MFA', async () => {
    const { browser } = surroundings()
    const page = await browser.visitor('corp')
    const answers: string[] = []
    page.on('response', (response) => answers.push(`${response.status()} ${response.url().split('?')[0]}`))

    await page.goto('https://mail.contoso.com/owa')
    expect(
      answers.filter((answer) => answer.startsWith('307')),
      'no proxy in between',
    ).toEqual([])
    expect(new URL(page.url()).searchParams.get('wtrealm')).toBe('https://mail.contoso.com/owa/')

    await atAdfs.signIn(page, 'CONTOSO\\bob', bob.password)
    await page.waitForURL('https://mail.contoso.com/owa/')
    expect(await page.locator('body').innerText()).toContain(bob.upn)
    await page.context().close()
  })

  test('WEB-ONPREM external without scripts: every page has a button', async () => {
    const { browser, lab } = surroundings()
    const page = await browser.visitor('internet', { javaScriptEnabled: false })
    await page.goto('https://mail.contoso.com/owa')
    await page.locator('#userNameInput').fill(bob.upn)
    await page.locator('#passwordInput').fill(bob.password)
    await page.locator('#passwordInput').press('Enter')
    await page.locator('#verificationCodeInput').fill(await freshCode(lab))
    await page.locator('#verificationCodeInput').press('Enter')
    await page.getByRole('button', { name: 'Submit' }).click()
    await page.waitForURL('https://mail.contoso.com/owa/')
    expect(await page.locator('body').innerText()).toContain(bob.upn)
    await page.context().close()
  })
}

/** A code is good once: the next step of the clock brings another. */
async function freshCode(lab: Lab): Promise<string> {
  await lab.clock({ advance: 'PT60S' })
  return lab.totpCode(bob.upn)
}
