import { fauxchangeMatchers, LabClient } from 'fauxchange/matchers'

/** With `NODE_OPTIONS=--experimental-vm-modules`, which Jest needs for any module of JavaScript. */
expect.extend(fauxchangeMatchers)
const lab = new LabClient(process.env.FAUXCHANGE_GATEWAY)

test('the phone shows a code, and nobody has signed in', async () => {
  expect(await lab.mfa('bob@contoso.com').code()).toMatch(/^\d{6}$/)
  await expect(lab).not.toHaveWalked('WEB-ONLINE')
})
