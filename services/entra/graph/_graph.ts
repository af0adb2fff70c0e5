import type { TestAuthority } from '../_authority.ts'
import { login, tenantId } from '../token/_token-requests.ts'

export const daemon = { id: 'a0000000-0000-4000-8000-000000000005', secret: 'sample-daemon-secret' } as const
/** "Microsoft Graph Command Line Tools": a client of Microsoft's, which needs no consent. */
export const graphTools = '14d82eec-204b-4c2f-b7e8-296a70dab67e'
export const graph = 'https://graph.microsoft.com'

export interface GraphResponse {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into
  readonly body: any
}

export async function appToken(
  authority: TestAuthority,
  { id, secret }: { readonly id: string; readonly secret: string } = daemon,
): Promise<string> {
  const answer = await authority.fetch(`${login}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
      scope: `${graph}/.default`,
    }),
  })
  const { access_token: token, error_description: problem } = (await answer.json()) as Record<string, string>
  if (token === undefined) throw new Error(`no token: ${problem}`)
  return token
}

interface Person {
  readonly upn: string
  readonly password: string
}

/** Signs somebody in by hand, at Microsoft's own command line client. */
export async function userToken(authority: TestAuthority, { upn, password }: Person, scope: string): Promise<string> {
  await using visitor = await authority.visitor()
  const redirect = `${login}/common/oauth2/nativeclient`
  const url = `${login}/${tenantId}/oauth2/v2.0/authorize?${new URLSearchParams({
    client_id: graphTools,
    redirect_uri: redirect,
    response_type: 'code',
    scope,
  })}`
  let page = await visitor.submit(await visitor.open(url), { loginfmt: upn, passwd: password })
  for (let steps = 0; !page.url.startsWith(redirect) && steps < 4; steps += 1) {
    page = await visitor.submit(page, { LoginOptions: '3' })
  }
  const code = new URL(page.url).searchParams.get('code') ?? ''
  const answer = await authority.fetch(`${login}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: graphTools,
      redirect_uri: redirect,
      code,
    }),
  })
  const { access_token: token, error_description: problem } = (await answer.json()) as Record<string, string>
  if (token === undefined) throw new Error(`no token: ${problem} (${page.url})`)
  return token
}

/** A client of Graph that holds a token. */
export function graphClient(authority: TestAuthority, token: string | undefined) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<GraphResponse> => {
    const answer = await authority.fetch(path.startsWith('http') ? path : `${graph}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, headers: answer.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
  }
}
