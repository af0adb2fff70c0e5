import { escapeAttribute, escapeText } from './escape.ts'

const text = Symbol('XML text')

/** Markup whose values are already escaped. Only this module makes it. */
export interface Xml {
  readonly [text]: string
}

export type XmlPart = Xml | string | false | undefined | readonly XmlPart[]

/**
 * Writes canonical XML as text. Strings are escaped for where they stand: right after `="` as an attribute value,
 * anywhere else as text. Order of attributes and namespace declarations is the template's business.
 */
export function xml(literals: TemplateStringsArray, ...parts: readonly XmlPart[]): Xml {
  let written = literals[0] ?? ''
  parts.forEach((part, index) => {
    const inAttribute = literals[index]?.endsWith('="') === true
    written += (inAttribute ? attributeValue(part) : content(part)) + (literals[index + 1] ?? '')
  })
  return { [text]: written }
}

export function xmlText(markup: Xml): string {
  return markup[text]
}

/** The unescaped door, for markup this process has written and signed before. */
export function alreadyWrittenXml(markup: string): Xml {
  return { [text]: markup }
}

function attributeValue(part: XmlPart): string {
  if (typeof part !== 'string') throw new TypeError('an attribute value in an xml template must be a string')
  return escapeAttribute(part)
}

function content(part: XmlPart): string {
  if (part === undefined || part === false) return ''
  if (typeof part === 'string') return escapeText(part)
  return isList(part) ? part.map(content).join('') : part[text]
}

function isList(part: Xml | readonly XmlPart[]): part is readonly XmlPart[] {
  return Array.isArray(part)
}
