import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { alice } from '#test/actors/people.ts'
import { requestThrough } from '#test/actors/request-through.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

const detect = 'https://prod-autodetect.outlookmobile.com/detect?services=office365&protocols=rest-cloud,eas'
const detected = async () =>
  (await requestThrough(bench.stack, 'internet', detect, { headers: { 'x-email': alice.upn } })).status

test('a machine is switched off: connections are refused, and it comes back as it was', async () => {
  expect(await detected()).toBe(200)
  const page = await bench.visit('/network', { javaScriptEnabled: false })
  await page.getByRole('button', { name: 'Stop autodetect' }).click()
  await expectVisible(page.getByRole('status').getByText('It is stopped: connections are refused.'))
  await expectVisible(page.locator('#machine-autodetect').getByText('stopped'))
  await expect(detected()).rejects.toThrow()
  await page.getByRole('button', { name: 'Start autodetect' }).click()
  await expectVisible(page.locator('#machine-autodetect').getByText('ready'))
  expect(await detected()).toBe(200)
})

test('over the API too; a reset switches everything on, and the lab cannot stop itself', async () => {
  const run = (name: string, running: boolean) => bench.lab.call('POST', `/api/deployments/${name}`, { running })
  expect(await run('exchange-onprem', false)).toEqual({
    status: 200,
    json: { name: 'exchange-onprem', running: false },
  })
  await expect(requestThrough(bench.stack, 'corp', 'https://mail.contoso.com/owa/')).rejects.toThrow()
  expect((await requestThrough(bench.stack, 'internet', 'https://mail.contoso.com/owa/')).status).toBeLessThan(600)
  expect((await run('lab', false)).status).toBe(409)
  expect((await run('nothing', false)).status).toBe(404)
  await bench.lab.reset()
  expect((await requestThrough(bench.stack, 'corp', 'https://mail.contoso.com/owa/')).status).toBe(302)
})

test('clients stand elsewhere: the journal and the services see it, until a reset', async () => {
  const page = await bench.visit('/network', { javaScriptEnabled: false })
  await expectVisible(page.getByText('198.51.100.0/24'))
  await page.getByLabel(/^Outside/).fill('198.51.100.77')
  await page.getByRole('button', { name: 'Move clients, internet' }).click()
  await expectVisible(page.getByRole('status').getByText('New connections come from there.'))
  const seen = async () => {
    await detected()
    const events = await bench.lab.journal({ deployment: 'autodetect' })
    return events.at(-1)?.clientAddress
  }
  expect(await seen()).toBe('198.51.100.77')
  await page.getByLabel(/^Outside/).fill('nowhere')
  await page.getByRole('button', { name: 'Move clients, internet' }).click()
  await expectVisible(page.getByRole('alert'))
  await bench.lab.reset()
  expect(await seen()).toBe('203.0.113.10')
})

test('accessible with a machine off', async () => {
  await bench.lab.call('POST', '/api/deployments/autodetect', { running: false })
  const page = await bench.visit('/network', { bypassCSP: true })
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
})

test('a licence is taken away and given, and counts at the second factor', async () => {
  const page = await bench.visit(`/people/${alice.upn}`, { javaScriptEnabled: false })
  await page.getByRole('button', { name: 'Take the licence away' }).click()
  await expectVisible(page.getByText('Has no licence.'))
  expect((await bench.beginSecondFactor('PhoneAppNotification')).result).not.toBe('Success')
  await bench.lab.call('PUT', `/api/licences/${alice.upn}`, { licensed: true })
  expect((await bench.beginSecondFactor('PhoneAppNotification')).result).toBe('Success')
})

test('a phone approves by itself when its time has come', async () => {
  const page = await bench.visit(`/phone/${alice.upn}`, { javaScriptEnabled: false })
  await page.getByLabel('A notification comes, and the phone').selectOption('approve')
  await page.getByLabel('after seconds').fill('2')
  await page.getByRole('button', { name: 'Set' }).click()
  await expectVisible(page.getByRole('status').getByText('The phone does so from now on.'))
  const session = await bench.beginSecondFactor('PhoneAppNotification')
  await bench.lab.clock({ advance: 'PT3S' })
  expect(await bench.outcomeOf(session)).toBe('Success')
})
