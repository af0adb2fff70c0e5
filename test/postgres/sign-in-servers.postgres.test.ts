import { ProxyAgent } from 'undici'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import type { JournalEvent } from '#shared/journal.ts'
import { managementHeader } from '#shared/stack/management.ts'
import { HttpVisitor, type Visit } from '#test/actors/http-visitor.ts'
import { type Lab, labOf } from '#test/actors/lab.ts'
import { bob, peggy, trent } from '#test/actors/people.ts'
import { worldOf } from '#test/actors/world.ts'
import { createDatabase } from './server.ts'

const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  const store = await createDatabase(inject('postgres'), 'sign_in')
  stack = open.use(await startStack({ store, replicas: { entra: 2, adfs: 2 } }))
  lab = labOf(worldOf(stack))
})
afterAll(() => open.disposeAsync())

/** Every request on a connection of its own: the next one goes to the other server. */
function visitor(zone: 'internet' | 'corp'): HttpVisitor {
  const brief = { keepAliveTimeout: 1, keepAliveMaxTimeout: 1 }
  const agent = new ProxyAgent({ uri: stack.proxy(zone), requestTls: { ca: stack.authority.caPem }, ...brief })
  open.defer(() => agent.destroy())
  return new HttpVisitor(agent)
}

/** How many requests each server of a deployment answered for somebody. */
async function shares(deployment: string, user: string): Promise<readonly number[]> {
  const servers = stack.deployments.filter(({ plan }) => plan.name === deployment)
  return Promise.all(
    servers.map(async ({ management: { host, port } }) => {
      const answer = await fetch(`http://${host}:${port}/journal`, { headers: { [managementHeader]: '1' } })
      const { events } = (await answer.json()) as { events: readonly JournalEvent[] }
      return events.filter((event) => event.user === user).length
    }),
  )
}

test('a sign-in at Entra ID completes though each of its requests meets another server', async () => {
  const who = visitor('internet')
  const name = await who.open('https://outlook.office.com/owa/')
  const password = await who.submit(name, { login: peggy.upn })
  const code = await who.submit(password, { passwd: peggy.password })
  const choice = await who.submit(code, { otc: await lab.totpCode(peggy.upn) })
  const mailbox = await untilSubmitted(who, await who.submit(choice, { LoginOptions: '3' }))
  expect([mailbox.status, mailbox.url]).toEqual([200, 'https://outlook.office.com/owa/'])
  expect(mailbox.html).toContain(peggy.upn)
  for (const share of await shares('entra', peggy.upn)) expect(share).toBeGreaterThan(0)
})

test('so does one at AD FS, and its single sign-on holds at both servers', async () => {
  const who = visitor('corp')
  const form = await who.open('https://mail.contoso.com/owa/')
  const answer = await who.submit(form, { UserName: bob.upn, Password: bob.password })
  const mailbox = await untilSubmitted(who, answer)
  expect([mailbox.status, mailbox.url]).toEqual([200, 'https://mail.contoso.com/owa/'])
  for (let each = 0; each < 4; each += 1) {
    who.forgetCookies('FedAuth')
    const again = await untilSubmitted(who, await who.open('https://mail.contoso.com/owa/'))
    expect([again.status, again.url]).toEqual([200, 'https://mail.contoso.com/owa/'])
  }
  for (const share of await shares('adfs', bob.upn)) expect(share).toBeGreaterThan(0)
})

test('the pass-through agent is asked by whichever server the person meets, and answers another', async () => {
  for (let each = 0; each < 6; each += 1) {
    const who = visitor('internet')
    const password = await who.submit(await who.open('https://outlook.office.com/owa/'), { login: trent.upn })
    const wrong = await who.submit(password, { passwd: 'Wrong-Pass' })
    expect(wrong.html).toContain('50126')
    const code = await who.submit(wrong, { passwd: trent.password })
    expect(code.html, 'the second factor comes after the right password').toContain('name="otc"')
  }
  for (const share of await shares('entra', trent.upn)) expect(share).toBeGreaterThan(0)
})

test('clock and reset reach every server', async () => {
  await lab.reset()
  for (const deployment of ['entra', 'adfs'])
    expect(await shares(deployment, deployment === 'entra' ? peggy.upn : bob.upn)).toEqual([0, 0])
})

/** Pages that only carry a token onwards. */
async function untilSubmitted(who: HttpVisitor, page: Visit): Promise<Visit> {
  return /<form[^>]*method="post"[^>]*>/i.test(page.html) && !page.url.endsWith('/owa/') ? who.submit(page) : page
}
