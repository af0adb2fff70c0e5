import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { createMachineToken } from '#shared/http/machine-identity.ts'
import { openBrowser, type TestBrowser } from '#test/actors/browser.ts'
import { type Lab, labOf } from '#test/actors/lab.ts'
import { requestThrough } from '#test/actors/request-through.ts'
import { worldOf } from '#test/actors/world.ts'

const open = new AsyncDisposableStack()
const visits = new Set<Page>()
let stack: Stack
let browser: TestBrowser
let lab: Lab
let base: string

beforeAll(async () => {
  stack = open.use(await startStack())
  browser = open.use(await openBrowser(worldOf(stack)))
  lab = labOf(worldOf(stack))
  base = stack.proxy('internet')
})

beforeEach(() => lab.reset())
afterEach(async () => {
  for (const page of visits) await page.context().close()
  visits.clear()
})
afterAll(() => open.disposeAsync())

async function visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.visitor('internet', options)
  visits.add(page)
  page.setDefaultTimeout(10_000)
  await page.goto(`${base}${path}`)
  return page
}

const host = 'adnotifications.windowsazure.com'

/** Calls the second factor's connector as AD FS does. */
async function connector(path: string, body: object) {
  const token = await createMachineToken(await stack.authority.machineIdentity('adfs'), host, stack.clock)
  const answer = await requestThrough(
    stack,
    'corp',
    `https://${host}/StrongAuthenticationService.svc/Connector/${path}`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
  )
  return JSON.parse(answer.text) as { result: string; sessionId: string; entropy: number }
}

function beginPush(userPrincipalName = 'alice@contoso.com') {
  return connector('BeginTwoWayAuthentication', {
    userPrincipalName,
    contextId: 'c',
    authMethodId: 'PhoneAppNotification',
    callerIp: '198.51.100.20',
    callerName: 'AD FS',
  })
}

async function outcomeOf({ sessionId }: { sessionId: string }): Promise<string> {
  return (await connector('EndTwoWayAuthentication', { sessionId })).result
}

const check = 'axe.run(document, { resultTypes: ["violations"] })'
const looks = [
  { width: 1280, colorScheme: 'light' },
  { width: 768, colorScheme: 'dark' },
  { width: 360, colorScheme: 'light' },
] as const

describe('every page', () => {
  test.each(['/', '/phone', '/phone/alice@contoso.com', '/journal?background=1', '/reset', '/nothing'])(
    '%s is accessible, and no wider than the screen',
    async (path) => {
      await beginPush()
      const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
      const page = await visit(path, { bypassCSP: true })
      await page.evaluate(axe)
      for (const { width, colorScheme } of looks) {
        await page.setViewportSize({ width, height: 800 })
        await page.emulateMedia({ colorScheme })
        const { violations, passes } = (await page.evaluate(check)) as { violations: unknown[]; passes: unknown[] }
        expect(violations, `${width} ${colorScheme}`).toEqual([])
        expect(passes.length).toBeGreaterThan(10)
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      }
    },
  )

  test('says that it is a mock, and brings everything it needs from its own origin', async () => {
    const page = await browser.visitor('internet')
    visits.add(page)
    const foreign: string[] = []
    const problems: string[] = []
    page.on('request', (request) => void (request.url().startsWith(base) || foreign.push(request.url())))
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())))
    for (const path of ['/', '/phone/alice@contoso.com', '/journal']) {
      await page.goto(`${base}${path}`, { waitUntil: 'networkidle' })
      await expectVisible(page.getByRole('banner').getByText('mock', { exact: true }))
    }
    expect(foreign.filter((url) => !url.startsWith('data:'))).toEqual([])
    expect(problems).toEqual([])
  })
})

