import { ProtocolError } from '../errors.ts'

/** A store's engine cannot be reached, or went away in the middle: whether the last step was done is not known. */
export class StoreUnavailable extends ProtocolError {
  readonly status = 503
  readonly code = 'storeUnavailable'

  constructor(cause: unknown) {
    const { message, code } = cause as { readonly message?: string; readonly code?: string }
    super('Service Unavailable', `the store cannot be used: ${message || code || String(cause)}`, { cause })
  }
}

/** When to come again: the product's front ends name no moment, and clients of mail wait for minutes without one. */
export const storeRetryAfterSeconds = 5
