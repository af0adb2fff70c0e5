import { ProtocolError } from '#shared/errors.ts'

/** What an administrator asked of the management port and cannot have. */
export class ManagementRefusal extends ProtocolError {
  readonly status: number
  readonly code = 'managementRefusal'

  constructor(status: 400 | 404 | 409, reason: string) {
    super(reason, reason)
    this.status = status
  }
}
