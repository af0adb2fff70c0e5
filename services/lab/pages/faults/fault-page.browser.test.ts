import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { requestThrough } from '#test/actors/request-through.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

const metadata = 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration'

test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
  'a fault is found, turned on with its parameters, counted and turned off, %o',
  async (options) => {
    const page = await bench.visit('/faults', options)
    await page.getByRole('searchbox', { name: 'Search' }).fill('openid unreachable')
    if (!options.javaScriptEnabled) await page.getByRole('button', { name: 'Search' }).click()
    await expectVisible(page.getByText(/^1 of \d+ faults$/))
    const fault = page.locator('#fault-entra-metadata-unreachable')
    await fault.locator('summary').click()
    await fault.getByLabel('How often').fill('2')
    await fault.getByRole('button', { name: 'Turn on' }).click()
    await expectVisible(page.getByRole('status').getByText('The fault is on.'))
    const statuses = []
    for (let index = 0; index < 3; index += 1)
      statuses.push((await requestThrough(bench.stack, 'internet', metadata)).status)
    expect(statuses).toEqual([503, 503, 200])
    if (!options.javaScriptEnabled) await page.reload()
    await expectVisible(page.getByText('struck 2× · 0 left'))
    await page.getByRole('button', { name: 'Off (entra-metadata-unreachable)' }).click()
    await expectVisible(page.getByText('Nothing is broken.'))
  },
)

test('says what cannot be, and mends everything at once; accessible with faults on', async () => {
  const page = await bench.visit('/faults', { bypassCSP: true, javaScriptEnabled: true })
  const fault = page.locator('#fault-wap-blocked')
  await fault.locator('summary').click()
  await fault.getByLabel('Path').fill('owa')
  await fault.getByRole('button', { name: 'Turn on' }).click()
  await expectVisible(page.getByRole('alert').getByText(/path/))
  await bench.lab.call('POST', '/api/fault-catalogue/wap-blocked', { user: 'alice@contoso.com' })
  await bench.lab.call('POST', '/api/fault-catalogue/adfs-slow', { delayMs: 5 })
  await page.goto(`${bench.base}/faults`)
  await page.locator('#fault-adfs-slow summary').click()
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
  await page.getByRole('button', { name: 'Mend everything' }).click()
  await expectVisible(page.getByText('Nothing is broken.'))
})
