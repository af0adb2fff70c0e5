import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { requestThrough } from '#test/actors/request-through.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

describe('journal', () => {
  test('shows what arrives, by flow, with the calls of a service below it', async () => {
    const page = await bench.visit('/journal')
    await expectVisible(page.getByText('Nothing yet.'))
    await requestThrough(bench.stack, 'internet', 'https://mail.contoso.com/owa/')
    const flow = page.getByRole('article', { name: 'Outlook on the web, mailbox on-premises' })
    await flow.waitFor()
    await expectVisible(flow.getByRole('row').filter({ hasText: 'GET mail.contoso.com/owa/' }))
    await flow.getByText('Details').first().click()
    await expectVisible(flow.getByText(/at 203\.0\.113\.10, internet/))
  })

  test('filters by person, deployment and text, without scripts too', async () => {
    await bench.beginSecondFactor('PhoneAppNotification')
    await bench.beginSecondFactor('PhoneAppNotification', 'erin@contoso.com')
    const page = await bench.visit('/journal', { javaScriptEnabled: false })
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