describe('overview', () => {
  test('shows what runs, how to connect, and as whom to sign in', async () => {
    const page = await visit('/')
    await expectVisible(page.getByRole('heading', { level: 1, name: 'Contoso is running' }))
    const deployments = page.getByRole('region', { name: 'Deployments' }).getByRole('listitem')
    expect(await deployments.count()).toBe(stack.plans.length)
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
    const page = await visit('/', options)
    await page.getByRole('searchbox', { name: 'Filter' }).fill('on-premises SMS')
    if (!options.javaScriptEnabled) await page.getByRole('button', { name: 'Filter' }).click()
    const rows = page.getByRole('table', { name: 'Accounts' }).getByRole('rowheader')
    expect((await rows.allInnerTexts()).map((text) => text.split(/\s/)[0])).toEqual(['juergen@contoso.com'])
    await expectVisible(page.getByText('1 of 16 accounts'))
  })

  test('tells of accounts that changed in Active Directory', async () => {
    await lab.call('PATCH', '/api/directory/users/alice@contoso.com', { enabled: false })
    const page = await visit('/?q=alice')
    await expectVisible(page.getByRole('cell', { name: 'disabled' }))
  })

  test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
    'stops, moves, sets and releases the clock, %o',
    async (options) => {
      const page = await visit('/', options)
      await page.getByRole('button', { name: 'Stop it here' }).click()
      await expectVisible(page.getByRole('status').getByText('The clock of every deployment was changed.'))
      const stopped = stack.clock.now().getTime()
      expect(stack.clock.state.frozenAt).toBe(stopped)
      for (const name of ['5 minutes', '1 hour', '1 day']) await page.getByRole('button', { name, exact: true }).click()
      expect(stack.clock.now().getTime() - stopped).toBe((5 + 60 + 24 * 60) * 60_000)
      await page.getByLabel('Set to (UTC)').fill('2031-02-03T04:05:06')
      await page.getByRole('button', { name: 'Set', exact: true }).click()
      await expectVisible(page.getByRole('complementary').getByText('2031-02-03 04:05:06', { exact: true }))
      await page.getByRole('button', { name: 'Let it run' }).click()
      expect(stack.clock.state.frozenAt).toBeNull()
      expect(stack.clock.now().toISOString()).toMatch(/^2031-02-03T04:05/)
    },
  )

  test('synchronizes on request', async () => {
    await lab.call('POST', '/api/directory/users', { userPrincipalName: 'zoe@contoso.com', password: 'Zoe-Pass1' })
    const page = await visit('/', { javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Synchronize now' }).click()
    await expectVisible(page.getByText(/Last cycle .*: success, 1 added/))
    expect((await lab.call('GET', '/api/mfa/zoe@contoso.com')).status).toBe(200)
  })

  test('resets only when asked twice', async () => {
    await lab.call('PATCH', '/api/directory/users/alice@contoso.com', { displayName: 'Alice Changed' })
    const page = await visit('/', { javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Reset everything…' }).click()
    await page.getByRole('link', { name: 'Keep everything' }).click()
    expect(await nameOfAlice()).toBe('Alice Changed')
    await page.getByRole('link', { name: 'Reset everything…' }).click()
    await page.getByRole('button', { name: 'Reset everything' }).click()
    await expectVisible(page.getByRole('status').getByText('Everything is as the scenario describes it again.'))
    expect(await nameOfAlice()).toBe('Alice Adams')
  })

  async function nameOfAlice(): Promise<string | undefined> {
    const { json } = await lab.call('GET', '/api/directory/users')
    const { users } = json as { users: readonly { userPrincipalName: string; displayName: string }[] }
    return users.find((user) => user.userPrincipalName === 'alice@contoso.com')?.displayName
  }
})

describe('phone', () => {
  test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
    'approves with the number of the sign-in page, and tells of a wrong one, %o',
    async (options) => {
      const push = await beginPush()
      const page = await visit('/phone', options)
      await page.getByRole('link', { name: 'Alice Adams' }).click()
      const request = page.getByRole('article', { name: 'Are you trying to sign in?' })
      expect(await request.innerText()).toMatch(/AD FS[\s\S]*198\.51\.100\.20/)
      await request.getByLabel('Number on the sign-in page').fill(String(push.entropy === 99 ? 98 : push.entropy + 1))
      await request.getByRole('button', { name: 'Approve', exact: true }).click()
      await expectVisible(page.getByRole('alert').getByText('This is not the number on the sign-in page. Try again.'))
      expect(await outcomeOf(push)).toBe('Pending')
      await request.getByLabel('Number on the sign-in page').fill(String(push.entropy))
      await request.getByRole('button', { name: 'Approve', exact: true }).click()
      await expectVisible(page.getByRole('status').getByText('Approved.'))
      expect(await outcomeOf(push)).toBe('Success')
      await expectVisible(page.getByText('Nothing is waiting.'))
    },
  )

  test('denies without a number', async () => {
    const push = await beginPush()
    const page = await visit('/phone/alice@contoso.com', { javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Deny' }).click()
    await expectVisible(page.getByRole('status').getByText('Denied.'))
    expect(await outcomeOf(push)).toBe('Denied')
  })

  test('shows a request that arrives while one looks, and leaves alone what is typed', async () => {
    const page = await visit('/phone/alice@contoso.com')
    await expectVisible(page.getByText('Nothing is waiting.'))
    const first = await beginPush()
    const field = page.getByLabel('Number on the sign-in page')
    await field.fill(String(first.entropy))
    const second = await beginPush()
    await page.getByRole('article').nth(1).waitFor()
    expect(await page.getByRole('article').nth(1).getByLabel('Number on the sign-in page').inputValue()).toBe(
      String(first.entropy),
    )
    await page.getByRole('article').nth(1).getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByRole('status').waitFor()
    expect([await outcomeOf(first), await outcomeOf(second)]).toEqual(['Success', 'Pending'])
  })

  test('shows the code of now, the enrolment as a picture, and text messages', async () => {
    await lab.clock({ freeze: true })
    await connector('BeginTwoWayAuthentication', {
      userPrincipalName: 'alice@contoso.com',
      contextId: 'c',
      authMethodId: 'OneWaySMS',
      callerIp: '198.51.100.20',
      callerName: 'AD FS',
    })
    const page = await visit('/phone/alice@contoso.com')
    const { totp, sms } = await lab.mfa('alice@contoso.com')
    await expectVisible(page.getByText(totp?.code ?? 'no code', { exact: true }))
    await expectVisible(page.getByText(sms[0]?.text ?? 'no message'))
    await page.getByText('Use an authenticator app of your own').click()
    const picture = page.getByRole('img', { name: 'QR code of the enrolment' })
    expect(await picture.getAttribute('src')).toMatch(/^data:image\/svg\+xml;base64,/)
    expect(
      await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(0)
  })

  test('tells that the tenant does not know a person', async () => {
    const page = await visit('/phone/judy@contoso.com')
    await expectVisible(page.getByRole('heading', { name: /no such account/ }))
  })
})

describe('journal', () => {
  test('shows what arrives, by flow, with the calls of a service below it', async () => {
    const page = await visit('/journal')
    await expectVisible(page.getByText('Nothing yet.'))
    await requestThrough(stack, 'internet', 'https://mail.contoso.com/owa/')
    const flow = page.getByRole('article', { name: 'Outlook on the web, mailbox on-premises' })
    await flow.waitFor()
    await expectVisible(flow.getByRole('row').filter({ hasText: 'GET mail.contoso.com/owa/' }))
    await flow.getByText('Details').first().click()
    await expectVisible(flow.getByText(/at 203\.0\.113\.10, internet/))
  })

  test('filters by person, deployment and text, without scripts too', async () => {
    await beginPush()
    await beginPush('erin@contoso.com')
    const page = await visit('/journal', { javaScriptEnabled: false })
    await page.getByLabel('Person').fill('erin@contoso.com')
    await page.getByLabel('Deployment').selectOption('entra')
    await page.getByLabel('Text').fill('BeginTwoWay')
    await page.getByLabel('with background traffic').check()
    await page.getByRole('button', { name: 'Show' }).click()
    expect(await page.getByRole('article').count()).toBe(1)
    await expectVisible(page.getByRole('article').getByText('erin@contoso.com').first())
    await page.getByRole('link', { name: 'Everything' }).click()
    expect(await page.getByRole('article').count()).toBe(2)
  })
})

describe('forms of other sites', () => {
  const form = { method: 'POST', redirect: 'manual' } as const
  const own = () => ({ origin: base, 'content-type': 'application/x-www-form-urlencoded' })

  test.each<{ what: string; headers: Record<string, string>; status: number }>([
    { what: 'a foreign Origin', headers: { origin: 'https://evil.example' }, status: 403 },
    { what: 'an imitated site', headers: { origin: 'https://mail.contoso.com' }, status: 403 },
    { what: 'no Origin', headers: {}, status: 403 },
    {
      what: 'a cross-site navigation',
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      status: 403,
    },
  ])('with $what are refused', async ({ headers, status }) => {
    for (const path of [
      '/clock',
      '/reset',
      '/synchronize',
      '/phone/alice@contoso.com/approve',
      '/phone/alice@contoso.com/deny',
    ]) {
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await fetch(`${base}${path}`, {
        ...form,
        headers: { ...type, ...headers },
        body: 'freeze=true',
      })
      expect(answer.status, path).toBe(status)
    }
    expect(stack.clock.state.frozenAt).toBeNull()
  })

  test('a form of the lab itself is accepted', async () => {
    const answer = await fetch(`${base}/clock`, { ...form, headers: own(), body: 'freeze=true' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/?done=clock'])
    expect(stack.clock.state.frozenAt).not.toBeNull()
  })

  test('a page of another site cannot reset the world, in a real browser', async () => {
    await lab.clock({ freeze: true })
    const page = await browser.visitor('internet')
    visits.add(page)
    await page.route('https://evil.example/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${base}/reset"><button>Win a prize</button></form>`,
      }),
    )
    await page.goto('https://evil.example/')
    await page.getByRole('button').click()
    await page.waitForLoadState()
    await page
      .waitForURL((url) => url.href === `${base}/reset` || url.protocol === 'chrome-error:')
      .catch(() => undefined)
    expect(stack.clock.state.frozenAt).not.toBeNull()
  })

  test('a name that was re-pointed to the lab’s own port is refused', async () => {
    const port = stack.deployments.find(({ plan }) => plan.name === 'lab')?.https.port
    const { request } = await import('undici')
    const ask = async (headers: Record<string, string>) =>
      (await request(`http://127.0.0.1:${port}/`, { headers })).statusCode
    expect(await ask({ host: `evil.example:${port}` })).toBe(421)
    expect(await ask({ host: `evil.example:${port}`, 'x-forwarded-host': `127.0.0.1:${port}` })).toBe(421)
    expect(await ask({ host: `127.0.0.1:${port}` })).toBe(200)
  })
})

async function expectVisible(locator: ReturnType<Page['getByText']>): Promise<void> {
  await locator.waitFor({ state: 'visible' })
}
