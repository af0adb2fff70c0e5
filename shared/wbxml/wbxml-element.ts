/** One element of a WBXML document: named `Page:Tag`, with children, a value, or nothing. */
export interface WbxmlElement {
  readonly name: string
  readonly children: readonly WbxmlElement[]
  /** Text travels as an inline string, bytes as opaque data; undefined for an empty tag and for one with children. */
  readonly value: string | Uint8Array | undefined
}

const none: readonly WbxmlElement[] = []

/** An element with text or bytes, or an empty tag. */
export function leaf(name: string, value?: string | Uint8Array): WbxmlElement {
  return { name, children: none, value }
}

export function branch(name: string, children: readonly WbxmlElement[]): WbxmlElement {
  return { name, children, value: undefined }
}
