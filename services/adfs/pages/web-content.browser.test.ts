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

test('an application and a language have texts of their own, each text by itself', async () => {
  const own = {
    companyName: 'Sample',
    locales: { 'de-AT': { signInPageDescriptionText: 'Servus' } },
    errorPageAuthorizationErrorMessage: 'Ask your manager.',
  }
  const locales = { de: { homeLinkText: 'Startseite', signInPageDescriptionText: 'Guten Tag' } }
  await stage.manage('/rules', { method: 'PATCH', json: { webContent: { ...webContent, locales } } })
  const trust = '/relying-parties/e0000000-0000-4000-8000-000000000005'
  await stage.manage(trust, { method: 'PATCH', json: { webContent: own, issuanceAuthorizationRules: '' } })
  const speaking = (language: string) => stage.browser('inside', { 'accept-language': language })
  const german = (await speaking('de-CH, en;q=0.5').open(signIn)).html
  expect(german).toContain('<h1 class="serviceName">Sample</h1>')
  expect(german).toContain('<p>Guten Tag</p>')
  expect(german).toContain('>Startseite</a>')
  expect((await speaking('de-AT').open(signIn)).html).toContain('<p>Servus</p>')
  expect((await speaking('fr').open(signIn)).html).toContain('Use your smart card.')
  expect((await speaking('de').open('/adfs/ls/?wa=wsignout1.0')).html).toContain('Contoso &amp; Söhne</h1>')
  const denied = await stage.browser().signIn(signIn, 'CONTOSO\\alice', 'Alice-Pass1')
  expect(denied.html).toContain('role="alert">Ask your manager.</div>')
})

/** A chequered PNG. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAHgAAAAYCAIAAAC+8q7fAAAAVElEQVR42u3XMREAIAwEwYhAHhbjA1kYgIIUFJmd+fKq7T7WzOPGZfpaHyBAg9aDBg0aBOhW0ID+9KBBg9aDBg0aBOhe0IA8Q9B60KBBgwANWv/cb8ihkjG1/F9yAAAAAElFTkSuQmCC',
  'base64',
)

test('logo and illustration come from our own origin, and go again', async () => {
  for (const part of ['logo', 'illustration']) {
    const path = `/adfs/portal/${part}/${part}.png`
    expect((await stage.browser().open(path)).html).toContain('MSIS7065')
    const json = { image: picture.toString('base64') }
    const set = await stage.manage(`/web-theme/${part}`, { method: 'PUT', json })
    expect(set.json).toMatchObject({ webTheme: { [part]: { type: 'image/png', bytes: picture.length } } })
    const [, url = ''] = new RegExp(`<img [^>]*src="(${path}\\?id=[0-9A-F]{64})"`).exec(await html(signIn)) ?? []
    expect(await stage.browser().open(url)).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } })
  }
  expect(await html(signIn)).toContain('alt="Contoso &amp; Söhne"')
  const without = await stage.manage('/web-theme/logo', { method: 'DELETE' })
  expect(Object.keys((without.json as { webTheme: object }).webTheme)).toEqual(['illustration'])
  expect(await html(signIn)).not.toContain('logoImage')
})

test.each([
  { what: 'a drawing with scripts', image: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>') },
  { what: 'more than 512 KiB', image: Buffer.concat([picture, Buffer.alloc(512 * 1024)]) },
  { what: 'nothing', image: Buffer.alloc(0) },
])('$what is no picture for the theme', async ({ image }) => {
  const json = { image: image.toString('base64') }
  expect((await stage.manage('/web-theme/logo', { method: 'PUT', json })).status).toBe(400)
  expect((await stage.manage('/web-theme/banner', { method: 'PUT', json: { image: 'AAAA' } })).status).toBe(400)
})

test('the pages stay accessible, and no wider than the screen', async () => {
  for (const part of ['logo', 'illustration'])
    await stage.manage(`/web-theme/${part}`, { method: 'PUT', json: { image: picture.toString('base64') } })
  const page = await browser.visitor('inside', { bypassCSP: true })
  await page.goto(`https://adfs.contoso.com${signIn}`)
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
})
