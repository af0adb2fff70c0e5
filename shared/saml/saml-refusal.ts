export type SamlRefusalKind =
  | 'malformed'
  | 'encrypted'
  | 'notSigned'
  | 'badSignature'
  | 'untrustedCertificate'
  | 'wrongIssuer'
  | 'wrongAudience'
  | 'wrongRecipient'
  | 'wrongInResponseTo'
  | 'expired'
  | 'notYetValid'
  | 'missingSubject'
  | 'statusNotSuccess'

/** Why a message is not accepted. The surface that received it turns `kind` into the product's error. */
export class SamlRefusal extends Error {
  readonly kind: SamlRefusalKind
  readonly reason: string

  constructor(kind: SamlRefusalKind, reason: string, options?: ErrorOptions) {
    super(`SAML refused (${kind}): ${reason}`, options)
    this.name = 'SamlRefusal'
    this.kind = kind
    this.reason = reason
  }
}
