import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

describe('phone', () => {
  test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
    'approves with the number of the sign-in page, and tells of a wrong one, %o',
    async (options) => {
      const push = await bench.beginSecondFactor('PhoneAppNotification')
      const page = await bench.visit('/phone', options)
      await page.getByRole('link', { name: 'Alice Adams' }).click()
      const request = page.getByRole('article', { name: 'Are you trying to sign in?' })
      expect(await request.innerText()).toMatch(/AD FS[\s\S]*198\.51\.100\.20/)
      await request.getByLabel('Number on the sign-in page').fill(String(push.entropy === 99 ? 98 : push.entropy + 1))
      await request.getByRole('button', { name: 'Approve', exact: true }).click()
      await expectVisible(page.getByRole('alert').getByText('This is not the number on the sign-in page. Try again.'))
      expect(await bench.outcomeOf(push)).toBe('Pending')
      await request.getByLabel('Number on the sign-in page').fill(String(push.entropy))
      await request.getByRole('button', { name: 'Approve', exact: true }).click()
      await expectVisible(page.getByRole('status').getByText('Approved.'))
      expect(await bench.outcomeOf(push)).toBe('Success')
      await expectVisible(page.getByText('Nothing is waiting.'))
    },
  )

  test('denies without a number', async () => {
    const push = await bench.beginSecondFactor('PhoneAppNotification')
    const page = await bench.visit('/phone/alice@contoso.com', { javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Deny' }).click()
    await expectVisible(page.getByRole('status').getByText('Denied.'))
    expect(await bench.outcomeOf(push)).toBe('Denied')
  })

  test('shows a request that arrives while one looks, and leaves alone what is typed', async () => {
    const page = await bench.visit('/phone/alice@contoso.com')
    await expectVisible(page.getByText('Nothing is waiting.'))
    const first = await bench.beginSecondFactor('PhoneAppNotification')
    const field = page.getByLabel('Number on the sign-in page')
    await field.fill(String(first.entropy))
    const second = await bench.beginSecondFactor('PhoneAppNotification')
    await page.getByRole('article').nth(1).waitFor()
    expect(await page.getByRole('article').nth(1).getByLabel('Number on the sign-in page').inputValue()).toBe(
      String(first.entropy),
    )
    await page.getByRole('article').nth(1).getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByRole('status').waitFor()
    expect([await bench.outcomeOf(first), await bench.outcomeOf(second)]).toEqual(['Success', 'Pending'])
  })

  test('shows the code of now, the enrolment as a picture, and text messages', async () => {
    await bench.lab.clock({ freeze: true })
    await bench.beginSecondFactor('OneWaySMS')
    const page = await bench.visit('/phone/alice@contoso.com')
    const { totp, sms } = await bench.lab.mfa('alice@contoso.com')
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
    const page = await bench.visit('/phone/judy@contoso.com')
    await expectVisible(page.getByRole('heading', { name: /no such account/ }))
  })
})
