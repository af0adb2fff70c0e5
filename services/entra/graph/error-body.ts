import { Gap, type ProtocolError } from '#shared/errors.ts'
import { StoreUnavailable } from '#shared/store/store-unavailable.ts'

export interface RequestIdentity {
  readonly now: Date
  readonly requestId: string
  readonly correlationId: string
}

/** "Microsoft Graph error responses": what every refusal looks like. */
export function errorBody(error: ProtocolError, { now, requestId, correlationId }: RequestIdentity) {
  const code = codeOf(error)
  const innerError = {
    date: now.toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': correlationId,
  }
  return { error: { code, message: error.message, innerError } }
}

function codeOf(error: ProtocolError): string {
  if (error instanceof Gap) return 'NotImplemented'
  return error instanceof StoreUnavailable ? 'serviceNotAvailable' : error.code
}
