import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { bob } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
const owa = 'https://mail.contoso.com/owa'
let world: World
let lab: Lab

beforeAll(async () => {
  world = worldOf(open.use(await startStack()))
  lab = labOf(world)
})

afterAll(() => open.disposeAsync())

/** Whether AD FS accepts the password: it goes on to the second factor outside, to the mailbox inside. */
async function accepted(zone: 'internet' | 'corp', password: string): Promise<boolean> {
  await using who = await openHttpVisitor(world, zone)
  const page = await who.submit(await who.open(owa), { UserName: bob.upn, Password: password })
  return !page.html.includes('Incorrect user ID or password.')
}

test('ENV-5 through the proxy: locked out outside, not inside; Active Directory never counts to its own lockout', async () => {
  const extranetLockout = { enabled: true, mode: 'ADFSSmartLockoutEnforce', threshold: 3 }
  expect((await lab.call('PATCH', '/api/adfs/properties', { extranetLockout })).status).toBe(200)
  for (let each = 0; each < 12; each += 1) expect(await accepted('internet', 'wrong')).toBe(false)
  expect(await accepted('internet', bob.password)).toBe(false)
  expect(await accepted('corp', bob.password)).toBe(true)
  const { json } = await lab.call('GET', '/api/adfs/account-activity')
  expect(json).toMatchObject({
    accounts: [{ userPrincipalName: bob.upn, unknownLockout: true, badPwdCountUnknown: 3 }],
  })
  const reset = await lab.call('POST', `/api/adfs/account-activity/${bob.upn}/reset`, {})
  expect(reset.status).toBe(200)
  expect(await accepted('internet', bob.password)).toBe(true)
})
