import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { bob } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
const owa = 'https://mail.contoso.com/owa'
const fresh = 'Harbour-77'
let world: World
let lab: Lab

beforeAll(async () => {
  world = worldOf(open.use(await startStack()))
  lab = labOf(world)
})

afterAll(() => open.disposeAsync())

test('an expired password is changed at AD FS under the domain policy, and opens the mailbox', async () => {
  await lab.call('PATCH', `/api/directory/users/${bob.upn}`, { passwordExpired: true })
  await lab.call('PATCH', '/api/adfs/properties', { updatePassword: { enabled: true } })
  await using who = await openHttpVisitor(world, 'corp')
  const expired = await who.submit(await who.open(owa), { UserName: bob.upn, Password: bob.password })
  expect(expired.html).toContain('Your password has expired.')
  const [, link = ''] = /id="updatePasswordLink" class="actionLink" href="([^"]+)"/.exec(expired.html) ?? []
  const form = await who.open(new URL(link.replaceAll('&amp;', '&'), expired.url).href)
  const change = (password: string) =>
    who.submit(form, { OldPassword: bob.password, NewPassword: password, ConfirmNewPassword: password })
  expect((await change('harbour')).html).toContain('does not meet the length, complexity, or history requirements')
  const reasons = (await lab.journal({ limit: '200' })).flatMap((event) => event.reasons).join('\n')
  expect(reasons).toContain('it has characters of fewer than three classes')
  expect((await change(bob.password)).html).toContain('does not meet')
  expect((await change(fresh)).html).toContain('Your password is successfully updated.')
  const again = await who.submit(await who.open(owa), { UserName: bob.upn, Password: fresh })
  expect((await who.submit(again)).html).toContain(bob.upn)
})
