import { test as base } from '@playwright/test'
import { fauxchangeFixtures } from 'fauxchange/playwright'

/** Never run: the compiler judges it. */
const test = base.extend(fauxchangeFixtures({ only: ['entra'] }))
test.use({ zone: 'corp' })
test('every fixture has its type', async ({ page, zone, stack, signedIn, mfa, passkeys, inside, outside }) => {
  const profile = await signedIn('alice@contoso.com', { zone })
  const code: string = await mfa('bob@contoso.com').code()
  await passkeys(await profile.newPage(), 'alice@contoso.com')
  await page.goto(`${stack.proxy('internet')}/${code}`)
  await Promise.all([inside.close(), outside.close()])
  // @ts-expect-error Somebody is named by the user principal name.
  mfa(7)
})
