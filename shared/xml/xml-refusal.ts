export type XmlRefusalKind =
  | 'tooLarge'
  | 'tooDeep'
  | 'tooManyElements'
  | 'documentType'
  | 'processingInstruction'
  | 'entity'
  | 'character'
  | 'notWellFormed'

/** XML that is not read, or a value that XML cannot carry. */
export class XmlRefusal extends Error {
  readonly kind: XmlRefusalKind
  readonly reason: string

  constructor(kind: XmlRefusalKind, reason: string, options?: ErrorOptions) {
    super(`XML refused (${kind}): ${reason}`, options)
    this.name = 'XmlRefusal'
    this.kind = kind
    this.reason = reason
  }
}
