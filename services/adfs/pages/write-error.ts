import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { ProtocolError } from '#shared/errors.ts'
import { sendPage } from '#shared/html/document.ts'
import { AdfsError } from '../errors.ts'
import { denialMessage, deviceMessage, errorPage, genericMessage } from './error-page.ts'
import type { Theme, Themes } from './frame.ts'

/** The one writer of the passive surface: refusals and gaps leave as the AD FS error page. */
export function errorPageWriter({ themes, clock, nodeName }: { themes: Themes; clock: Clock; nodeName: string }) {
  return (error: ProtocolError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refusal = error instanceof AdfsError ? error : undefined
    const theme = themes.forTrust(request, refusal?.relyingParty)
    const view = {
      message: messageOf(refusal, theme.texts),
      activityId: request.correlationId,
      relyingParty: refusal?.relyingParty,
      details: error.message,
      nodeName,
      time: clock.now(),
      cookiesEnabled: request.headers.cookie !== undefined,
      userAgent: request.headers['user-agent'] ?? '',
    }
    return sendPage(reply, errorPage(theme, view), error.status)
  }
}

function messageOf(refusal: AdfsError | undefined, texts: Theme['texts']): string {
  if (refusal?.denial) return texts.errorPageAuthorizationErrorMessage ?? denialMessage
  if (refusal?.device) return texts.errorPageDeviceAuthenticationErrorMessage ?? deviceMessage
  return texts.errorPageGenericErrorMessage ?? genericMessage
}
