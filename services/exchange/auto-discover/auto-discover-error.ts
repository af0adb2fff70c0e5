import { ProtocolError } from '#shared/errors.ts'

/** `ErrorCode` of AutoDiscover v2; texts vary by build, so that clients read the code only. */
export const statuses = {
  MissingProtocol: 400,
  MandatoryParameterMissing: 400,
  InvalidProtocol: 400,
  ProtocolNotSupported: 400,
  UserNotFound: 404,
} as const

export type AutoDiscoverErrorCode = keyof typeof statuses

/** A refusal of AutoDiscover v2. */
export class AutoDiscoverError extends ProtocolError {
  readonly status: number
  readonly code: AutoDiscoverErrorCode

  constructor(code: AutoDiscoverErrorCode, message: string, reason = message) {
    super(message, reason)
    this.status = statuses[code]
    this.code = code
  }
}
