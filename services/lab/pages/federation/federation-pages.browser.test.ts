import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Look, problemsOf } from '#test/actors/look.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

const trust = '/federation/e0000000-0000-4000-8000-000000000002'
const looks: readonly Look[] = [
  { colorScheme: 'light', size: { width: 1280, height: 800 } },
  { colorScheme: 'dark', size: { width: 360, height: 800 } },
]
let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

test.each(['/federation', trust])('%s is accessible, and no wider than the screen', async (path) => {
  expect(await problemsOf(await bench.visit(path, { bypassCSP: true }), looks)).toEqual([])
})

test('rules are tried rule by rule, saved, and refused with line and column; without scripts', async () => {
  const page = await bench.visit(trust, { javaScriptEnabled: false })
  await page.getByRole('button', { name: 'Try', exact: true }).click()
  await expectVisible(page.getByRole('table', { name: 'Rule by rule' }).getByText('ActiveDirectoryUPN'))
  await expectVisible(page.locator('#trial').getByText('= alice@contoso.com').first())
  await page.getByLabel('Rules', { exact: true }).fill('c:[Type = "x"] => issue(claim = c);')
  await page.getByRole('button', { name: 'Save' }).click()
  await expectVisible(page.getByRole('alert').getByText('line 1, column 9'))
  await page.getByLabel('Rules', { exact: true }).fill('=> issue(Type = "urn:x", Value = "y");')
  await page.getByRole('button', { name: 'Save' }).click()
  await expectVisible(page.getByRole('status').getByText('The rules were saved'))
})

test('a policy is asked: who, where, device', async () => {
  const page = await bench.visit(trust, { javaScriptEnabled: false })
  await page.getByLabel('User').selectOption('alice@contoso.com')
  await page.getByRole('button', { name: 'Ask' }).click()
  await expectVisible(page.getByRole('status').getByText('permitWithMfa'))
  await page.getByLabel('Network').selectOption('intranet')
  await page.getByRole('button', { name: 'Ask' }).click()
  await expectVisible(page.getByRole('status').getByText('rule 1: permit from the intranet'))
})
