import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '#test/actors/eventually.ts'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { type Bench, expectVisible, openBench } from './_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

test.each([
  '/errors',
  '/errors?q=AADSTS5000',
  '/parity?service=wap',
  '/guides',
  '/guides/playwright',
  '/worlds',
  '/verdicts',
  '/api-reference#changeClock',
])('%s is accessible and fits, light and wide, dark and narrow', async (path) => {
  const page = await bench.visit(path, { bypassCSP: true })
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
})

test('the menus of the lab work by keyboard, close by themselves, and open without scripts', async () => {
  const page = await bench.visit('/errors')
  const learn = page.getByRole('navigation', { name: 'Lab' }).getByText('Learn')
  await learn.focus()
  await page.keyboard.press('Enter')
  await expectVisible(page.getByRole('link', { name: 'Parity' }))
  await page.keyboard.press('Escape')
  expect(await page.getByRole('link', { name: 'Parity' }).isVisible()).toBe(false)
  await page.getByText('Steer').click()
  await page.getByRole('heading', { level: 1 }).click()
  expect(await page.getByRole('link', { name: 'Faults' }).isVisible()).toBe(false)
  const bare = await bench.visit('/errors', { javaScriptEnabled: false })
  await bare.getByText('Steer').click()
  await bare.getByRole('link', { name: 'Faults' }).click()
  await expectVisible(bare.getByRole('heading', { level: 1, name: 'Faults' }))
})

test('a refusal in the journal leads to its cause and fix; the API tells the same', async () => {
  const visitor = await bench.newPage()
  await visitor.goto('https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=https%3A%2F%2Fnobody.contoso.com%2F')
  const page = await bench.visit('/journal', { javaScriptEnabled: false })
  await page.getByRole('link', { name: 'MSIS7007' }).first().click()
  expect(page.url()).toMatch(/\/errors#MSIS7007$/)
  const entry = page.getByRole('article', { name: 'MSIS7007' })
  await expectVisible(entry.getByText('No relying party trust has the wtrealm'))
  const all = (await bench.lab.call('GET', '/api/errors')).json as { errors: { service: string }[] }
  expect(new Set(all.errors.map(({ service }) => service)).size).toBe(7)
  expect(all.errors.length).toBeGreaterThan(400)
  const one = await bench.lab.call('GET', '/api/errors/ActiveSync%20142')
  expect(one.json).toMatchObject({ errors: [{ journal: 'deviceNotProvisioned', service: 'exchange', status: 449 }] })
  expect((await bench.lab.call('GET', '/api/errors/AADSTS1')).status).toBe(404)
})

test('the page of errors filters with and without scripts, and short addresses lead to entries', async () => {
  const bare = await bench.visit('/errors?q=may+not+carry+tokens', { javaScriptEnabled: false })
  expect(await bare.getByRole('article').count()).toBe(1)
  const page = await bench.visit('/errors/ActiveSync%20142')
  await expectVisible(page.getByRole('article', { name: 'ActiveSync 142' }))
  expect(await page.locator('details.fold[open]').count()).toBe(1)
  await page.getByRole('searchbox').fill('AADSTS50126')
  await expectVisible(page.getByRole('article', { name: 'AADSTS50126' }))
  expect(await page.getByRole('article').filter({ visible: true }).count()).toBe(1)
  await page.getByRole('searchbox').fill('')
  expect(await page.getByRole('article').filter({ visible: true }).count()).toBe(0)
})

test('parity counts, filters, and leads to the titles of tests', async () => {
  const page = await bench.visit('/parity', { javaScriptEnabled: false })
  await page.getByLabel('What').selectOption('gaps')
  await page.getByLabel('Service').selectOption('exchange')
  await page.getByRole('button', { name: 'Show' }).click()
  await expectVisible(page.getByText('MAPI over HTTP').first())
  await page.goto(`${bench.base}/parity?service=wap&kind=claim`)
  await page.getByRole('link', { name: 'services/wap/publishing/match-application.test.ts' }).click()
  expect(await page.getByRole('listitem').filter({ hasText: 'another host is not published' }).count()).toBeGreaterThan(
    0,
  )
  const outside = await fetch(`${bench.base}/parity/witness?of=package.json`)
  expect(outside.status).toBe(404)
})

test('a snapshot is taken, restored and deleted without scripts', async () => {
  const page = await bench.visit('/worlds', { javaScriptEnabled: false })
  await page.getByLabel('Name').fill('before')
  await page.getByRole('button', { name: 'Take' }).click()
  await bench.lab.call('PATCH', '/api/directory/users/alice@contoso.com', { enabled: false })
  await page.getByRole('button', { name: 'Restore before' }).click()
  await expectVisible(page.getByText('Everything is as it was then.'))
  const { users } = (await bench.lab.call('GET', '/api/directory/users')).json as {
    users: { userPrincipalName: string; enabled: boolean }[]
  }
  expect(users.find(({ userPrincipalName }) => userPrincipalName === 'alice@contoso.com')?.enabled).toBe(true)
  await page.getByRole('button', { name: 'Delete before' }).click()
  await expectVisible(page.getByText('None was taken yet.'))
})

test('a world is made and ended, its lab is open, and a scenario that cannot be read is told', async () => {
  const page = await bench.visit('/worlds', { javaScriptEnabled: false })
  await page.getByRole('button', { name: 'Make a world' }).click()
  const address = await page.getByRole('link', { name: 'Open' }).getAttribute('href')
  const within = await fetch(address ?? '')
  expect([within.status, (await within.text()).includes('Contoso is running')]).toEqual([200, true])
  await page.getByRole('button', { name: /^End world/ }).click()
  await expectVisible(page.getByText('There is none beside this one.'))
  await page.getByText('With a scenario of its own').click()
  await page.getByLabel('Scenario').fill('organization: [')
  await page.getByRole('button', { name: 'Make a world' }).click()
  await expectVisible(page.getByRole('alert'))
})

test('a table of decisions is judged, its difference shown, and the baseline downloaded', async () => {
  const page = await bench.visit('/verdicts', { javaScriptEnabled: false })
  const written = (await page.getByLabel('Table').inputValue()).replace('expected: mfa', 'expected: block')
  await page.getByLabel('Table').fill(written)
  await page.getByRole('button', { name: 'Judge' }).click()
  await expectVisible(page.getByText('1 of 5 decisions are not as expected.'))
  await expectVisible(page.getByRole('cell', { name: 'expected block, got mfa' }))
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download with what is now' }).click(),
  ])
  const baseline = await readFile(await download.path(), 'utf8')
  expect(baseline).toBe(written.replace('expected: block', 'expected: mfa'))
  await page.goto(`${bench.base}/verdicts`)
  await page.getByLabel('Table').fill('verdicts: [')
  await page.getByRole('button', { name: 'Judge' }).click()
  await expectVisible(page.getByRole('alert').getByText('This is not YAML'))
})

test('a table is read from a file', async () => {
  const page = await bench.visit('/verdicts')
  await page
    .getByLabel('From a file')
    .setInputFiles({ name: 't.yaml', mimeType: 'application/yaml', buffer: Buffer.from('verdicts: []') })
  await eventually(async () => expect(await page.getByLabel('Table').inputValue()).toBe('verdicts: []'))
})
