import { createHash } from 'node:crypto'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'

/** The same for an element that says the same, tags that nobody knows included: SHA-256, in base64url. */
export function contentDigest(element: WbxmlElement): string {
  return createHash('sha256').update(JSON.stringify(element)).digest('base64url')
}
