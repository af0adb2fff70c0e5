import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../_stage.ts'

const page = '/adfs/portal/updatepassword/'
const sample = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:wsfed'
const alice = 'alice@contoso.com'
const old = 'Alice-Pass1'
const fresh = 'Harbour-77'
let stage: AdfsStage

beforeEach(async () => {
  stage = await startAdfs()
})

afterEach(() => stage[Symbol.asyncDispose]())

async function enable(updatePassword: object = { enabled: true }): Promise<void> {
  expect((await stage.manage('/properties', { method: 'PATCH', json: { updatePassword } })).status).toBe(200)
}

async function reasons(): Promise<string> {
  return (await stage.journal())
    .slice(-3)
    .flatMap((event) => event.reasons)
    .join('\n')
}

const right = { UserName: alice, OldPassword: old, NewPassword: fresh, ConfirmNewPassword: fresh }

test('is off until it is switched on, and outside until that is allowed too', async () => {
  expect((await stage.browser().open(page)).html).toContain('MSIS7065')
  expect(await reasons()).toContain('updatePassword.enabled is off')
  await enable()
  expect((await stage.browser().open(page)).html).toContain('id="updatePasswordForm"')
  expect((await stage.browser('outside').open(page)).html).toContain('MSIS7065')
  await enable({ throughProxy: true })
  expect((await stage.browser('outside').open(page)).html).toContain('id="updatePasswordForm"')
})

test('has the field names of the product, and takes the user name from the address', async () => {
  await enable()
  const { html } = await stage.browser().open(`${page}?username=${encodeURIComponent('"><script>')}`)
  for (const name of ['UserName', 'OldPassword', 'NewPassword', 'ConfirmNewPassword']) {
    expect(html).toContain(`name="${name}"`)
  }
  expect(html).not.toContain('<script>')
})

test('changes the password: the old one is good no more', async () => {
  await enable()
  const browser = stage.browser()
  const answer = await browser.submit(await browser.open(page), right, 'updatePasswordForm')
  expect(answer.html).toContain('Your password is successfully updated.')
  expect((await browser.signIn(sample, alice, fresh)).html).toContain('hiddenform')
  const refused = await stage.browser().signIn(sample, alice, old)
  expect(refused.html).toContain('id="loginForm"')
  const text = JSON.stringify(await stage.journal())
  for (const password of [old, fresh]) expect(text).not.toContain(password)
})

describe('says why not', () => {
  test.each([
    {
      change: { OldPassword: 'wrong' },
      text: 'The user ID or password is incorrect.',
      reason: 'STATUS_WRONG_PASSWORD',
    },
    {
      change: { UserName: 'nobody@contoso.com' },
      text: 'The user ID or password is incorrect.',
      reason: 'STATUS_NO_SUCH_USER',
    },
    { change: { UserName: 'alice' }, text: 'Enter your user ID in the format', reason: 'no known form' },
    {
      change: { ConfirmNewPassword: 'other' },
      text: 'The passwords do not match.',
      reason: 'the new passwords differ',
    },
    { change: { NewPassword: '', ConfirmNewPassword: '' }, text: 'Fill in every field.', reason: 'a field is empty' },
    {
      change: { NewPassword: 'x', ConfirmNewPassword: 'x' },
      text: 'does not meet the length, complexity, or history requirements',
      reason: 'STATUS_PASSWORD_RESTRICTION',
    },
  ])('$reason', async ({ change, text, reason }) => {
    await enable()
    const answer = await stage.browser().post(page, { ...right, ...change })
    expect(answer.html).toContain(text)
    expect(await reasons()).toContain(reason)
    expect(stage.directory.passwords.get(alice)).toBe(old)
  })
})

test('counts for extranet lockout: nobody guesses old passwords here', async () => {
  await enable({ enabled: true, throughProxy: true })
  const extranetLockout = { enabled: true, mode: 'ADFSSmartLockoutEnforce', threshold: 2 }
  await stage.manage('/properties', { method: 'PATCH', json: { extranetLockout } })
  const browser = stage.browser('outside')
  for (let each = 0; each < 2; each += 1) await browser.post(page, { ...right, OldPassword: 'wrong' })
  expect((await browser.post(page, right)).html).toContain('The user ID or password is incorrect.')
  expect(await reasons()).toContain('extranet lockout')
})

test('an expired password at sign-in leads here, when there is something here', async () => {
  stage.directory.statuses.set(alice, 'STATUS_PASSWORD_EXPIRED')
  const without = await stage.browser().signIn(sample, alice, old)
  expect(without.html).toContain('Your password has expired.')
  expect(without.html).not.toContain('updatePasswordLink')
  await enable()
  const browser = stage.browser()
  const expired = await browser.signIn(sample, alice, old)
  const [, link = ''] = /id="updatePasswordLink" class="actionLink" href="([^"]+)"/.exec(expired.html) ?? []
  const form = await browser.open(link)
  expect(form.html).toContain(`value="${alice}"`)
  expect((await browser.submit(form, right, 'updatePasswordForm')).html).toContain('successfully updated')
  expect((await browser.signIn(sample, alice, fresh)).html).toContain('hiddenform')
})
