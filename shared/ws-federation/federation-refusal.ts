export type FederationRefusalKind = 'malformed' | 'missingToken' | 'encrypted'

/** A WS-Federation message or URL that cannot be read. */
export class FederationRefusal extends Error {
  readonly kind: FederationRefusalKind
  readonly reason: string

  constructor(kind: FederationRefusalKind, reason: string, options?: ErrorOptions) {
    super(`WS-Federation refused (${kind}): ${reason}`, options)
    this.name = 'FederationRefusal'
    this.kind = kind
    this.reason = reason
  }
}
