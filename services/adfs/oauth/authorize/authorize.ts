import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestParameters } from '#shared/oauth/request-parameters.ts'
import { AdfsError } from '../../errors.ts'
import { continueSignIn } from '../../sign-in/conversation.ts'
import { sendAnswer } from '../../sign-in/token-step.ts'
import { visitAt } from '../../sign-in/visit-at.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OAuthParts } from '../oauth-parts.ts'
import { oauthPaths } from '../oauth-urls.ts'
import { answerError, type ReplyTo } from './answer-client.ts'
import { type AuthorizeParameter, readAuthorizeParameters } from './authorize-parameters.ts'
import { readAuthorizeRequest } from './authorize-request.ts'
import { replyAddress } from './reply-address.ts'
import { isFrontChannel, requestedResponseMode, requestedResponseTypes } from './response-type.ts'
import { oauthSignIn } from './sign-in.ts'

/** /adfs/oauth2/authorize: GET with the request; the pages post back to the same address. */
export async function answerAuthorize(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: OAuthParts,
): Promise<FastifyReply> {
  const visit = await visitAt(request, reply, parts, oauthPaths.authorize)
  const parameters = readAuthorizeParameters(request.query)
  refuseDoubledAddress(parameters)
  const { values } = parameters
  const address = replyAddress(parts.groups(), values.client_id, values.redirect_uri)
  request.recording.note({ detail: { client: address.client.name } })
  const replyTo = { ...replyToOf(values, request.correlationId), redirectUri: address.redirectUri }
  try {
    const types = requestedResponseTypes(values.response_type)
    const responseMode = requestedResponseMode(types, values.response_mode)
    const asked = readAuthorizeRequest(parameters, address, types, parts.groups())
    const signIn = await oauthSignIn(asked, { key: visit.self.key, replyTo: { ...replyTo, responseMode } }, parts)
    return await continueSignIn(visit, signIn, parts.conversation)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    request.recording.note({ decision: error.code, reason: error.reason })
    return sendAnswer(visit, {}, answerError(replyTo, error))
  }
}

/** Of two clients or two addresses neither is to be trusted. */
function refuseDoubledAddress({ doubled, oversized }: RequestParameters<AuthorizeParameter>): void {
  const odd = [...doubled, ...oversized].find((name) => name === 'client_id' || name === 'redirect_uri')
  if (odd === undefined) return
  throw new AdfsError('oauthParameterMissing', { reason: `${odd} came more than once, or is too long`, values: [odd] })
}

/** Where an error goes before the response type and mode have been found good. */
function replyToOf(
  values: RequestParameters<AuthorizeParameter>['values'],
  correlationId: string,
): Omit<ReplyTo, 'redirectUri'> {
  const mode = values.response_mode
  const fallback = isFrontChannel((values.response_type ?? 'code').split(/\s+/)) ? 'fragment' : 'query'
  const responseMode = mode === 'form_post' || mode === 'fragment' ? mode : fallback
  return { responseMode, state: values.state, correlationId }
}
