import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../_stage.ts'

const sample = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:wsfed'
const alice = ['alice@contoso.com', 'Alice-Pass1'] as const
let data: string

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'adfs-data-'))
})

afterAll(() => rm(data, { recursive: true }))

function withKeepSignedIn(): Promise<AdfsStage> {
  return startAdfs((scenario) => ({ ...scenario, adfs: { ...scenario.adfs, kmsiEnabled: true } }), data)
}

test('"Keep me signed in" lasts a day and a restart; a reset ends it', async () => {
  let cookie: string
  {
    await using stage = await withKeepSignedIn()
    const browser = stage.browser()
    const page = await browser.open(sample)
    expect(page.html).toMatch(/<input type="checkbox" name="Kmsi" id="kmsiInput" value="true">/)
    const answer = await browser.submit(page, { UserName: alice[0], Password: alice[1], Kmsi: 'true' })
    const expires = /Expires=([^;]+)/.exec(answer.cookies.join())?.[1] ?? ''
    const hours = (Date.parse(expires) - stage.clock.now().getTime()) / 3600_000
    expect(hours).toBeGreaterThan(23.9)
    expect(hours).toBeLessThanOrEqual(24)
    cookie = browser.cookies.get('MSISAuth') ?? ''
  }
  await using stage = await withKeepSignedIn()
  const browser = stage.browser()
  browser.cookies.set('MSISAuth', cookie)
  await stage.clock.advance(23 * 3600_000)
  expect((await browser.open(sample)).html).toContain('hiddenform')
  await stage.reset()
  expect((await browser.open(sample)).html).toContain('userNameInput')
})

test('a form that asks to be kept signed in is not obeyed where that is not offered', async () => {
  await using stage = await startAdfs()
  const browser = stage.browser()
  const answer = await browser.submit(await browser.open(sample), {
    UserName: alice[0],
    Password: alice[1],
    Kmsi: 'true',
  })
  expect(answer.cookies.join()).not.toContain('Expires')
  await stage.clock.advance(9 * 3600_000)
  expect((await browser.open(sample)).html).toContain('userNameInput')
})
