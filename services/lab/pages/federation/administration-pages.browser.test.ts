import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { serviceProviderMetadata } from '#services/adfs/administration/_metadata.ts'
import { openHttpVisitor } from '#test/actors/http-visitor.ts'
import { type Look, problemsOf } from '#test/actors/look.ts'
import { worldOf } from '#test/actors/world.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

const looks: readonly Look[] = [
  { colorScheme: 'light', size: { width: 1280, height: 800 } },
  { colorScheme: 'dark', size: { width: 360, height: 800 } },
]
let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

const get = async <T>(path: string) => (await bench.lab.call('GET', path)).json as T
const onePixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const plain = { javaScriptEnabled: false } as const
const signInUrl = 'https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm='

/** Somebody outside gives AD FS a password. */
async function attempt(password: string): Promise<string> {
  await using visitor = await openHttpVisitor(worldOf(bench.stack), 'internet')
  const page = await visitor.open(`${signInUrl}urn%3asample%3awsfed`)
  return (await visitor.submit(page, { UserName: 'alice@contoso.com', Password: password })).html
}

const smart = { enabled: true, mode: 'ADFSSmartLockoutEnforce', threshold: 1 }

test.each(['partners', 'certificates', 'lockouts', 'settings', 'web-content'])(
  '/federation/%s is accessible, and no wider than the screen',
  async (name) => {
    await bench.lab.call('PATCH', '/api/adfs/properties', { extranetLockout: smart })
    await attempt('wrong')
    const page = await bench.visit(`/federation/${name}`, { bypassCSP: true })
    expect(await problemsOf(page, looks)).toEqual([])
  },
)

test('a trust is added, disabled, given another policy, and deleted', async () => {
  const page = await bench.visit('/federation', plain)
  await page.getByLabel('Name', { exact: true }).fill('Intranet wiki')
  await page.getByLabel('Identifier', { exact: true }).fill('urn:wiki')
  await page.getByLabel('Address that takes tokens').fill('https://wiki.contoso.com/')
  await page.getByRole('button', { name: 'Add' }).click()
  await expectVisible(page.getByRole('status').getByText('The trust was created.'))
  await page.getByRole('link', { name: 'Intranet wiki' }).click()
  await page.getByRole('combobox', { name: 'Access control policy' }).selectOption('Permit specific group')
  await page.getByLabel('Its groups').fill('Mobile Pilot, CONTOSO\\Domain Admins')
  await page.getByRole('button', { name: 'Change policy' }).click()
  await page.getByRole('button', { name: 'Disable' }).click()
  await expectVisible(page.getByRole('button', { name: 'Enable' }))
  const { items } = await get<{ items: object[] }>('/api/adfs/relying-parties')
  expect(items).toContainEqual(
    expect.objectContaining({
      identifiers: ['urn:wiki'],
      wsFedEndpoint: 'https://wiki.contoso.com/',
      accessControlPolicy: {
        name: 'Permit specific group',
        parameters: { groups: ['Mobile Pilot', 'CONTOSO\\Domain Admins'] },
      },
      enabled: false,
    }),
  )
  await page.getByRole('button', { name: 'Delete' }).click()
  await expectVisible(page.getByRole('status').getByText('The trust was deleted.'))
  expect(await page.getByRole('link', { name: 'Intranet wiki' }).count()).toBe(0)
})

test('trusts are imported from metadata, from an export and from PowerShell, with a report', async () => {
  const page = await bench.visit('/federation', plain)
  const document = page.getByLabel('Document')
  const submit = () => page.getByRole('button', { name: 'Import' }).click()
  const trusts = '/api/adfs/relying-parties'
  const { items } = await get<{ items: { name: string; objectIdentifier: string }[] }>(trusts)
  const { objectIdentifier = '' } = items.find(({ name }) => name === 'Sample WS-Federation App') ?? {}
  const exported = await get<object>(`${trusts}/${objectIdentifier}`)
  const byPowerShell = await get<object>(`${trusts}/${objectIdentifier}/powershell`)
  await bench.lab.call('DELETE', `${trusts}/${objectIdentifier}`)
  await document.fill(JSON.stringify(exported))
  await submit()
  expect(await get(`${trusts}/${objectIdentifier}`)).toEqual(exported)
  await document.fill(JSON.stringify([{ ...byPowerShell, TokenLifetime: 15, EnableJWT: true }, { Name: 'Nothing' }]))
  await page.getByLabel('Change trusts that have the same identifier').check()
  await submit()
  const report = page.getByRole('table', { name: 'What was imported' })
  await expectVisible(report.getByText('EnableJWT'))
  await expectVisible(report.getByText('refused: '))
  expect(await get(`${trusts}/${objectIdentifier}`)).toEqual({ ...exported, tokenLifetimeMinutes: 15 })
  await page.getByLabel('Name, for metadata').fill('Ourselves')
  await page
    .getByLabel('Address of metadata')
    .fill('https://adfs.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml')
  await submit()
  await expectVisible(page.getByRole('link', { name: 'Ourselves' }))
  await document.fill('trust me')
  await submit()
  await expectVisible(page.getByRole('alert').getByText('neither metadata nor a trust'))
})

