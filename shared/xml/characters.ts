// XML 1.0 §2.2, production Char. A lone surrogate is not one.
const outsideXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u

/** The first code point of `text` that XML 1.0 cannot carry, as `U+0000`. */
export function firstForbiddenCharacter(text: string): string | undefined {
  const found = outsideXml.exec(text)?.[0]
  return found === undefined ? undefined : codePointName(found.codePointAt(0) ?? 0)
}

export function isXmlCodePoint(codePoint: number): boolean {
  return codePoint <= 0x10ffff && !outsideXml.test(String.fromCodePoint(codePoint))
}

function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
}
