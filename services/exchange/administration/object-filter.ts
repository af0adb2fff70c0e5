import type { ExchangeObject } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'

type Predicate = (object: ExchangeObject) => boolean

/**
 * A filter of the management shell ("Filterable properties for the -Filter parameter"): comparisons with `-eq`, `-ne`,
 * `-like`, `-notlike`, `-gt`, `-ge`, `-lt` and `-le`, joined by `-and`, `-or`, `-not` and brackets; braces around it
 * are ignored. Of a list, one value that fits is enough.
 * @param isFilterable Whether objects have such a property, by its name in small letters.
 * @throws CmdletError badParameter for what cannot be read, and for a property that objects don't have.
 */
export function readFilter(text: string, isFilterable: (name: string) => boolean): Predicate {
  const tokens = tokensOf(text.trim().replace(/^\{([\s\S]*)\}$/, '$1'))
  const reader = { tokens, isFilterable, at: 0 }
  const predicate = readAny(reader, text)
  if (reader.at < tokens.length) throw invalid(text)
  return predicate
}

interface Reader {
  readonly tokens: readonly string[]
  readonly isFilterable: (name: string) => boolean
  at: number
}

const pattern = /\s*(?:(\()|(\))|(-[a-z]+)|'((?:[^']|'')*)'|"([^"]*)"|(\$?[\w.:+-]+))/giy

function tokensOf(text: string): readonly string[] {
  const found: string[] = []
  pattern.lastIndex = 0
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text)
    if (!match) throw invalid(text)
    const [, opens, closes, operator, quoted, doubled, word = ''] = match
    const literal = quoted?.replaceAll("''", "'") ?? doubled
    found.push(literal === undefined ? (opens ?? closes ?? operator?.toLowerCase() ?? word) : `'${literal}`)
  }
  return found
}

function readAny(reader: Reader, text: string): Predicate {
  const parts = [readAll(reader, text)]
  while (take(reader, '-or')) parts.push(readAll(reader, text))
  return (object) => parts.some((part) => part(object))
}

function readAll(reader: Reader, text: string): Predicate {
  const parts = [readOne(reader, text)]
  while (take(reader, '-and')) parts.push(readOne(reader, text))
  return (object) => parts.every((part) => part(object))
}

function readOne(reader: Reader, text: string): Predicate {
  if (take(reader, '-not')) {
    const part = readOne(reader, text)
    return (object) => !part(object)
  }
  if (!take(reader, '(')) return readComparison(reader, text)
  const part = readAny(reader, text)
  if (!take(reader, ')')) throw invalid(text)
  return part
}

function take(reader: Reader, token: string): boolean {
  if (reader.tokens[reader.at] !== token) return false
  reader.at += 1
  return true
}

function readComparison(reader: Reader, text: string): Predicate {
  const [name = '', operator = '', value] = reader.tokens.slice(reader.at, reader.at + 3)
  reader.at += 3
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined
  if (!compare || value === undefined || !/^[a-z]\w*$/i.test(name)) throw invalid(text)
  if (!reader.isFilterable(name.toLowerCase())) throw unknown(name, text)
  const wanted = value.toLowerCase() === '$null' ? '' : value.replace(/^['$]/, '').toLowerCase()
  return (object) => {
    const actual = Object.entries(object).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
    // What is empty is `$null`.
    const values = (Array.isArray(actual) ? actual : [actual ?? '']).map((each) => String(each).toLowerCase())
    return compare(values, wanted)
  }
}

type Comparison = (values: readonly string[], wanted: string) => boolean

const equals: Comparison = (values, wanted) => values.includes(wanted)
const like: Comparison = (values, wanted) => {
  const expression = new RegExp(`^${wanted.split('*').map(escaped).join('.*')}$`, 's')
  return values.some((value) => value !== '' && expression.test(value))
}

const comparisons: Readonly<Record<string, Comparison>> = {
  '-eq': equals,
  '-ne': (values, wanted) => !equals(values, wanted),
  '-like': like,
  '-notlike': (values, wanted) => !like(values, wanted),
  '-gt': (values, wanted) => values.some((value) => order(value, wanted) > 0),
  '-ge': (values, wanted) => values.some((value) => order(value, wanted) >= 0),
  '-lt': (values, wanted) => values.some((value) => order(value, wanted) < 0),
  '-le': (values, wanted) => values.some((value) => order(value, wanted) <= 0),
}

/** Numbers as numbers, moments as moments, all else as text. */
function order(left: string, right: string): number {
  const numbers = [Number(left), Number(right)] as const
  if (!numbers.some(Number.isNaN)) return numbers[0] - numbers[1]
  const moments = [Date.parse(left), Date.parse(right)] as const
  return moments.some(Number.isNaN) ? left.localeCompare(right) : moments[0] - moments[1]
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function invalid(text: string): CmdletError {
  return new CmdletError('badParameter', `Invalid filter syntax: "${text}".`)
}

function unknown(name: string, text: string): CmdletError {
  const about = 'For a complete list of filterable properties see the command help.'
  const position = `"${text}" at position ${text.indexOf(name) + 1}.`
  return new CmdletError(
    'badParameter',
    `Cannot bind parameter 'Filter' to the target. Exception setting "Filter": ""${name}" is not a recognized filterable property. ${about}\r\n${position}"`,
  )
}
