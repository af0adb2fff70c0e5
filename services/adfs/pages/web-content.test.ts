import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { openStageBrowser, type StageBrowser } from './_chromium.ts'

const signIn = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed'
const webContent = {
  companyName: 'Contoso & Söhne',
  signInPageDescriptionText: 'Use your smart card.\nAsk <b>nobody</b> for passwords.',
  signOutPageDescriptionText: 'Close the door.',
  errorPageDescriptionText: 'Call 4711.',
  errorPageAuthorizationErrorMessage: 'This is not for you.',
  homeLink: 'https://www.contoso.com/',
  privacyLink: 'https://www.contoso.com/privacy',
  helpDeskLink: 'https://help.contoso.com/',
}
const open = new AsyncDisposableStack()
let stage: AdfsStage
let browser: StageBrowser

beforeAll(async () => {
  stage = open.use(await startAdfs((scenario) => ({ ...scenario, adfs: { ...scenario.adfs, webContent } })))
  browser = open.use(await openStageBrowser(stage))
})
afterEach(() => stage.reset())
afterAll(() => open.disposeAsync())

const html = async (url: string) => (await stage.browser().open(url)).html

test('the company’s texts and links are on the pages of the scenario', async () => {
  const page = await html(signIn)
  expect(page).toContain('<h1 class="serviceName">Contoso &amp; Söhne</h1>')
  expect(page).toContain('<p>Use your smart card.</p><p>Ask &lt;b&gt;nobody&lt;/b&gt; for passwords.</p>')
  expect(page).toContain('<a id="homeLink" class="pageLink footerLink" href="https://www.contoso.com/">Home</a>')
  expect(page).toContain('<a id="privacy" class="pageLink footerLink" href="https://www.contoso.com/privacy">')
  expect(page).toContain('<a id="helpLink" class="pageLink footerLink" href="https://help.contoso.com/">')
  expect(await html('/adfs/ls/?wa=wsignout1.0')).toContain('Close the door.')
  expect(await html('/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3anobody')).toContain('Call 4711.')
})

test('who is denied reads the company’s words', async () => {
  await stage.manage('/relying-parties/e0000000-0000-4000-8000-000000000005', {
    method: 'PATCH',
    json: { issuanceAuthorizationRules: '' },
  })
  const page = await stage.browser().signIn(signIn, 'CONTOSO\\alice', 'Alice-Pass1')
  expect(page.html).toContain('<div id="errorMessage" class="groupMargin" role="alert">This is not for you.</div>')
})

test('they change while the farm runs, and are plain again without them', async () => {
  await stage.manage('/rules', { method: 'PATCH', json: { webContent: { companyName: 'Fabrikam' } } })
  const page = await html(signIn)
  expect(page).toContain('<h1 class="serviceName">Fabrikam</h1>')
  expect(page).not.toContain('smart card')
  expect(page).not.toContain('footerLink"')
  const refused = await stage.manage('/rules', { method: 'PATCH', json: { webContent: { homeLink: 'home' } } })
  expect(refused.status).toBe(400)
})

test('the pages stay accessible, and no wider than the screen', async () => {
  const page = await browser.visitor('inside', { bypassCSP: true })
  await page.goto(`https://adfs.contoso.com${signIn}`)
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
})
