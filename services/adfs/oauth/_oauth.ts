import { request } from 'undici'
import type { Page } from '../_browser.ts'
import type { AdfsStage } from '../_stage.ts'

export const native = 'e1000000-0000-4000-8000-000000000001'
export const server = 'e1000000-0000-4000-8000-000000000002'
export const secret = 'Adfs-Sample-Secret-1'
export const api = 'https://api.contoso.com/'
export const callback = 'http://localhost:3000/auth/callback'
export const alice = { upn: 'alice@contoso.com', password: 'Alice-Pass1' }

export function authorizeUrl(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const parameters = {
    response_type: 'code',
    client_id: native,
    redirect_uri: callback,
    scope: 'openid',
    resource: api,
    state: 's t&e',
    ...changes,
  }
  const present = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return `/adfs/oauth2/authorize/?${new URLSearchParams(present)}`
}

/** What a redirect says, in its query or its fragment. */
export function answerIn(page: Page): URLSearchParams {
  const location = String(page.headers.location)
  return new URLSearchParams(location.slice(location.search(/[?#]/) + 1))
}

export async function codeFor(stage: AdfsStage, changes: Readonly<Record<string, string | undefined>> = {}) {
  const page = await stage.browser().signIn(authorizeUrl(changes), alice.upn, alice.password)
  return answerIn(page).get('code') ?? ''
}

export interface JsonAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what is in it
  readonly body: any
}

export async function post(
  stage: Pick<AdfsStage, 'agent'>,
  path: string,
  fields: Readonly<Record<string, string>> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  const answer = await request(`https://adfs.contoso.com${path}`, {
    dispatcher: stage.agent,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  })
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.json() }
}

export function tokenRequest(
  stage: Pick<AdfsStage, 'agent'>,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  return post(stage, '/adfs/oauth2/token/', fields, headers)
}

export async function get(stage: AdfsStage, path: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await request(`https://adfs.contoso.com${path}`, { dispatcher: stage.agent, headers })
  return { status: answer.statusCode, headers: answer.headers, body: (await answer.body.json()) as never }
}