test('a file of metadata is uploaded', async () => {
  const page = await bench.visit('/federation', plain)
  await page.getByLabel('Name, for metadata').fill('Uploaded')
  const buffer = Buffer.from(`\uFEFF${serviceProviderMetadata('urn:uploaded', 'https://uploaded.contoso.com/acs')}`)
  await page
    .getByLabel('File of metadata or of PowerShell')
    .setInputFiles({ name: 'sp.xml', mimeType: 'text/xml', buffer })
  await page.getByRole('button', { name: 'Import' }).click()
  await expectVisible(page.getByRole('link', { name: 'Uploaded' }))
  const mimeType = 'application/json'
  await page
    .getByLabel('File of metadata or of PowerShell')
    .setInputFiles({ name: 'x', mimeType, buffer: Buffer.from('{') })
  await page.getByRole('button', { name: 'Import' }).click()
  await expectVisible(page.getByRole('alert').getByText('neither metadata nor a trust'))
})

test('texts of an application in a language, and pictures, are on the pages of AD FS; without scripts', async () => {
  const page = await bench.visit('/federation/web-content', plain)
  await page.getByLabel('Application').selectOption('Sample WS-Federation App')
  await page.getByLabel('Language, such as').fill('de')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByLabel('What the sign-in page says below the form').fill('Guten Tag')
  await page.getByRole('button', { name: 'Save texts' }).click()
  await expectVisible(page.getByRole('status').getByText('The pages were changed.'))
  await expectVisible(page.getByText('There are texts for de.'))
  await page.getByLabel('The logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: onePixel })
  await page.getByRole('button', { name: 'Set logo' }).click()
  await page
    .getByLabel('The illustration')
    .setInputFiles({ name: 'a.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') })
  await page.getByRole('button', { name: 'Set illustration' }).click()
  await expectVisible(page.getByRole('alert').getByText('a PNG, JPEG or GIF'))
  await using visitor = await openHttpVisitor(worldOf(bench.stack), 'corp', { language: 'de-DE,en;q=0.3' })
  const { html } = await visitor.open('https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:wsfed')
  expect(html).toContain('<p>Guten Tag</p>')
  expect(html).toContain('class="logoImage"')
  await page.goto(`${bench.base}/federation/web-content`)
  await page.getByRole('button', { name: 'Remove logo' }).click()
  expect(await get('/api/adfs/rules')).toMatchObject({ webTheme: {} })
})

test('token certificates are added, promoted and replaced', async () => {
  const thumbprints = async () =>
    (await get<{ signing: { thumbprint: string }[] }>('/api/adfs/certificates')).signing.map((each) => each.thumbprint)
  const [first] = await thumbprints()
  const page = await bench.visit('/federation/certificates', plain)
  const signing = page.getByRole('region', { name: 'Token-signing' })
  await signing.getByRole('button', { name: 'Add a secondary one' }).click()
  await signing.getByRole('button', { name: 'Make the secondary one primary' }).click()
  await expectVisible(page.getByRole('status').getByText('The secondary certificate is the primary one.'))
  expect((await thumbprints())[1]).toBe(first)
  await signing.getByRole('button', { name: 'Replace all at once' }).click()
  expect(await thumbprints()).not.toContain(first)
  expect(await signing.getByRole('row').count()).toBe(2)
})

