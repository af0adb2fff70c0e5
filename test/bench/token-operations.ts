import { createHash, randomBytes } from 'node:crypto'
import { type Dispatcher, request } from 'undici'
import { HttpVisitor } from '../actors/http-visitor.ts'
import { benchClients, type TokenServer, userName, userPassword } from './token-worlds.ts'

/** What a client does again and again; the number says which person. */
export interface TokenOperation {
  readonly what: string
  readonly concurrent: number
  readonly run: (index: number) => Promise<unknown>
}

interface Tokens {
  readonly access_token?: string
  readonly refresh_token?: string
  readonly id_token?: string
}

const authority = 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0'
const redirectUri = 'http://localhost'

async function tokens(dispatcher: Dispatcher, form: Readonly<Record<string, string>>): Promise<Tokens> {
  const answer = await request(`${authority}/token`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  const body = (await answer.body.json()) as Tokens
  if (answer.statusCode !== 200 || body.access_token?.split('.').length !== 3) throw new Error(JSON.stringify(body))
  return body
}

export function clientCredentials({ dispatcher }: TokenServer): TokenOperation {
  const { id, secret } = benchClients.daemon
  const scope = 'https://graph.microsoft.com/.default'
  const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret, scope }
  return { what: 'client credentials', concurrent: 16, run: () => tokens(dispatcher, form) }
}

/** Access token and id_token for a refresh token, which stays good. */
export async function refresh(server: TokenServer): Promise<TokenOperation> {
  const { refresh_token: token = '' } = await signIn(server, 0)
  const form = {
    grant_type: 'refresh_token',
    client_id: benchClients.native,
    refresh_token: token,
    scope: 'openid offline_access User.Read',
  }
  return { what: 'refresh token', concurrent: 16, run: () => tokens(server.dispatcher, form) }
}

/** A new browser: authorize with PKCE, name, password, "stay signed in?", code, two tokens. */
export function passwordSignIn(server: TokenServer, users: number): TokenOperation {
  return { what: 'sign-in', concurrent: 4, run: (index) => signIn(server, index % users) }
}

async function signIn({ dispatcher }: TokenServer, user: number): Promise<Tokens> {
  const visitor = new HttpVisitor(dispatcher as never)
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: benchClients.native,
    response_type: 'code',
    response_mode: 'form_post',
    redirect_uri: redirectUri,
    scope: 'openid offline_access User.Read',
    state: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const first = await visitor.open(`${authority}/authorize?${query}`)
  let page = await visitor.submit(first, { loginfmt: userName(user) })
  page = await visitor.submit(page, { passwd: userPassword })
  page = await visitor.submit(page, { LoginOptions: '3' })
  if (page.html.includes('name="acceptConsent"')) page = await visitor.submit(page, { acceptConsent: 'true' })
  const code = /name="code" value="([^"]+)"/.exec(page.html)?.[1]
  if (code === undefined) throw new Error(`no code at ${page.url}: ${page.html.slice(0, 1500)}`)
  return tokens(dispatcher, {
    grant_type: 'authorization_code',
    client_id: benchClients.native,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
  })
}
