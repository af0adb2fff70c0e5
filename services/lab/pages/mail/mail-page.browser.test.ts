import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

test.each([
  { upn: 'alice@contoso.com', deployment: 'exchange-online' },
  { upn: 'bob@contoso.com', deployment: 'exchange-onprem' },
])('a message is put into the mailbox of $upn at $deployment, without scripts', async ({ upn, deployment }) => {
  const page = await bench.visit('/mail', { javaScriptEnabled: false })
  await page.getByLabel('Mailbox of').fill(upn)
  await page.getByLabel('From').fill('Zoë Zimmer <zoe@example.net>')
  await page.getByLabel('Subject').fill('Grüße & <b>more</b>')
  await page.getByLabel('Text').fill('Hello')
  await page.getByRole('button', { name: 'Put it there' }).click()
  await expectVisible(page.getByRole('rowheader', { name: 'Grüße & <b>more</b>' }))
  await expectVisible(page.getByRole('cell', { name: 'Zoë Zimmer' }).first())
  const { json } = await bench.lab.call('GET', `/api/exchange/${deployment}/mailboxes/${upn}/messages`)
  expect(json).toMatchObject({
    messages: expect.arrayContaining([
      expect.objectContaining({ subject: 'Grüße & <b>more</b>', preview: expect.stringContaining('Hello') }),
    ]),
  })
})

test('what cannot be done is told on the page, which is for everybody', async () => {
  const page = await bench.visit('/mail')
  await page.getByLabel('Mailbox of').fill('nobody@contoso.com')
  await page.getByRole('button', { name: 'Put it there' }).click()
  await expectVisible(page.getByRole('alert'))
  await expectVisible(page.getByText('nobody@contoso.com has no mailbox at exchange-online.'))
  await page.goto(`${bench.base}/mail?upn=alice%40contoso.com`)
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
})
