import { Gap, type ProtocolError } from '#shared/errors.ts'

export interface RequestIdentity {
  readonly now: Date
  readonly requestId: string
  readonly correlationId: string
}

/** "Microsoft Graph error responses": what every refusal looks like. */
export function errorBody(error: ProtocolError, { now, requestId, correlationId }: RequestIdentity) {
  const code = error instanceof Gap ? 'NotImplemented' : error.code
  const innerError = {
    date: now.toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': correlationId,
  }
  return { error: { code, message: error.message, innerError } }
}
