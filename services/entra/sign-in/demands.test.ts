import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { managementHeader } from '#shared/stack/management.ts'
import { formsOf, type HttpVisitor, type Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, pageId, peggy, type TestAuthority } from '../_authority.ts'
import { demands, policyOf } from '../conditional-access/_policies.ts'

const terms = { id: '7e4a5000-0000-4000-8000-000000000001', displayName: 'House rules', text: 'Be kind.', version: '1' }
const breakglass = { upn: 'breakglass@contoso.onmicrosoft.com', password: 'Break-Glass-16' } as const

const policies = [
  policyOf({
    displayName: 'terms',
    conditions: { clientAppTypes: ['browser'], locations: { includeLocations: ['All'] }, userRiskLevels: ['low'] },
    grant: { termsOfUse: [terms.id] },
  }),
  policyOf({
    displayName: 'risky user',
    conditions: { userRiskLevels: ['high'] },
    grant: demands(['mfa', 'passwordChange'], { operator: 'AND' }),
  }),
  policyOf({ displayName: 'risky sign-in', conditions: { signInRiskLevels: ['medium', 'high'] } }),
  policyOf({
    displayName: 'embargo',
    conditions: { locations: { includeLocations: ['e33a4600-0000-4000-8000-000000000001'] } },
    grant: demands(['block']),
  }),
  policyOf({
    displayName: 'step up',
    applications: { includeAuthenticationContextClassReferences: ['c1'] },
    grant: demands(['mfa']),
  }),
]

async function world(): Promise<Scenario> {
  const scenario = await loadDefaultScenario()
  const embargo = {
    id: 'e33a4600-0000-4000-8000-000000000001',
    displayName: 'Embargo',
    countriesAndRegions: ['KP'],
    includeUnknownCountriesAndRegions: false,
  }
  return {
    ...scenario,
    users: scenario.users.map((user) =>
      user.userPrincipalName === breakglass.upn ? { ...user, passwordExpired: true } : user,
    ),
    entra: {
      ...scenario.entra,
      agreements: [terms],
      namedLocations: [...scenario.entra.namedLocations, embargo],
      conditionalAccess: { policies },
      keepMeSignedIn: false,
    },
  }
}

let authority: TestAuthority
let visitor: HttpVisitor
/** Peggy's password of now. */
let current: string = peggy.password

beforeAll(async () => {
  authority = await openAuthority({ scenario: await world() })
})

afterAll(() => authority[Symbol.asyncDispose]())

beforeEach(async () => {
  visitor = await authority.visitor()
  await put(`/risk/${peggy.upn}`, {})
  await put('/countries', {})
})

const put = (path: string, body: unknown) => fetchManagement('PUT', path, body)

