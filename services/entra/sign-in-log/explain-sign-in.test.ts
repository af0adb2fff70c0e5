import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { HttpVisitor } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, graphClient } from '../graph/_graph.ts'
import type { SignInExplanation } from './explain-sign-in.ts'

const breakGlass = { upn: 'breakglass@contoso.onmicrosoft.com', password: 'Break-Glass-16' }

let authority: TestAuthority
let visitor: HttpVisitor

beforeAll(async () => {
  authority = await openAuthority()
})

beforeEach(async () => {
  visitor = await authority.visitor()
})

afterAll(() => authority[Symbol.asyncDispose]())

async function signIn(): Promise<string> {
  await authority.stack.clock.advance(60_000)
  const factor = await visitor.submit(await visitor.submit(await visitor.open(owaRequest()), { loginfmt: peggy.upn }), {
    passwd: peggy.password,
  })
  const kmsi = await visitor.submit(factor, { otc: await authority.totpCode(peggy.upn) })
  await visitor.submit(kmsi, { LoginOptions: '3' })
  return (await newestSignIn(peggy.upn)) ?? ''
}

async function newestSignIn(upn: string): Promise<string | undefined> {
  const { signIns } = await authority.manage<{ signIns: { id: string }[] }>(`/signins?user=${upn}&brief=true`)
  return signIns[0]?.id
}

const explain = (id: string) => authority.manage<SignInExplanation>(`/signins/${id}`)

test('tells what matched, what was demanded and what satisfied it, with names for ids', async () => {
  const explanation = await explain(await signIn())
  const { policies, decision, signIn: record, names, signals } = explanation
  expect(record).toMatchObject({ userPrincipalName: peggy.upn, status: { errorCode: 0 } })
  expect(record).not.toHaveProperty('judged')
  expect(decision).toMatchObject({ outcome: 'allow', reason: 'satisfied', requires: [] })
  const required = policies.find(({ displayName }) => displayName === 'Require MFA for Outlook on the web')
  expect(required).toMatchObject({ applies: true, result: 'success' })
  expect(required?.controls).toContainEqual(
    expect.objectContaining({ control: 'mfa', verdict: 'satisfied', because: expect.stringContaining('password,') }),
  )
  expect(required?.conditions.every(({ verdict }) => verdict === 'met')).toBe(true)
  expect(names[signals?.user.objectId ?? '']).toBe(peggy.upn)
})

test('tells which condition kept a policy away, by which of its own words, and what only would have been', async () => {
  const { upn, password } = breakGlass
  await visitor.submit(await visitor.open(owaRequest()), { loginfmt: upn, passwd: password })
  const { policies, names } = await explain((await newestSignIn(upn)) ?? '')
  const away = policies.find(({ displayName }) => displayName === 'Require MFA for Outlook on the web')
  expect(away).toMatchObject({ applies: false, result: 'notApplied', reason: 'conditionNotMet: users' })
  const users = away?.conditions.find(({ condition }) => condition === 'users')
  const [excluded] = users?.excludes ?? []
  expect(users).toMatchObject({ verdict: 'notMet', includes: [{ rule: 'allUsers', matched: true }] })
  expect(excluded).toMatchObject({ rule: 'userId', matched: true })
  expect(names[excluded?.value ?? '']).toBe(upn)
  expect(policies.map(({ result }) => result)).toEqual(
    expect.arrayContaining(['reportOnlyNotApplied', 'notEnabled', 'notApplied']),
  )
})

test('one conversation: the interrupt that demanded the second factor leads to the success and back', async () => {
  const { conversation, signIn: record } = await explain(await signIn())
  expect(conversation.map(({ errorCode }) => errorCode)).toEqual([50140, 50074])
  const interrupt = await explain(conversation[1]?.id ?? '')
  expect(interrupt.decision).toMatchObject({ outcome: 'challenge', requires: [{ control: 'mfa', aadsts: 50076 }] })
  expect(interrupt.conversation.map(({ id }) => id)).toContain(record.id)
  const newest = await explain(record.correlationId)
  expect(newest.signIn.id, 'a correlation id stands for the newest record').toBe(record.id)
})

test('a refusal has an id on its page, which leads to the lab', async () => {
  const page = await visitor.open(owaRequest({ redirect_uri: 'https://elsewhere.example/' }))
  const id = String(pageConfig(page).sessionId)
  expect(page.html).toContain(`<a href="/fauxchange/sign-ins/${id}">${id}</a>`)
  const link = await authority.fetch(`https://login.microsoftonline.com/fauxchange/sign-ins/${id}`, {
    redirect: 'manual',
  })
  expect(link.headers.get('location')).toBe(`${authority.stack.proxy('internet')}/sign-ins/${id}`)
})

test.each(['../users', 'no-id', '%2e%2e'])('leads nowhere for %s', async (id) => {
  const answer = await authority.fetch(`https://login.microsoftonline.com/fauxchange/sign-ins/${id}`, {
    redirect: 'manual',
  })
  expect(answer.status).toBe(404)
})

test('an id that the log does not have is not explained', async () => {
  expect(await explain('00000000-0000-4000-8000-000000000000')).toEqual({
    error: 'The sign-in log has no such request or correlation id.',
  })
})

test('an older sign-in is explained by the policies of its time', async () => {
  const id = await signIn()
  const before = await explain(id)
  const graph = graphClient(authority, await appToken(authority))
  const policies = '/v1.0/identity/conditionalAccess/policies'
  const { value } = (await graph('GET', policies)).body as { value: { id: string; state: string }[] }
  const setState = async (policy: string, state: string) =>
    expect((await graph('PATCH', `${policies}/${policy}`, { state })).status).toBe(204)
  onTestFinished(async () => {
    for (const { id: policy, state } of value) await setState(policy, state)
  })
  for (const { id: policy } of before.policies) await setState(policy, 'disabled')
  expect(await explain(id)).toEqual(before)
})
