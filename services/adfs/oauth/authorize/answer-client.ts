import type { TokenAnswer } from '../../sign-in/sign-in-request.ts'
import type { OAuthError } from '../oauth-error.ts'
import type { ResponseMode } from './response-type.ts'

export interface ReplyTo {
  readonly redirectUri: string
  readonly responseMode: ResponseMode
  readonly state: string | undefined
  readonly correlationId: string
}

/** Takes the answer to the client: in the query, in the fragment, or as a form that posts itself. */
export function answerClient(to: ReplyTo, parameters: Readonly<Record<string, string>>): TokenAnswer {
  const fields = {
    ...parameters,
    'client-request-id': to.correlationId,
    ...(to.state !== undefined && { state: to.state }),
  }
  if (to.responseMode === 'form_post') return { kind: 'post', action: to.redirectUri, fields }
  const encoded = new URLSearchParams(fields).toString()
  return { kind: 'redirect', location: withParameters(to.redirectUri, encoded, to.responseMode) }
}

export function answerError(to: ReplyTo, error: OAuthError): TokenAnswer {
  const answer = answerClient(to, { error: error.error, error_description: error.message })
  return answer.kind === 'page' ? answer : { ...answer, refused: error.error }
}

function withParameters(uri: string, encoded: string, mode: 'query' | 'fragment'): string {
  if (mode === 'fragment') return `${uri}#${encoded}`
  return `${uri}${uri.includes('?') ? '&' : '?'}${encoded}`
}