async function fetchManagement(
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const entra = authority.stack.deployments.find(({ plan }) => plan.name === 'entra')
  const response = await fetch(`http://${entra?.management.host}:${entra?.management.port}${path}`, {
    method,
    headers: { [managementHeader]: '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: response.status, json: await response.json() }
}

const peggyNow = () => ({ upn: peggy.upn, password: current })

async function signIn(who: { upn: string; password: string } = peggyNow(), url = owaRequest()): Promise<Visit> {
  const named = await visitor.submit(await visitor.open(url), { loginfmt: who.upn })
  return visitor.submit(named, { passwd: who.password })
}

async function withCode(page: Visit): Promise<Visit> {
  expect(pageId(page)).toBe('ConvergedTFA')
  await authority.stack.clock.advance(60_000)
  return visitor.submit(page, { otc: await authority.totpCode(peggy.upn) })
}

/** What the page posts to the application by itself. */
function answered(visit: Visit): Readonly<Record<string, string>> {
  const [form] = formsOf(visit)
  expect(form?.action).toBe('https://outlook.office.com/owa/')
  return form?.fields ?? {}
}

const codes = async (upn: string = peggy.upn) => (await authority.signIns(upn)).map(({ status }) => status.errorCode)

describe('terms of use', () => {
  test('are asked for once a version, and the answer is kept (AADSTS50158)', async () => {
    await put(`/risk/${peggy.upn}`, { user: 'low' })
    const page = await signIn()
    expect(pageId(page)).toBe('ConvergedTermsOfUse')
    expect(page.html).toContain('Be kind.')
    expect((await codes())[0]).toBe(50158)
    answered(await visitor.submit(page, { acceptTerms: 'true' }))
    visitor = await authority.visitor()
    answered(await signIn())
  })

  test('that are declined end the sign-in, and are asked for again', async () => {
    await fetchManagement('DELETE', `/agreements/acceptances/${peggy.upn}`)
    await put(`/risk/${peggy.upn}`, { user: 'low' })
    const refused = await visitor.submit(await signIn(), { acceptTerms: 'false' })
    expect(pageConfig(refused)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '50158' })
    expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
    visitor = await authority.visitor()
    expect(pageId(await signIn())).toBe('ConvergedTermsOfUse')
    const { acceptances } = (await fetchManagement('GET', '/agreements')).json as { acceptances: object[] }
    expect(acceptances).toMatchObject([{ agreementId: terms.id, version: '1', state: 'declined' }])
  })

  test('are accepted by their own id only', async () => {
    await fetchManagement('DELETE', `/agreements/acceptances/${peggy.upn}`)
    await put(`/risk/${peggy.upn}`, { user: 'low' })
    const other = { acceptTerms: 'true', agreementId: '7e4a5000-0000-4000-8000-000000000002' }
    expect(pageId(await visitor.submit(await signIn(), other))).toBe('ConvergedTermsOfUse')
  })
})

describe('risk', () => {
  test('of the sign-in asks for a second factor, which remediates it', async () => {
    await put(`/risk/${peggy.upn}`, { signIn: 'high' })
    answered(await withCode(await signIn()))
    expect((await fetchManagement('GET', `/risk/${peggy.upn}`)).json).toMatchObject({ signIn: 'none' })
    visitor = await authority.visitor()
    answered(await signIn())
  })

  test('is about as many sign-ins as was said', async () => {
    await put(`/risk/${peggy.upn}`, { signIn: 'high', nextSignIns: 2 })
    answered(await withCode(await signIn()))
    visitor = await authority.visitor()
    answered(await withCode(await signIn()))
    visitor = await authority.visitor()
    answered(await signIn())
  })

  test.each([
    { path: '/risk/nobody@contoso.com', body: { user: 'high' }, status: 404 },
    { path: `/risk/${peggy.upn}`, body: { user: 'severe' }, status: 400 },
    { path: `/risk/${peggy.upn}`, body: { user: 'high', nextSignIns: 0 }, status: 400 },
    { path: '/countries', body: { '203.0.113.0/33': 'DE' }, status: 400 },
    { path: '/countries', body: { '203.0.113.0/24': 'Germany' }, status: 400 },
  ])('PUT $path $body is $status', async ({ path, body, status }) => {
    expect((await put(path, body)).status).toBe(status)
  })
})

describe('a changed password', () => {
  const next = 'Winter-2031-x'
  const fields = (old: string, password: string) => ({
    currentpasswd: old,
    newpasswd: password,
    confirmnewpasswd: password,
  })

  test('remediates the risk of the user, behind a second factor (AADSTS50135)', async () => {
    await put(`/risk/${peggy.upn}`, { user: 'high' })
    const page = await withCode(await signIn())
    expect(pageId(page)).toBe('ConvergedChangePassword')
    expect((await codes())[0]).toBe(50135)
    const wrong = await visitor.submit(page, fields('not-mine', next))
    expect(pageConfig(wrong)).toMatchObject({ pgid: 'ConvergedChangePassword', sErrorCode: '120000' })
    const weak = await visitor.submit(wrong, fields(peggy.password, 'peggy-peggy'))
    expect(pageConfig(weak)).toMatchObject({ sErrorCode: '120002' })
    const named = await visitor.submit(weak, fields(peggy.password, 'my-Peggy-2031'))
    expect(pageConfig(named)).toMatchObject({ sErrorCode: '120003' })
    answered(await visitor.submit(named, fields(peggy.password, next)))
    expect((await fetchManagement('GET', `/risk/${peggy.upn}`)).json).toMatchObject({ user: 'none' })
    visitor = await authority.visitor()
    expect(pageConfig(await signIn({ ...peggy, password: peggy.password }))).toMatchObject({ sErrorCode: '50126' })
    answered(await signIn({ ...peggy, password: next }))
    current = next
  })

  test('is demanded where it must be changed (AADSTS50055), and only the right one leads there', async () => {
    expect(pageConfig(await signIn({ ...breakglass, password: 'wrong' }))).toMatchObject({ sErrorCode: '50126' })
    const page = await signIn(breakglass)
    expect(pageId(page)).toBe('ConvergedChangePassword')
    expect((await codes(breakglass.upn))[0]).toBe(50055)
    expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
    // Another page of the same conversation opens nothing.
    expect(pageId(await visitor.open(owaRequest()))).toBe('ConvergedSignIn')
    answered(await visitor.submit(page, fields(breakglass.password, next)))
    visitor = await authority.visitor()
    answered(await signIn({ ...breakglass, password: next }))
  })

  test('cannot be had without a second factor (AADSTS53004)', async () => {
    await put(`/risk/${breakglass.upn}`, { user: 'high' })
    const refused = await signIn({ ...breakglass, password: next })
    expect(pageConfig(refused)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '53004' })
  })

  test('is not among what prompt=none can do', async () => {
    answered(await signIn())
    await put(`/risk/${peggy.upn}`, { user: 'low' })
    await fetchManagement('DELETE', `/agreements/acceptances/${peggy.upn}`)
    const { error, error_description } = answered(await visitor.open(owaRequest({ prompt: 'none' })))
    expect(error).toBe('interaction_required')
    expect(error_description).toContain('AADSTS50158')
  })
})

test('the country of an address is what somebody said of the narrowest range', async () => {
  answered(await signIn())
  const [signedIn] = (await authority.signIns(peggy.upn)) as readonly { readonly ipAddress?: string }[]
  const mine = `${signedIn?.ipAddress}/32`
  await put('/countries', { '0.0.0.0/0': 'DE', [mine]: 'KP' })
  visitor = await authority.visitor()
  expect(pageConfig(await signIn())).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '53003' })
  await put('/countries', { '0.0.0.0/0': 'KP', [mine]: 'DE' })
  visitor = await authority.visitor()
  answered(await signIn())
})

describe('an authentication context', () => {
  const claims = (value: string) => JSON.stringify({ id_token: { acrs: { essential: true, value } } })
  const acrs = (visit: Visit) => decodeJwt(answered(visit).id_token ?? '').acrs

  test('that is demanded is evaluated, and told in acrs', async () => {
    expect(acrs(await signIn())).toBeUndefined()
    const silent = answered(await visitor.open(owaRequest({ claims: claims('c1'), prompt: 'none' })))
    expect(silent.error_description).toContain('AADSTS50076')
    const stepped = await withCode(await visitor.open(owaRequest({ claims: claims('c1') })))
    expect(acrs(stepped)).toEqual(['c1'])
    expect(acrs(await visitor.open(owaRequest()))).toBeUndefined()
  })

  test('of no policy is granted as it is asked for', async () => {
    expect(acrs(await signIn(peggyNow(), owaRequest({ claims: claims('c2') })))).toEqual(['c2'])
  })
})
