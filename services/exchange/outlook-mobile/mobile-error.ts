import type { FastifyReply } from 'fastify'
import { ProtocolError } from '#shared/errors.ts'
import { writeAuthenticationError } from '../authentication/authenticate-user.ts'
import type { ExchangeConfig } from '../config.ts'
import { RemoteRefusal } from './remote-refusal.ts'

export const statuses = {
  invalidRequest: 400,
  notHybrid: 409,
  outlookMobileDisabled: 403,
  noSuchMailbox: 404,
  noSuchItem: 404,
  interactionRequired: 401,
  remoteUnknown: 502,
  remoteUnreachable: 502,
} as const

/** What the provisioning API says; the wire format is made up, so its errors are plain words. */
export class MobileError extends ProtocolError {
  readonly status: number
  readonly code: keyof typeof statuses
  readonly claims: string | undefined

  constructor(code: keyof typeof statuses, message: string, claims?: string) {
    super(message, message)
    this.code = code
    this.status = statuses[code]
    this.claims = claims
  }
}

/** What the second pair met, in the words of the API. */
export function asMobileError(error: unknown): unknown {
  if (!(error instanceof RemoteRefusal)) return error
  if (error.code === 'signInRequired') return new MobileError('interactionRequired', error.message, error.claims)
  if (error.code === 'resourceUnknown') return new MobileError('remoteUnknown', error.message)
  return new MobileError('remoteUnreachable', error.message)
}

export function writeMobileError(error: ProtocolError, reply: FastifyReply, config: ExchangeConfig): FastifyReply {
  const known = error instanceof MobileError ? error : undefined
  if (!known) {
    const answered = writeAuthenticationError(error, reply, config)
    return answered ?? reply.code(error.status).send({ error: error.code, message: error.message })
  }
  if (known.code === 'interactionRequired')
    reply.header(
      'www-authenticate',
      'Bearer error="interaction_required", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    )
  return reply
    .code(known.status)
    .send({ error: wordOf(known.code), message: known.message, ...(known.claims && { claims: known.claims }) })
}

function wordOf(code: MobileError['code']): string {
  return code.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
