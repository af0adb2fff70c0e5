export type ErrorKind = 'refusal' | 'gap'

/**
 * What a product says when it does not do what was asked. `message` is public and reads as the product's;
 * `reason` tells the person whose test failed what was wrong and goes to journal and log only.
 */
export abstract class ProtocolError extends Error {
  abstract readonly status: number
  readonly kind: ErrorKind = 'refusal'
  readonly reason: string
  /** The code under which the journal files it, such as `AADSTS50126` or `MSIS7007`. */
  abstract readonly code: string

  constructor(message: string, reason: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.reason = reason
  }
}

/** The real product does this and the mock does not. `readme` names the row that says so. */
export class Gap extends ProtocolError {
  override readonly kind = 'gap'
  readonly status = 501
  readonly code = 'gap'

  constructor(what: string, readme: string) {
    super(`Fauxchange does not implement ${what}. See ${readme}.`, `gap: ${what}`)
  }
}
