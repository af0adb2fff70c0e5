import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { formsOf, type HttpVisitor } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, pageId, type TestAuthority } from '../_authority.ts'

const login = 'https://login.microsoftonline.com'
let authority: TestAuthority
let visitor: HttpVisitor

beforeAll(async () => {
  authority = await openAuthority()
})

afterAll(() => authority[Symbol.asyncDispose]())

beforeEach(async () => {
  visitor = await authority.visitor()
})

test.each<{ more: Record<string, string>; code: number }>([
  { more: { client_id: 'b0000000-0000-4000-8000-00000000000f' }, code: 700016 },
  { more: { redirect_uri: 'https://outlook.office.com/OWA/' }, code: 50011 },
  { more: { prompt: 'sometimes' }, code: 90023 },
])('a request that cannot be answered is shown and not redirected (AADSTS$code)', async ({ more, code }) => {
  const page = await visitor.open(owaRequest(more))
  expect(pageConfig(page)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: String(code) })
  expect(page.html).toMatch(/Correlation Id<\/dt><dd>[0-9a-f-]{36}/)
})

test.each<{ more: Record<string, string>; error: string; code: number }>([
  { more: { response_type: 'nonsense' }, error: 'unsupported_response_type', code: 70005 },
  { more: { nonce: '' }, error: 'invalid_request', code: 90014 },
  { more: { resource: 'https://nobody.example' }, error: 'invalid_resource', code: 500011 },
])('a request that is refused as $error tells the client (AADSTS$code)', async ({ more, error, code }) => {
  const fields = formsOf(await visitor.open(owaRequest(more)))[0]?.fields
  expect(fields).toMatchObject({ error, state: 'a-state_of~owa', error_uri: `${login}/error?code=${code}` })
})

test('an id_token never leaves in the query: the refusal comes in the fragment (AADSTS70007)', async () => {
  const answer = await authority.fetch(owaRequest({ response_mode: 'query' }), { redirect: 'manual' })
  const location = new URL(answer.headers.get('location') ?? '')
  expect(location.search).toBe('')
  expect(new URLSearchParams(location.hash.slice(1)).get('error_uri')).toBe(`${login}/error?code=70007`)
})

test('a request may be posted, too', async () => {
  const [url = '', query = ''] = owaRequest().split('?')
  const page = await visitor.post(url, Object.fromEntries(new URLSearchParams(query)))
  expect(pageId(page)).toBe('ConvergedSignIn')
})

test('error_uri leads to a page that explains the code', async () => {
  const page = await visitor.open(`${login}/error?code=50126`)
  expect(page.html).toContain('AADSTS50126: Error validating credentials')
})

test('another alias of the authority leads to the one that has the cookies', async () => {
  const answer = await authority.fetch(owaRequest().replace(login, 'https://login.windows.net'), { redirect: 'manual' })
  expect(answer.status).toBe(302)
  expect(answer.headers.get('location')).toBe(owaRequest())
})
