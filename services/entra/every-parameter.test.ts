import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAuthority, type TestAuthority } from './_authority.ts'
import { authorizeParameters } from './authorize/authorize-parameters.ts'
import { deviceCodeParameters } from './device-code/device-authorization.ts'
import { signOutParameters } from './sign-in/sign-out.ts'
import { apps, login, tenantId } from './token/_token-requests.ts'
import { tokenParameters } from './token/token-parameters.ts'

const open = new AsyncDisposableStack()
let authority: TestAuthority

beforeAll(async () => {
  authority = open.use(await openAuthority())
})

afterAll(() => open.disposeAsync())

interface Endpoint {
  readonly path: string
  readonly names: readonly string[]
  readonly good: Readonly<Record<string, string>>
  /** What nobody can be sent anywhere without is told on a page, as one error whatever is odd about it. */
  readonly addressing?: readonly string[]
}

/** Every parameter that an endpoint knows: a name that is added to it is in these tables, too. */
const endpoints: readonly Endpoint[] = [
  {
    path: 'authorize',
    names: authorizeParameters,
    good: { client_id: apps.desktop, redirect_uri: 'http://localhost', response_type: 'code', scope: 'openid' },
    addressing: ['client_id', 'redirect_uri', 'response_mode', 'state'],
  },
  { path: 'logout', names: signOutParameters, good: {} },
  {
    path: 'token',
    names: tokenParameters,
    good: { grant_type: 'refresh_token', client_id: apps.desktop, refresh_token: 'r' },
  },
  { path: 'devicecode', names: deviceCodeParameters, good: { client_id: apps.desktop, scope: 'openid' } },
]

const rows = ['v1', 'v2'].flatMap((version) =>
  endpoints.flatMap((endpoint) =>
    endpoint.names.map((name) => ({
      version,
      path: endpoint.path,
      name,
      endpoint,
      isAddressing: endpoint.addressing?.includes(name) ?? false,
    })),
  ),
)

/** The number of the error, wherever an endpoint tells it: in JSON, on a page, or at the client's address. */
async function refusalOf(version: string, { path }: Endpoint, body: URLSearchParams | string): Promise<number> {
  const url = `${login}/${tenantId}/oauth2/${version === 'v2' ? 'v2.0/' : ''}${path}`
  const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
  const answer = await authority.fetch(url, { method: 'POST', body, redirect: 'manual', headers: type })
  const location = answer.headers.get('location')
  const text = location === null ? await answer.text() : decodeURIComponent(location)
  expect(answer.status).toBeLessThan(500)
  expect(text).not.toMatch(/"access_token"|[?&#]code=1\.A/)
  return Number(/"iErrorCode":(\d+)|AADSTS(\d+):/.exec(text)?.slice(1).find(Boolean) ?? 0)
}

describe.each(rows)('$version $path, $name', ({ version, endpoint, name, isAddressing }) => {
  const sent = (value: string) => new URLSearchParams({ ...endpoint.good, [name]: value })

  test('twice is refused (AADSTS9000411)', async () => {
    const twice = sent('once')
    twice.append(name, 'again')
    expect(await refusalOf(version, endpoint, twice)).toBe(9000411)
  })

  test('endless is refused', async () => {
    const code = isAddressing ? 9000411 : 90015
    expect(await refusalOf(version, endpoint, sent('x'.repeat(name.endsWith('assertion') ? 300_000 : 20_000)))).toBe(
      code,
    )
  })

  test.each([{ deep: { er: 1 } }, 5, true, null])('as %j in JSON counts as not sent', async (value) => {
    const without = { ...endpoint.good, [name]: undefined }
    const [wrong, missing] = [{ ...without, [name]: value }, without].map((body) => JSON.stringify(body))
    expect(await refusalOf(version, endpoint, wrong ?? '')).toBe(await refusalOf(version, endpoint, missing ?? ''))
  })
})
