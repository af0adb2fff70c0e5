import { firstForbiddenCharacter, isXmlCodePoint } from './characters.ts'
import { XmlRefusal } from './xml-refusal.ts'

export interface MarkupLimits {
  readonly maxDepth: number
  readonly maxElements: number
}

// Every alternative of a repetition starts with another character, so matching never backtracks twice over one place.
const token =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<\/?[^\s<>/!?"'](?:[^<>"']|"[^"<]*"|'[^'<]*')*>|[^<]+|</gy
const declaration =
  /^<\?xml\s+version\s*=\s*(?:"1\.0"|'1\.0')(?:\s+encoding\s*=\s*(?:"utf-8"|'utf-8'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>$/i
const quoted = /"[^"]*"|'[^']*'/g
const reference = /&(?:(?:amp|lt|gt|quot|apos);|#([0-9]{1,7});|#x([0-9a-fA-F]{1,6});)?/g

export interface ScannedMarkup {
  readonly elements: number
  readonly attributes: number
}

/**
 * Reads the markup once, before the parser builds anything: what the parser lets pass (a bare `&`, forbidden
 * characters, XML 1.1) or pays dearly for (depth, number of elements) is refused here, in time linear in the text.
 */
export function scanMarkup(source: string, limits: MarkupLimits): ScannedMarkup {
  const forbidden = firstForbiddenCharacter(source)
  if (forbidden) throw new XmlRefusal('character', `the document contains ${forbidden}`)
  let depth = 0
  let elements = 0
  let attributes = 0
  for (const { 0: piece, index } of source.matchAll(token)) {
    checkToken(piece, index)
    depth += depthChange(piece)
    if (isStartTag(piece)) {
      elements += 1
      attributes += piece.match(quoted)?.length ?? 0
    }
    if (depth > limits.maxDepth) throw new XmlRefusal('tooDeep', `elements nest deeper than ${limits.maxDepth}`)
    if (elements > limits.maxElements) throw new XmlRefusal('tooManyElements', `more than ${limits.maxElements}`)
  }
  return { elements, attributes }
}

function checkToken(piece: string, position: number): void {
  if (piece === '<') throw new XmlRefusal('notWellFormed', `"<" at ${position} starts no complete markup`)
  if (piece.startsWith('<?')) checkDeclaration(piece, position)
  if (piece.startsWith('<?') || piece.startsWith('<!')) return
  checkReferences(piece, position)
  if (!piece.startsWith('<') && piece.includes(']]>')) {
    throw new XmlRefusal('notWellFormed', `"]]>" in text after ${position} (XML 1.0 §2.4)`)
  }
}

function checkDeclaration(piece: string, position: number): void {
  if (position === 0 && declaration.test(piece)) return
  throw new XmlRefusal('processingInstruction', `"${piece.slice(0, 40)}" at ${position}`)
}

function checkReferences(piece: string, position: number): void {
  for (const [whole, decimal, hexadecimal] of piece.matchAll(reference)) {
    if (whole === '&')
      throw new XmlRefusal('entity', `"&" after ${position} starts no predefined or character reference`)
    const codePoint = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hexadecimal ?? '20', 16)
    if (!isXmlCodePoint(codePoint))
      throw new XmlRefusal('character', `"${whole}" after ${position} names no XML character`)
  }
}

function isStartTag(piece: string): boolean {
  return /^<[^/!?]/.test(piece)
}

function depthChange(piece: string): number {
  if (piece.startsWith('</')) return -1
  return isStartTag(piece) && !piece.endsWith('/>') ? 1 : 0
}
