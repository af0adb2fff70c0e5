import { ProtocolError } from '#shared/errors.ts'

/** A body that the caller, a service of the stack or the lab, should not have sent. */
export class MalformedRequest extends ProtocolError {
  readonly status = 400
  readonly code = 'malformedRequest'

  constructor(reason: string) {
    super('The request body is malformed.', reason)
  }
}
