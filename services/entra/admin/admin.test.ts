import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { formsOf, type HttpVisitor } from '#test/actors/http-visitor.ts'
import { owaRequest, pageId, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, graphClient } from '../graph/_graph.ts'
import { answerForPortal, breakGlass, enterPortal, openPortal, portal, postForm } from './_administrator.ts'

const policies = '/v1.0/identity/conditionalAccess/policies'
let authority: TestAuthority
let visitor: HttpVisitor
let graph: ReturnType<typeof graphClient>

beforeAll(async () => {
  authority = await openPortal()
  graph = graphClient(authority, await appToken(authority))
})

beforeEach(async () => {
  visitor = await authority.visitor()
})

afterAll(() => authority[Symbol.asyncDispose]())

async function newest() {
  const { value } = (await graph('GET', policies)).body as { value: { id: string; displayName: string }[] }
  return value.at(-1) ?? { id: '', displayName: '' }
}

const blockForm = {
  displayName: 'Block Peggy',
  state: 'enabled',
  includeUsers: `${peggy.upn}\n`,
  includeApplications: 'Office 365 Exchange Online',
  clientAppTypes: 'all',
  builtInControls: 'block',
  operator: 'OR',
}

describe('signing in', () => {
  test('an administrator comes in by OpenID Connect, and back to the page that was asked for', async () => {
    const page = await enterPortal(visitor, breakGlass, '/what-if?ip=203.0.113.10')
    expect(page.url).toBe(`${portal}/what-if?ip=203.0.113.10`)
    expect(page.html).toContain(breakGlass.upn)
    const { user, decisions } = await authority.lastEvent('/signin/index/')
    expect({ user, decisions }).toEqual({ user: breakGlass.upn, decisions: ['adminSignedIn'] })
  })

  test('an administrator of another kind, and everybody else, is refused', async () => {
    const others = await openPortal('Exchange Administrator')
    await using _stopped = others
    const page = await enterPortal(await others.visitor(), peggy)
    expect(page.status).toBe(403)
    expect(page.html).toContain('Ask for a role such as Conditional Access Administrator')
    expect((await others.lastEvent('/')).reasons).toEqual([expect.stringContaining('has none of the roles')])
  })

  test.each<{ case: string; forget: boolean; change: Record<string, string>; because: string }>([
    { case: 'without the cookie of the departure', forget: true, change: {}, because: 'state' },
    { case: 'with another state', forget: false, change: { state: 'another' }, because: 'state' },
    { case: 'with an id_token of nobody', forget: false, change: { id_token: 'a.b.c' }, because: 'not signed' },
  ])('an answer $case is refused', async ({ forget, change, because }) => {
    const answer = await answerForPortal(visitor, breakGlass)
    if (forget) visitor.forgetCookies('__Host-portal-state')
    const page = await visitor.submit(answer, change)
    expect(page.status).toBe(400)
    expect(visitor.cookie('__Host-portal')).toBeUndefined()
    expect((await authority.lastEvent('/signin/index/')).reasons.join()).toContain(because)
  })

  test("an id_token of another application, or of another departure's nonce, is refused", async () => {
    const first = await answerForPortal(visitor, breakGlass)
    const old = formsOf(first)[0]?.fields.id_token ?? ''
    const second = await answerForPortal(visitor, breakGlass)
    expect((await visitor.submit(second, { id_token: old })).status).toBe(400)
    expect((await authority.lastEvent('/signin/index/')).reasons).toEqual(['wrong in the id_token: nonce'])
    const third = await answerForPortal(visitor, breakGlass)
    const mail = await visitor.open(owaRequest({ login_hint: breakGlass.upn }))
    const foreign = formsOf(mail)[0]?.fields.id_token ?? ''
    expect(foreign).not.toBe('')
    expect((await visitor.submit(third, { id_token: foreign })).status).toBe(400)
    expect((await authority.lastEvent('/signin/index/')).reasons.join()).toContain('aud')
  })

  test('an answer counts once', async () => {
    const answer = await answerForPortal(visitor, breakGlass)
    const state = visitor.cookie('__Host-portal-state') ?? ''
    expect((await visitor.submit(answer)).status).toBe(200)
    expect(state).not.toBe('')
    expect((await visitor.submit(answer)).status).toBe(400)
  })

  test('a session ends when its sign-ins are revoked, and by signing out', async () => {
    await enterPortal(visitor)
    await authority.manage(`/users/${breakGlass.upn}/revoke-sessions`, {})
    expect((await visitor.open(portal)).url).toContain('login.microsoftonline.com')
    const again = await enterPortal(visitor)
    await postForm(visitor, again, '/signout', {})
    expect(visitor.cookie('__Host-portal')).toBeUndefined()
  })

  test('a path that would lead to another host afterwards does not even begin', async () => {
    const page = await visitor.open(`${portal}//elsewhere.example/`)
    expect([page.status, new URL(page.url).host]).toEqual([404, 'entra.microsoft.com'])
    expect(visitor.cookie('__Host-portal-state')).toBeUndefined()
  })
})

