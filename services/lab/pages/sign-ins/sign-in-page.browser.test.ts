import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHttpVisitor } from '#test/actors/http-visitor.ts'
import { problemsOf } from '#test/actors/look.ts'
import { peggy } from '#test/actors/people.ts'
import { worldOf } from '#test/actors/world.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'
import { outcomeOf } from './outcome-tag.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

/** The password is right; the second factor is never given. */
async function beginSignIn(fields: Readonly<Record<string, string>>): Promise<string> {
  await using visitor = await openHttpVisitor(worldOf(bench.stack), 'internet')
  const page = await visitor.open('https://outlook.office.com/owa/')
  return (await visitor.submit(page, fields)).html
}

interface Listed {
  readonly signIns: readonly { readonly id: string; readonly status: { readonly errorCode: number } }[]
}

async function newest(): Promise<string> {
  const { json } = await bench.lab.call('GET', `/api/sign-ins?user=${peggy.upn}&limit=1`)
  return (json as Listed).signIns[0]?.id ?? ''
}

const looks = [
  { colorScheme: 'light', size: { width: 1280, height: 800 } },
  { colorScheme: 'dark', size: { width: 360, height: 800 } },
] as const

describe('sign-ins', () => {
  test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
    'from the list to what the policy demanded, %o',
    async (options) => {
      await beginSignIn({ loginfmt: peggy.upn, passwd: peggy.password })
      const page = await bench.visit('/sign-ins', options)
      const row = page.getByRole('row').filter({ hasText: 'AADSTS50074' })
      await expectVisible(row.getByText('interrupted'))
      await row.getByRole('link').click()
      await expectVisible(page.getByRole('heading', { level: 1, name: 'Sign-in of Peggy Patel' }))
      const decision = page.getByRole('region', { name: 'What was decided' })
      await expectVisible(decision.getByText('Asked for more'))
      await expectVisible(decision.getByText('because of Require MFA for Outlook on the web'))
      const policies = page.getByRole('region', { name: 'Policies' })
      await expectVisible(policies.getByText('unsatisfied').first())
      await expectVisible(policies.getByText('included by All').first())
    },
  )

  test('the explanation is accessible, and no wider than the screen', async () => {
    await beginSignIn({ loginfmt: peggy.upn, passwd: peggy.password })
    for (const path of ['/sign-ins', `/sign-ins/${await newest()}`]) {
      const page = await bench.visit(path, { bypassCSP: true })
      for (const each of await page.locator('details').all()) await each.evaluate('each => { each.open = true }')
      expect(await problemsOf(page, looks)).toEqual([])
    }
  })

  test('the journal leads to the explanation, and the explanation to the journal', async () => {
    await beginSignIn({ loginfmt: peggy.upn, passwd: peggy.password })
    const page = await bench.visit('/journal', { javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Explain' }).first().click()
    await expectVisible(page.getByRole('heading', { level: 1, name: 'Sign-in of Peggy Patel' }))
    await page.getByRole('link', { name: 'Journal of this conversation' }).click()
    expect(await page.getByRole('article').count()).toBe(1)
    await expectVisible(page.getByText(peggy.upn).first())
  })

  test('a refusal without a sign-in is told by its request in the journal', async () => {
    await using visitor = await openHttpVisitor(worldOf(bench.stack), 'internet')
    const { html } = await visitor.open(
      'https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=11111111-1111-4111-8111-111111111111&response_type=code',
    )
    const [, path] = /href="(\/fauxchange\/sign-ins\/[^"]+)"/.exec(html) ?? []
    const page = await bench.newPage({ javaScriptEnabled: false })
    await page.goto(`https://login.microsoftonline.com${path}`)
    expect(new URL(page.url()).origin).toBe(bench.base)
    await expectVisible(
      page.getByRole('article').getByText('GET login.microsoftonline.com/common/oauth2/v2.0/authorize').first(),
    )
  })

  test('an id that nothing has is not found', async () => {
    const page = await bench.visit('/sign-ins/00000000-0000-4000-8000-000000000000')
    await expectVisible(page.getByRole('heading', { name: 'The sign-in log has no such request or correlation id.' }))
  })
})

test('the API explains by the id, and refuses what is none', async () => {
  await beginSignIn({ loginfmt: peggy.upn, passwd: peggy.password })
  const id = await newest()
  const { status, json } = await bench.lab.call('GET', `/api/sign-ins/${id}`)
  expect(status).toBe(200)
  expect(json).toMatchObject({
    signIn: { id, userPrincipalName: peggy.upn },
    decision: {
      outcome: 'challenge',
      requires: [{ control: 'mfa', policyName: 'Require MFA for Outlook on the web' }],
    },
  })
  expect((await bench.lab.call('GET', '/api/sign-ins/no-id')).status).toBe(400)
  expect((await bench.lab.call('GET', '/api/sign-ins/00000000-0000-4000-8000-000000000000')).status).toBe(404)
})

test.each([
  [0, 'succeeded'],
  [50074, 'interrupted'],
  [50140, 'interrupted'],
  [50126, 'refused'],
  [53003, 'refused'],
] as const)('%d is %s', (code, want) => {
  expect(outcomeOf(code)).toBe(want)
})