test('settings are changed: lockout, banned addresses, rules, texts, user agents; a lockout ends', async () => {
  const page = await bench.visit('/federation/settings', plain)
  const save = async (name: string) => {
    await page.getByRole('button', { name: `Save ${name}` }).click()
    await expectVisible(page.getByRole('status').getByText('The farm was changed.'))
  }
  const lockout = page.getByRole('region', { name: 'Extranet lockout' })
  await lockout.getByLabel('Enabled').selectOption('yes')
  await lockout.getByLabel('Mode').selectOption('ADFSSmartLockoutEnforce')
  await lockout.getByLabel('Failures from unknown places').fill('1')
  await save('Extranet lockout')
  await page.getByLabel('Addresses and CIDR blocks').fill('192.0.2.7\n198.51.100.0/24')
  await save('Banned addresses')
  await page.getByLabel('User agents that get it inside').fill('Bench/1')
  await save('Windows authentication')
  await page.getByLabel('Offer “Keep me signed in”').selectOption('yes')
  await save('Single sign-on')
  expect(await get('/api/adfs/properties')).toMatchObject({
    extranetLockout: { enabled: true, mode: 'ADFSSmartLockoutEnforce', threshold: 1 },
    bannedAddresses: ['192.0.2.7', '198.51.100.0/24'],
    wiaSupportedUserAgents: ['Bench/1'],
    keepSignedInOffered: true,
  })
  await page.getByLabel('Rules for every application').fill('c:[Type = "x"] => issue(claim = c);')
  await page.getByRole('button', { name: 'Save Additional authentication' }).click()
  await expectVisible(page.getByRole('alert').getByText('line 1, column 9'))

  await attempt('wrong')
  await page.goto(`${bench.base}/federation/lockouts`)
  await expectVisible(page.getByRole('row').filter({ hasText: 'alice@contoso.com' }).getByText('locked out'))
  expect(await attempt('Alice-Pass1')).toContain('Incorrect user ID or password')
  await page.getByRole('button', { name: 'Unlock alice@contoso.com at unknown places' }).click()
  await expectVisible(page.getByRole('status').getByText('The account may try again.'))
  await page.getByLabel('Familiar addresses of alice@contoso.com').fill('203.0.113.10, 192.0.2.9')
  await page.getByRole('button', { name: 'Set for alice@contoso.com' }).click()
  const { accounts } = await get<{ accounts: object[] }>('/api/adfs/account-activity')
  expect(accounts).toContainEqual(expect.objectContaining({ familiarIps: ['203.0.113.10', '192.0.2.9'] }))
  expect(await attempt('Alice-Pass1')).toContain('wresult')
})

test('an application group is created, once, and its client gets a token; without scripts', async () => {
  const page = await bench.visit('/federation/partners', plain)
  const fill = async () => {
    await page.getByLabel('Name', { exact: true }).fill('Bench')
    await page.getByLabel('Application', { exact: true }).selectOption('server')
    await page.getByLabel('Client identifier').fill('bench-client')
    await page.getByLabel('Secret').fill('bench-secret')
    await page.getByLabel('Redirect URIs').fill('https://bench.contoso.com/callback')
    await page.getByLabel('Identifier of the Web API').fill('https://bench.contoso.com/')
    await page.getByRole('button', { name: 'Add group' }).click()
  }
  await fill()
  await expectVisible(page.getByRole('status').getByText('The application group was created.'))
  await using visitor = await openHttpVisitor(worldOf(bench.stack), 'corp')
  const client = { client_id: 'bench-client', client_secret: 'bench-secret', resource: 'https://bench.contoso.com/' }
  const fields = { grant_type: 'client_credentials', ...client }
  expect((await visitor.post('https://adfs.contoso.com/adfs/oauth2/token', fields)).html).toContain('access_token')
  await fill()
  await expectVisible(page.getByRole('alert').getByText('There is an application group "Bench" already.'))
})

test('application groups are listed and deleted', async () => {
  const { applicationGroups } = await get<{ applicationGroups: { name: string }[] }>('/api/adfs/application-groups')
  const [{ name = '' } = {}] = applicationGroups
  const page = await bench.visit('/federation/partners', plain)
  await page.getByRole('button', { name: `Delete ${name}` }).click()
  await expectVisible(page.getByRole('status').getByText('The application group was deleted.'))
  expect((await bench.lab.call('DELETE', `/api/adfs/application-groups/${encodeURIComponent(name)}`)).status).toBe(404)
  const put = await bench.lab.call('PUT', '/api/adfs/application-groups', { name, nativeApplications: [] })
  expect(put.status).toBe(200)
})