describe('policies', () => {
  test('one made in the form counts at the next sign-in, and Graph has it', async () => {
    const list = await enterPortal(visitor)
    const made = await postForm(visitor, list, '/policies/new', blockForm)
    expect(made.html).toContain('The policy was created')
    const { id } = await newest()
    const { body } = await graph('GET', `${policies}/${id}`)
    expect(body).toMatchObject({
      displayName: 'Block Peggy',
      state: 'enabled',
      conditions: {
        applications: { includeApplications: ['00000002-0000-0ff1-ce00-000000000000'] },
        platforms: null,
        locations: null,
      },
      grantControls: { builtInControls: ['block'] },
      sessionControls: null,
    })
    const somebody = await authority.visitor()
    const fields = { loginfmt: peggy.upn, passwd: peggy.password }
    const signIn = async () => pageId(await somebody.submit(await somebody.open(owaRequest()), fields))
    expect(await signIn()).toBe('ConvergedError')
    await postForm(visitor, list, `/policies/${id}/state`, { state: 'disabled' })
    expect(await signIn()).toBe('ConvergedTFA')
    const gone = await postForm(visitor, list, `/policies/${id}/delete`, {})
    expect(gone.html).toContain('The policy was deleted')
    expect((await graph('GET', `${policies}/${id}`)).status).toBe(404)
  })

  test.each<{ case: string; change: Record<string, string>; message: string; reason: string }>([
    {
      case: 'a person who is not there',
      change: { includeUsers: 'nobody@contoso.com' },
      message: 'InvalidUsers',
      reason: 'the tenant has no account nobody@contoso.com',
    },
    { case: 'no control', change: { builtInControls: '' }, message: 'InvalidControls', reason: 'asks for nothing' },
    {
      case: 'a rule that is none',
      change: { filterMode: 'include', filterRule: 'device.x -eq 1' },
      message: 'InvalidDeviceFilter',
      reason: 'device',
    },
    { case: 'no client', change: { clientAppTypes: '' }, message: '1064', reason: 'clientAppTypes is []' },
    { case: 'an unknown state', change: { state: 'perhaps' }, message: '1007', reason: 'state' },
    { case: 'no name', change: { displayName: '' }, message: '1007', reason: 'displayName' },
    {
      case: 'a frequency without a number',
      change: { frequencyUnit: 'hours' },
      message: '1007',
      reason: 'signInFrequency',
    },
  ])('the form is refused in the words of Graph: $case', async ({ change, message, reason }) => {
    const list = await enterPortal(visitor)
    const before = await newest()
    const page = await postForm(visitor, list, '/policies/new', { ...blockForm, ...change })
    expect(page.status).toBe(400)
    expect(page.html).toContain(message)
    expect(page.html).toContain(reason)
    expect(page.html, 'what was typed is still there').toContain('Office 365 Exchange Online')
    expect(await newest()).toEqual(before)
  })

  test('JSON is taken as Graph takes it, and refused as Graph refuses it', async () => {
    const list = await enterPortal(visitor)
    const json = JSON.stringify({
      displayName: 'From JSON',
      state: 'disabled',
      conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    })
    await postForm(visitor, list, '/policies/new/json', { json })
    const { id, displayName } = await newest()
    expect(displayName).toBe('From JSON')
    const edit = await visitor.open(`${portal}/policies/${id}/json`)
    expect(edit.html).not.toContain('createdDateTime')
    await postForm(visitor, edit, `/policies/${id}/json`, { json: '{"displayName":"Renamed"}' })
    expect((await newest()).displayName).toBe('Renamed')
    for (const [text, message] of [
      ['{', 'Unable to read JSON request payload'],
      ['', 'Empty Payload'],
      ['[]', 'Unable to read JSON request payload'],
      ['{"grantControls":{"builtInControls":["maybe"]}}', '1007'],
    ] as const) {
      const page = await postForm(visitor, edit, `/policies/${id}/json`, { json: text })
      expect([page.status, page.html.includes(message)], text).toEqual([400, true])
    }
  })

  test('the form keeps what it does not show', async () => {
    const created = await graph('POST', policies, {
      displayName: 'Guests',
      state: 'disabled',
      conditions: {
        users: {
          includeUsers: ['All'],
          excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'internalGuest' },
        },
        applications: { includeApplications: ['All'] },
        clientAppTypes: ['easSupported'],
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    })
    const path = `/policies/${created.body.id}`
    await enterPortal(visitor)
    const page = await visitor.open(`${portal}${path}`)
    expect(page.html).toContain('Only JSON shows guests or external users')
    expect(page.html).toContain('value="easSupported" checked')
    const fields = {
      displayName: 'Guests',
      state: 'disabled',
      includeUsers: 'All',
      includeApplications: 'All',
      clientAppTypes: 'easSupported',
      builtInControls: 'mfa',
    }
    expect((await postForm(visitor, page, path, fields)).html).toContain('Saved')
    const { body } = await graph('GET', `${policies}/${created.body.id}`)
    const { '@odata.context': _context, modifiedDateTime: _was, ...before } = created.body
    const { '@odata.context': _again, modifiedDateTime: _is, ...after } = body
    expect(after).toEqual(before)
  })

  test('a form without the token of the session, or from another site, changes nothing', async () => {
    const list = await enterPortal(visitor)
    const before = await newest()
    const without = await visitor.post(`${portal}/policies/new`, blockForm, list.url)
    expect(without.status).toBe(403)
    const wrong = await visitor.post(`${portal}/policies/new`, { ...blockForm, formToken: 'x' }, list.url)
    expect(wrong.status).toBe(403)
    const formToken = /name="formToken" value="([^"]+)"/.exec(list.html)?.[1] ?? ''
    const foreign = await visitor.post(
      `${portal}/policies/new`,
      { ...blockForm, formToken },
      'https://elsewhere.example/',
    )
    expect(foreign.status).toBe(403)
    expect((await authority.lastEvent('/policies/new')).reasons).toEqual([
      'the form came from https://elsewhere.example',
    ])
    expect(await newest()).toEqual(before)
  })

  test('whoever may only read sees everything and changes nothing', async () => {
    const reader = await enterPortal(visitor, peggy)
    expect(reader.html).toContain('Require MFA for Outlook on the web')
    expect(reader.html).not.toContain('New policy')
    const refused = await postForm(visitor, reader, '/policies/new', blockForm)
    expect(refused.status).toBe(403)
    expect(refused.html).toContain('not change them')
  })

  test('what is not there is not found', async () => {
    await enterPortal(visitor)
    for (const path of ['/policies/00000000-0000-4000-8000-000000000000', '/nothing']) {
      expect((await visitor.open(`${portal}${path}`)).status).toBe(404)
    }
  })
})

