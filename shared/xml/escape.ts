import { firstForbiddenCharacter } from './characters.ts'
import { XmlRefusal } from './xml-refusal.ts'

// Canonical XML 1.1 §2.3: what text nodes and attribute nodes escape, and in which spelling.
const textReferences: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' }
const attributeReferences: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

// Printable ASCII without & < > ": most values of most tokens, and nothing to do for them.
const plain = /^[ !#-%'-;=?-~]*$/

export function escapeText(value: string): string {
  if (plain.test(value)) return value
  return refuseForbidden(value).replace(/[&<>\r]/g, (character) => textReferences[character] ?? character)
}

export function escapeAttribute(value: string): string {
  if (plain.test(value)) return value
  return refuseForbidden(value).replace(/[&<"\t\n\r]/g, (character) => attributeReferences[character] ?? character)
}

function refuseForbidden(value: string): string {
  const forbidden = firstForbiddenCharacter(value)
  if (forbidden) throw new XmlRefusal('character', `a value contains ${forbidden}, which XML 1.0 cannot carry`)
  return value
}
