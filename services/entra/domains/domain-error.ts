import { ProtocolError } from '#shared/errors.ts'

export const domainErrorFacts = {
  unknownDomain: { status: 404, code: 'Request_ResourceNotFound' },
  unknownFederation: { status: 404, code: 'Request_ResourceNotFound' },
  alreadyFederated: { status: 409, code: 'Request_MultipleObjectsWithSameKeyValue' },
  issuerTaken: { status: 400, code: 'Request_BadRequest' },
  initialDomain: { status: 400, code: 'Request_BadRequest' },
  malformed: { status: 400, code: 'Request_BadRequest' },
} as const

/** A change of a domain that is refused; `code` is what Microsoft Graph calls it. */
export class DomainError extends ProtocolError {
  readonly status: number
  readonly code: string

  constructor(key: keyof typeof domainErrorFacts, message: string) {
    super(message, message)
    this.status = domainErrorFacts[key].status
    this.code = domainErrorFacts[key].code
  }
}