describe('What If', () => {
  const ask = (query: Record<string, string>) => visitor.open(`${portal}/what-if?${new URLSearchParams(query)}`)
  const applying = (html: string) => html.slice(html.indexOf('id="applying"'), html.indexOf('id="others"'))

  test('answers as Graph does for the same question', async () => {
    await enterPortal(visitor)
    const page = await ask({ user: peggy.upn, application: 'Office 365 Exchange Online', client: 'browser' })
    expect(applying(page.html)).toContain('Require MFA for Outlook on the web')
    expect(applying(page.html)).toContain('Require multifactor authentication')
    const spared = await ask({ user: breakGlass.upn, application: 'Office 365 Exchange Online', client: 'browser' })
    expect(applying(spared.html)).not.toContain('Require MFA for Outlook on the web')
    expect(spared.html).toMatch(/Require MFA for Outlook on the web.*?users/s)
  })

  test.each<{ query: Record<string, string>; message: string }>([
    { query: { user: 'nobody@contoso.com', application: 'All' }, message: 'nobody@contoso.com' },
    { query: { user: peggy.upn, application: 'All', ip: 'not an address' }, message: 'ipAddress' },
    { query: { user: peggy.upn, application: 'All', client: 'telnet' }, message: 'clientAppType' },
  ])('says what it cannot judge: $message', async ({ query, message }) => {
    await enterPortal(visitor)
    const page = await ask(query)
    expect(page.status).toBeGreaterThanOrEqual(400)
    expect(page.html).toContain(message)
  })
})

test('the report tells per policy what the last sign-ins met, exclusions and report-only too', async () => {
  const somebody = await authority.visitor()
  await somebody.submit(await somebody.open(owaRequest()), { loginfmt: breakGlass.upn, passwd: breakGlass.password })
  await enterPortal(visitor)
  const page = await visitor.open(`${portal}/report`)
  const row = /Require MFA for Outlook on the web<\/a>.*?<\/tr>/s.exec(page.html)?.[0] ?? ''
  const cell = (label: string) => Number(new RegExp(`data-label="${label}"><div>(\\d+)`).exec(row)?.[1])
  expect(cell('Failure')).toBeGreaterThan(0)
  expect(cell('Of these excluded')).toBeGreaterThan(0)
  expect(cell('Not applied')).toBeGreaterThanOrEqual(cell('Of these excluded'))
  expect(page.html).toContain('Require a compliant device outside the corporate network: reportOnlyFailure')
  expect(page.html).toContain('https://login.microsoftonline.com/fauxchange/sign-ins/')
})
