import { peggy, type TestAuthority } from '../_authority.ts'

export const tenantId = '6babcaad-604b-40ac-a9d7-9fd97c0b779f'
export const login = 'https://login.microsoftonline.com'

/** Applications of the default world, and one of Microsoft's. */
export const apps = {
  desktop: 'a0000000-0000-4000-8000-000000000001',
  web: 'a0000000-0000-4000-8000-000000000002',
  webSecret: 'sample-web-app-secret',
  spa: 'a0000000-0000-4000-8000-000000000003',
  tasks: 'a0000000-0000-4000-8000-000000000004',
  tasksSecret: 'sample-tasks-api-secret',
  outlookMobile: '27922004-5251-4030-b22d-91ecd9a37ea4',
} as const

export const desktopRequest = {
  client_id: apps.desktop,
  redirect_uri: 'http://localhost:51234/',
  scope: 'openid profile offline_access User.Read',
} as const

export const plainVerifier = 'p'.repeat(43)

export interface TokenResult {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, string>> & { readonly error_codes?: readonly number[] }
}

interface TokenOptions {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What client applications do in tests. */
export function tokenRequests(authority: TestAuthority) {
  const token = async (
    parameters: Readonly<Record<string, string>>,
    options: TokenOptions = {},
  ): Promise<TokenResult> => {
    const { path = `/${tenantId}/oauth2/v2.0/token`, headers = {} } = options
    const answer = await authority.fetch(`${login}${path}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
      headers,
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as TokenResult['body'] }
  }
  const desktopCode = async (more: Readonly<Record<string, string>> = {}): Promise<string> => {
    const url = authorizeUrl({ ...desktopRequest, code_challenge: plainVerifier, ...more })
    return (await callbackOf(authority, url)).searchParams.get('code') ?? ''
  }
  const redeem = (code: string, more: Readonly<Record<string, string>> = {}, options: TokenOptions = {}) => {
    const { client_id, redirect_uri } = desktopRequest
    return token(
      { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier: plainVerifier, ...more },
      options,
    )
  }
  return { token, desktopCode, redeem, callbackOf: (url: string) => callbackOf(authority, url) }
}

export function authorizeUrl(parameters: Readonly<Record<string, string>>): string {
  return `${login}/${tenantId}/oauth2/v2.0/authorize?${new URLSearchParams({ response_type: 'code', state: 's', ...parameters })}`
}

/** Signs Peggy in at the given URL and gives back where the browser was sent. */
async function callbackOf(authority: TestAuthority, url: string): Promise<URL> {
  await using visitor = await authority.visitor()
  let { html } = await visitor.submit(await visitor.open(url), { loginfmt: peggy.upn, passwd: peggy.password })
  const cookie = visitor
    .cookieNames()
    .map((name) => `${name}=${visitor.cookie(name)}`)
    .join('; ')
  for (const fields of [{ LoginOptions: '3' }, { acceptConsent: 'true' }]) {
    const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1] ?? ''
    const inputs = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ])
    const body = new URLSearchParams({ ...Object.fromEntries(inputs), ...fields })
    const answer = await authority.fetch(new URL(action, login), {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { cookie },
    })
    const location = answer.headers.get('location')
    if (location !== null) return new URL(location)
    html = await answer.text()
  }
  throw new Error(`the sign-in did not end: ${html.slice(0, 500)}`)
}
