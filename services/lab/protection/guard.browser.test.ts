import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { type Bench, openBench } from '../pages/_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

describe('forms of other sites', () => {
  const form = { method: 'POST', redirect: 'manual' } as const
  const own = () => ({ origin: bench.base, 'content-type': 'application/x-www-form-urlencoded' })

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
      const answer = await fetch(`${bench.base}${path}`, {
        ...form,
        headers: { ...type, ...headers },
        body: 'freeze=true',
      })
      expect(answer.status, path).toBe(status)
    }
    expect(bench.stack.clock.state.frozenAt).toBeNull()
  })

  test('a form of the lab itself is accepted', async () => {
    const answer = await fetch(`${bench.base}/clock`, { ...form, headers: own(), body: 'freeze=true' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/?done=clock'])
    expect(bench.stack.clock.state.frozenAt).not.toBeNull()
  })

  test('a page of another site cannot reset the world, in a real browser', async () => {
    await bench.lab.clock({ freeze: true })
    const page = await bench.newPage()
    await page.route('https://evil.example/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${bench.base}/reset"><button>Win a prize</button></form>`,
      }),
    )
    await page.goto('https://evil.example/')
    await page.getByRole('button').click()
    await page.waitForLoadState()
    await page
      .waitForURL((url) => url.href === `${bench.base}/reset` || url.protocol === 'chrome-error:')
      .catch(() => undefined)
    expect(bench.stack.clock.state.frozenAt).not.toBeNull()
  })

  test('a name that was re-pointed to the lab’s own port is refused', async () => {
    const port = bench.stack.deployments.find(({ plan }) => plan.name === 'lab')?.https.port
    const { request } = await import('undici')
    const ask = async (headers: Record<string, string>) =>
      (await request(`http://127.0.0.1:${port}/`, { headers })).statusCode
    expect(await ask({ host: `evil.example:${port}` })).toBe(421)
    expect(await ask({ host: `evil.example:${port}`, 'x-forwarded-host': `127.0.0.1:${port}` })).toBe(421)
    expect(await ask({ host: `127.0.0.1:${port}` })).toBe(200)
  })
})

test('a stack that listens at every address has its lab at loopback, and at each address that leads to it', async () => {
  await using everywhere = await startStack({ bind: '0.0.0.0', only: ['gateway-internet', 'lab'] })
  expect((await fetch(`${everywhere.proxy('internet')}/api/clock`)).status).toBe(200)
  const { request } = await import('undici')
  const ask = async (path: string, headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
    request(`${everywhere.proxy('internet')}${path}`, { method, headers })
  expect((await ask('/', { host: '192.168.1.5:8080' })).statusCode).toBe(200)
  expect(await (await ask('/proxy.pac', { host: '192.168.1.5:8080' })).body.text()).toContain('PROXY 192.168.1.5:8080')
  expect((await ask('/', { host: 'rebound.evil.test:8080' })).statusCode).toBe(421)
  const reset = (origin: string) => ask('/api/reset', { host: '192.168.1.5:8080', origin }, 'POST')
  expect((await reset('http://192.168.1.6:8080')).statusCode).toBe(403)
})
