import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { alice, bob } from '#test/actors/people.ts'
import { atEntra } from '#test/actors/person.ts'
import { type Bench, expectVisible, openBench } from '../pages/_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

interface WalkAnswer {
  readonly id: string
  readonly state: string
  readonly problem?: string
  readonly signInUrl?: string
  readonly messages?: readonly { readonly subject: string }[]
  readonly steps: readonly {
    readonly id: string
    readonly hops: readonly unknown[]
    readonly events: readonly { readonly line: string }[]
  }[]
}

async function walk(path: string, body?: unknown): Promise<{ status: number; json: WalkAnswer }> {
  return (await bench.lab.call('POST', `/api/outlook-mobile/walks${path}`, body)) as never
}

const seen = ({ steps }: WalkAnswer) =>
  steps.flatMap(({ hops, events }, index) => (hops.length + events.length > 0 ? [index + 1] : []))

test('MOBILE-ONLINE goes all the way by itself: every step seen, the inbox of Exchange Online, no secret shown', async () => {
  const { status, json } = await walk('', { address: alice.upn, signIn: 'automatic' })
  expect([status, json.problem, json.state]).toEqual([201, undefined, 'done'])
  expect(json.messages?.map(({ subject }) => subject)).toContain('Expenses for March')
  // The default world asks phones for no second factor.
  expect(seen(json)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15])
  const text = JSON.stringify(json)
  expect(text).not.toContain(alice.password)
  expect(text, 'no token').not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}\./)
  expect(text).toContain('claims of the access token')
})

test('MOBILE-ONPREM goes all the way by itself: provisioning, the second token pair, the cache', async () => {
  const { json } = await walk('', { address: bob.upn, signIn: 'automatic' })
  expect([json.problem, json.state]).toEqual([undefined, 'done'])
  expect(seen(json)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20])
  expect(json.messages?.length).toBeGreaterThan(2)
})

test('MOBILE-ONLINE on a registered phone: it proves itself to AD FS, whose policy lets nothing else in', async () => {
  await bench.lab.call('PATCH', '/api/adfs/properties', { deviceAuthentication: { enabled: true } })
  const trusts = '/api/adfs/relying-parties'
  const { items } = (await bench.lab.call('GET', trusts)).json as {
    items: { objectIdentifier: string; identifiers: string[] }[]
  }
  const trust = items.find(({ identifiers }) => identifiers.includes('urn:federation:MicrosoftOnline'))
  const accessControlPolicy = { name: 'Permit specific devices' }
  const rules = [{ conditions: [{ kind: 'device', trust: 'authenticated' }] }]
  await bench.lab.call('POST', '/api/adfs/access-control-policies', { name: accessControlPolicy.name, rules })
  await bench.lab.call('PATCH', `${trusts}/${trust?.objectIdentifier}`, { accessControlPolicy })
  expect((await walk('', { address: alice.upn, signIn: 'automatic' })).json.state).toBe('failed')
  const { json } = await walk('', { address: alice.upn, signIn: 'automatic', device: true })
  expect([json.problem, json.state]).toEqual([undefined, 'done'])
  const events = await bench.lab.journal({ deployment: 'adfs' })
  expect(events.flatMap(({ decisions }) => decisions)).toContain('deviceAuthenticated')
  const none = await walk('', { address: 'dave@contoso.com', signIn: 'automatic', device: true })
  expect(none.json).toMatchObject({ state: 'failed', problem: expect.stringContaining('no registered device') })
})

test('an address without a mailbox, a locked account and a foreign answer end with a reason', async () => {
  expect((await walk('', { address: 'user@elsewhere.example' })).json).toMatchObject({
    state: 'failed',
    problem: expect.stringContaining('found nothing'),
  })
  const grace = await walk('', { address: 'grace@contoso.com', signIn: 'automatic' })
  expect(grace.json).toMatchObject({ state: 'failed', problem: expect.stringContaining('The sign-in ended on a page') })
  const begun = (await walk('', { address: alice.upn })).json
  const foreign = { url: 'http://127.0.0.1/outlook-mobile/return?code=x&state=00000000-0000-4000-8000-000000000000' }
  expect((await walk(`/${begun.id}/answer`, foreign)).status).toBe(409)
  expect((await walk(`/${begun.id}/answer`, { url: '?code=made-up' })).json).toMatchObject({
    state: 'failed',
    problem: expect.stringContaining('Entra ID gave no tokens'),
  })
  expect((await walk('/00000000-0000-4000-8000-000000000000/connect')).status).toBe(404)
  expect((await walk('', { address: 'nobody' })).status).toBe(400)
})

test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
  'a person signs in in another tab, and comes back to the app, %o',
  async (options) => {
    const page = await bench.visit('/outlook-mobile', options)
    await page.getByLabel('Email address').fill(bob.upn)
    await page.getByRole('button', { name: 'Continue' }).click()
    await expectVisible(page.locator('#MOBILE-ONPREM-6.seen'))
    const opened = page.context().waitForEvent('page')
    await page.getByRole('link', { name: 'Open the sign-in page' }).click()
    const tab = await opened
    await tab.locator('#userNameInput').fill(bob.upn)
    await tab.locator('#passwordInput').fill(bob.password)
    await tab.locator('#passwordInput').press('Enter')
    if (!options.javaScriptEnabled) await tab.getByRole('button').first().click()
    await atEntra.staySignedIn(tab, 'no')
    await tab.waitForURL(/\/outlook-mobile\/walks\//)
    await tab.getByRole('button', { name: 'Open the mailbox' }).click()
    await expectVisible(tab.getByRole('heading', { name: 'Inbox' }))
    expect(await tab.getByRole('table', { name: 'Inbox' }).getByRole('row').count()).toBeGreaterThan(2)
    await expectVisible(tab.locator('#MOBILE-ONPREM-20.seen'))
  },
)

test('the pages work for everybody, wide and narrow', async () => {
  const { json } = await walk('', { address: alice.upn, signIn: 'automatic' })
  for (const path of ['/presets', '/outlook-mobile', `/outlook-mobile/walks/${json.id}`]) {
    const page = await bench.visit(path)
    expect(await problemsOf(page, [lightAndWide, darkAndNarrow]), path).toEqual([])
  }
})

test('a restriction is turned on by a button, and the app meets it', async () => {
  const page = await bench.visit('/presets', { javaScriptEnabled: false })
  await page.getByRole('button', { name: 'Turn on: Outlook mobile: second factor', exact: true }).click()
  await expectVisible(page.getByRole('button', { name: 'Turn off: Outlook mobile: second factor', exact: true }))
  const { json } = await walk('', { address: alice.upn, signIn: 'automatic' })
  expect(json.state).toBe('done')
  expect(seen(json)).toEqual(expect.arrayContaining([11, 12, 13, 14]))
})
