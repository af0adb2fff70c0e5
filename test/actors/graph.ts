import type { Stack } from '#services/stack.ts'
import { requestThrough } from './request-through.ts'

export interface GraphAnswer {
  readonly status: number
  readonly json: Readonly<Record<string, unknown>>
}

export type Graph = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<GraphAnswer>

/** Microsoft Graph as a program without a person calls it; the daemon of the default world. */
export function graphOf(stack: Stack): Graph {
  return async (method, path, body) => {
    const token = await daemonToken(stack)
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const options = { method: method as 'GET', headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const { status, text } = await requestThrough(stack, 'internet', `https://graph.microsoft.com/v1.0${path}`, options)
    return { status, json: text === '' ? {} : (JSON.parse(text) as GraphAnswer['json']) }
  }
}

async function daemonToken(stack: Stack): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'a0000000-0000-4000-8000-000000000005',
    client_secret: 'sample-daemon-secret',
    scope: 'https://graph.microsoft.com/.default',
  }
  const url = 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams(form).toString()
  const { status, text } = await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
  if (status !== 200) throw new Error(`the daemon gets no token: ${status} ${text}`)
  return (JSON.parse(text) as { access_token: string }).access_token
}
