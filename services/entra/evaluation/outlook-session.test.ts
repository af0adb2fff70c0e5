import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpVisitor } from '#test/actors/http-visitor.ts'
import { openAuthority, pageId, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, graphClient } from '../graph/_graph.ts'

const owa = 'https://outlook.office.com/owa/'
let authority: TestAuthority
let administrator: ReturnType<typeof graphClient>

beforeAll(async () => {
  authority = await openAuthority({ only: ['directory', 'entra', 'exchange-online', 'gateway-internet'] })
  await authority.stack.clock.freeze()
  administrator = graphClient(authority, await appToken(authority))
  const path = '/v1.0/identity/conditionalAccess/policies'
  for (const { id } of (await administrator('GET', path)).body.value) {
    expect((await administrator('PATCH', `${path}/${id}`, { state: 'disabled' })).status).toBe(204)
  }
})

afterAll(() => authority[Symbol.asyncDispose]())

async function openMailbox(visitor: HttpVisitor): Promise<void> {
  const password = await visitor.submit(await visitor.open(owa), { loginfmt: peggy.upn, passwd: peggy.password })
  const page = await visitor.submit(await visitor.submit(password, { LoginOptions: '3' }))
  expect(page.html).toContain('data-testid="signed-in-user"')
}

test('revoked sessions end Outlook on the web at the next page, within the same second', async () => {
  await using visitor = await authority.visitor()
  await openMailbox(visitor)
  expect((await visitor.open(owa)).html).toContain('data-testid="signed-in-user"')
  await administrator('POST', `/v1.0/users/${peggy.upn}/revokeSignInSessions`)
  const page = await visitor.open(owa)
  expect(new URL(page.url).hostname).toBe('login.microsoftonline.com')
  expect(pageId(page)).toBe('ConvergedSignIn')
  await openMailbox(visitor)
})

test('risk that no policy is about: the session is looked at again, and goes on without the person', async () => {
  await using visitor = await authority.visitor()
  await openMailbox(visitor)
  await authority.manage(`/risk/${peggy.upn}`, { user: 'high' }, 'PUT')
  const page = await visitor.open(owa)
  expect(new URL(page.url).hostname, 'the form of the answer').toBe('login.microsoftonline.com')
  expect((await visitor.submit(page)).html).toContain('data-testid="signed-in-user"')
  await authority.manage(`/risk/${peggy.upn}`, { user: 'none' }, 'PUT')
})
