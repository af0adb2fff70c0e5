import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Look, problemsOf } from '#test/actors/look.ts'
import { type Bench, expectVisible, openBench } from './_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

const looks: readonly Look[] = [
  { colorScheme: 'light', size: { width: 1280, height: 800 } },
  { colorScheme: 'dark', size: { width: 768, height: 800 } },
  { colorScheme: 'light', size: { width: 360, height: 800 } },
]

describe('every page', () => {
  test.each(['/', '/phone', '/phone/alice@contoso.com', '/journal?background=1', '/tour', '/reset', '/nothing'])(
    '%s is accessible, and no wider than the screen',
    async (path) => {
      await bench.beginSecondFactor('PhoneAppNotification')
      const page = await bench.visit(path, { bypassCSP: true })
      expect(await problemsOf(page, looks)).toEqual([])
    },
  )

  test('says that it is a mock, and brings everything it needs from its own origin', async () => {
    const page = await bench.newPage()
    const foreign: string[] = []
    const problems: string[] = []
    page.on('request', (request) => void (request.url().startsWith(bench.base) || foreign.push(request.url())))
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())))
    for (const path of ['/', '/phone/alice@contoso.com', '/journal']) {
      await page.goto(`${bench.base}${path}`, { waitUntil: 'networkidle' })
      await expectVisible(page.getByRole('banner').getByText('mock', { exact: true }))
    }
    expect(foreign.filter((url) => !url.startsWith('data:'))).toEqual([])
    expect(problems).toEqual([])
  })
})

describe('overview', () => {
  test('shows what runs, how to connect, and as whom to sign in', async () => {
    const page = await bench.visit('/')
    await expectVisible(page.getByRole('heading', { level: 1, name: 'Contoso is running' }))
    const deployments = page.getByRole('region', { name: 'Deployments' }).getByRole('listitem')
    expect(await deployments.count()).toBe(bench.stack.plans.length)
    expect((await deployments.allInnerTexts()).every((text) => text.includes('ready'))).toBe(true)
    const download = page.getByRole('link', { name: 'Download the CA certificate' })
    expect(await download.getAttribute('href')).toBe('/ca.pem')
    const row = page.getByRole('table', { name: 'Accounts' }).getByRole('row').filter({ hasText: 'bob@contoso.com' })
    expect(await row.getByRole('cell').allInnerTexts()).toEqual([
      'Bob-Pass2',
      'on-premises',
      'AD FS',
      'code',
      'All Staff, Finance',
      '–',
    ])
  })

  test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])('filters accounts, %o', async (options) => {
    const page = await bench.visit('/', options)
    await page.getByRole('searchbox', { name: 'Filter' }).fill('on-premises SMS')
    if (!options.javaScriptEnabled) await page.getByRole('button', { name: 'Filter' }).click()
    const rows = page.getByRole('table', { name: 'Accounts' }).getByRole('rowheader')
    expect((await rows.allInnerTexts()).map((text) => text.split(/\s/)[0])).toEqual(['juergen@contoso.com'])
    await expectVisible(page.getByText('1 of 16 accounts'))
  })

  test('tells of accounts that changed in Active Directory', async () => {
    await bench.lab.call('PATCH', '/api/directory/users/alice@contoso.com', { enabled: false })
    const page = await bench.visit('/?q=alice')
    await expectVisible(page.getByRole('cell', { name: 'disabled' }))
  })

  test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
    'stops, moves, sets and releases the clock, %o',
    async (options) => {
      const page = await bench.visit('/', options)
      await page.getByRole('button', { name: 'Stop it here' }).click()
      await expectVisible(page.getByRole('status').getByText('The clock of every deployment was changed.'))
      const stopped = bench.stack.clock.now().getTime()
      expect(bench.stack.clock.state.frozenAt).toBe(stopped)
      for (const name of ['5 minutes', '1 hour', '1 day']) await page.getByRole('button', { name, exact: true }).click()
      expect(bench.stack.clock.now().getTime() - stopped).toBe((5 + 60 + 24 * 60) * 60_000)
      await page.getByLabel('Set to (UTC)').fill('2031-02-03T04:05:06')
      await page.getByRole('button', { name: 'Set', exact: true }).click()
      await expectVisible(page.getByRole('complementary').getByText('2031-02-03 04:05:06', { exact: true }))
      await page.getByRole('button', { name: 'Let it run' }).click()
      expect(bench.stack.clock.state.frozenAt).toBeNull()
      expect(bench.stack.clock.now().toISOString()).toMatch(/^2031-02-03T04:05/)
    },
  )

  test('by keyboard: what was sent leads back to its button, and the notice stands in sight', async () => {
    const page = await bench.visit('/', { viewport: { width: 390, height: 600 } })
    const hour = page.getByRole('button', { name: '1 hour', exact: true })
    await hour.focus()
    await page.keyboard.press('Enter')
    const notice = page.getByRole('status').getByText('The clock of every deployment was changed.')
    await expectVisible(notice)
    await expectVisible(page.locator('button:focus', { hasText: '1 hour' }))
    const { y } = (await notice.boundingBox()) ?? { y: -1 }
    expect(y).toBeGreaterThanOrEqual(0)
    expect(y).toBeLessThan(600)
  })

  test('a password is copied by a click on it', async () => {
    const page = await bench.visit('/', { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.getByRole('button', { name: 'Copy Bob-Pass2' }).click()
    await expectVisible(page.getByText('Copied'))
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('Bob-Pass2')
  })

  test('synchronizes on request', async () => {
    await bench.lab.call('POST', '/api/directory/users', {
      userPrincipalName: 'zoe@contoso.com',
      password: 'Zoe-Pass1',
    })
    const page = await bench.visit('/', { javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Synchronize now' }).click()
    await expectVisible(page.getByText(/Last cycle .*: success, 1 added/))
    expect((await bench.lab.call('GET', '/api/mfa/zoe@contoso.com')).status).toBe(200)
  })

  test('resets only when asked twice', async () => {
    await bench.lab.call('PATCH', '/api/directory/users/alice@contoso.com', { displayName: 'Alice Changed' })
    const page = await bench.visit('/', { javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Reset everything…' }).click()
    await page.getByRole('link', { name: 'Keep everything' }).click()
    expect(await nameOfAlice()).toBe('Alice Changed')
    await page.getByRole('link', { name: 'Reset everything…' }).click()
    await page.getByRole('button', { name: 'Reset everything' }).click()
    await expectVisible(page.getByRole('status').getByText('Everything is as the scenario describes it again.'))
    expect(await nameOfAlice()).toBe('Alice Adams')
  })

  async function nameOfAlice(): Promise<string | undefined> {
    const { json } = await bench.lab.call('GET', '/api/directory/users')
    const { users } = json as { users: readonly { userPrincipalName: string; displayName: string }[] }
    return users.find((user) => user.userPrincipalName === 'alice@contoso.com')?.displayName
  }
})
