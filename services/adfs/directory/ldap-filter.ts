import { attributeValues, type DirectoryUser } from './directory-user.ts'

type LdapFilter =
  | { readonly kind: 'and' | 'or' | 'not'; readonly parts: readonly LdapFilter[] }
  | { readonly kind: 'item'; readonly attribute: string; readonly value: RegExp }

/**
 * RFC 4515 filters of equality, presence and substrings, with the outer parentheses optional as in claim rules. The
 * values of placeholders are filled in after the filter is read, so that no account name can change its structure.
 */
export function parseLdapFilter(text: string, fillIn: (value: string) => string): LdapFilter {
  const trimmed = text.trim()
  if (trimmed === '') return { kind: 'and', parts: [] }
  const whole = trimmed.startsWith('(') ? trimmed : `(${trimmed})`
  const { filter, rest } = readFilter(whole, fillIn)
  if (rest.trim() !== '') throw new Error(`the LDAP filter "${text}" goes on after its end: "${rest}"`)
  return filter
}

export function matchesFilter(filter: LdapFilter, user: DirectoryUser): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, user))
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, user))
    case 'not':
      return !filter.parts.some((part) => matchesFilter(part, user))
    case 'item':
      return attributeValues(user, filter.attribute).some((value) => filter.value.test(value))
  }
}

interface ReadFilter {
  readonly filter: LdapFilter
  readonly rest: string
}

const operators = { '&': 'and', '|': 'or', '!': 'not' } as const

function readFilter(text: string, fillIn: (value: string) => string): ReadFilter {
  const opening = /^\(\s*([&|!])?/.exec(text)
  if (!opening) throw new Error(`an LDAP filter must begin with "(" at "${text}"`)
  const operator = opening[1] as keyof typeof operators | undefined
  if (operator) return readParts(operators[operator], text.slice(opening[0].length), fillIn)
  return readItem(text, fillIn)
}

function readParts(kind: 'and' | 'or' | 'not', text: string, fillIn: (value: string) => string): ReadFilter {
  const parts: LdapFilter[] = []
  let rest = text.trimStart()
  while (rest.startsWith('(')) {
    const read = readFilter(rest, fillIn)
    parts.push(read.filter)
    rest = read.rest.trimStart()
  }
  if (!rest.startsWith(')')) throw new Error(`the LDAP filter lacks a ")" at "${rest}"`)
  if (kind === 'not' && parts.length !== 1) throw new Error('"!" in an LDAP filter takes one filter')
  return { filter: { kind, parts }, rest: rest.slice(1) }
}

function readItem(text: string, fillIn: (value: string) => string): ReadFilter {
  const item = /^\(\s*([A-Za-z][\w-]*)\s*=([^()]*)\)/.exec(text)
  if (!item) throw new Error(`the LDAP filter cannot be read at "${text}"`)
  const [whole, attribute = '', value = ''] = item
  return { filter: { kind: 'item', attribute, value: valuePattern(value, fillIn) }, rest: text.slice(whole.length) }
}

function valuePattern(value: string, fillIn: (value: string) => string): RegExp {
  const pieces = value.split('*').map((piece) => escapePattern(fillIn(unescapeValue(piece))))
  return new RegExp(`^${pieces.join('[\\s\\S]*')}$`, 'i')
}

function unescapeValue(value: string): string {
  return value.replace(/\\([0-9A-Fa-f]{2})/g, (_match, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
