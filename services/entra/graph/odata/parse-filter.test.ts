import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Gap } from '#shared/errors.ts'
import { item } from './_resources.ts'
import { checkFilter } from './check-filter.ts'
import type { FilterExpression, Lambda, Literal, Path } from './filter-expression.ts'
import { filterPredicate } from './filter-predicate.ts'
import { tokenize } from './filter-tokens.ts'
import { formatFilter } from './format-filter.ts'
import { GraphQueryError } from './graph-query-error.ts'
import type { GraphResource } from './graph-resource.ts'
import { parseFilter } from './parse-filter.ts'

const plain = { eventual: false, count: false }

function refusal(text: string, resource: GraphResource): GraphQueryError {
  try {
    checkFilter(parseFilter(text), resource, plain)
  } catch (error) {
    if (error instanceof GraphQueryError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

describe('refuses what is no filter', () => {
  test.each([
    ['', 'expressionExpected', 'Expression expected at position 0'],
    ['   ', 'expressionExpected', 'Expression expected at position 3'],
    ["id eq 'a", 'unterminatedString', 'There is an unterminated string literal at position 6'],
    ["id eq 'a''", 'unterminatedString', 'There is an unterminated string literal at position 6'],
    ['id eq "a"', 'characterNotValid', `Syntax error: character '"' is not valid at position 6`],
    ['id = 1', 'characterNotValid', "Syntax error: character '=' is not valid at position 3"],
    ['id eq 😀', 'characterNotValid', "Syntax error: character '😀' is not valid at position 6"],
    ['size eq 5x', 'characterNotValid', "Syntax error: character '5' is not valid at position 8"],
    ['size eq 1.2.3', 'characterNotValid', "Syntax error: character '1' is not valid at position 8"],
    ['id eq', 'expressionExpected', 'Expression expected at position 5'],
    ["id eq 'a' and", 'expressionExpected', 'Expression expected at position 13'],
    ["and id eq 'a'", 'syntaxError', 'Syntax error at position 4'],
    ["id eq 'a' id eq 'b'", 'syntaxError', 'Syntax error at position 10'],
    ["id eq 'a')", 'syntaxError', 'Syntax error at position 9'],
    ["(id eq 'a'", 'closingExpected', "')' or operator expected at position 10"],
    ["id equals 'a'", 'syntaxError', 'Syntax error at position 3'],
    ['id/', 'syntaxError', 'Syntax error at position 3'],
    ["/id eq 'a'", 'expressionExpected', 'Expression expected at position 0'],
    ["id in 'a'", 'syntaxError', 'Syntax error at position 6'],
    ['id in ()', 'expressionExpected', 'Expression expected at position 7'],
    ["id in ('a' 'b')", 'closingOrCommaExpected', "')' or ',' expected at position 11"],
    ["id in ('a',)", 'expressionExpected', 'Expression expected at position 11'],
    ['id eq name', 'expressionExpected', 'Expression expected at position 6'],
    ["'a' eq 'a'", 'syntaxError', 'Syntax error at position 7'],
    ['5', 'syntaxError', 'Syntax error at position 1'],
    ["startswith(name 'a')", 'functionSignature', "No function signature for the function with name 'startswith'"],
    ['startswith(name,5)', 'functionSignature', "No function signature for the function with name 'startswith'"],
    ['startswith(name)', 'functionSignature', "No function signature for the function with name 'startswith'"],
    ["startswith(name,'a'", 'closingOrCommaExpected', "')' or ',' expected at position 19"],
    ["startswith(name,'a','b')", 'closingOrCommaExpected', "')' or ',' expected at position 19"],
    ["contains('a',name)", 'operatorUnsupported', 'contains'],
    ["substringof('a',name)", 'unknownFunction', "An unknown function with name 'substringof' was found."],
    ["startswith(name,'a') eq 1", 'syntaxError', 'Syntax error at position 24'],
    ["tags/any(c eq 'x')", 'syntaxError', 'Syntax error at position 11'],
    ["tags/any(c:c eq 'x'", 'closingExpected', "')' or operator expected at position 19"],
    ['tags/any(c:)', 'expressionExpected', 'Expression expected at position 11'],
    ['tags/all()', 'expressionExpected', 'Expression expected at position 9'],
    [
      "tags/any eq 'x'",
      'unknownProperty',
      "Could not find a property named 'any' on type 'microsoft.graph.item/tags'.",
    ],
    [
      'made ge 2026-03-07T21:25:44',
      'dateTimeNotValid',
      "The DateTimeOffset text '2026-03-07T21:25:44' should be in format",
    ],
    [
      'made ge 2026-13-07T21:25:44Z',
      'dateTimeNotValid',
      "The DateTimeOffset text '2026-13-07T21:25:44Z' should be in format",
    ],
    ['made ge 2026-02-40', 'dateTimeNotValid', "The DateTimeOffset text '2026-02-40' should be in format"],
    ['size eq 1e999', 'numberNotValid', "Unrecognized 'Edm.Double' literal '1e999'"],
    ['x'.repeat(8193), 'tooLong', '8193 characters'],
    [`${'('.repeat(101)}active${')'.repeat(101)}`, 'tooDeep', 'Recursion depth exceeded allowed limit.'],
    [`${'not '.repeat(101)}active`, 'tooDeep', 'Recursion depth exceeded allowed limit.'],
    [`${'tags/any(t:'.repeat(102)}active${')'.repeat(102)}`, 'tooDeep', 'Recursion depth exceeded allowed limit.'],
  ])('%j as %s', (text, problem, message) => {
    const error = refusal(text, item)
    expect(error.problem).toBe(problem)
    expect(error.message).toContain(message)
    expect(error.message).not.toMatch(/undefined|[{]\w+[}]/)
    expect(error.status).toBe(400)
  })

  test('as Graph words it', () => {
    const { code, message } = refusal('id =', item)
    expect({ code, message }).toEqual({
      code: 'BadRequest',
      message: "Invalid filter clause: Syntax error: character '=' is not valid at position 3 in 'id ='.",
    })
  })
})

test.each(["tolower(name) eq 'x'", 'length(name) gt 3', 'year(made) eq 2026', 'size add 1 eq 2', "tags has 'x'"])(
  'says that %s is not implemented',
  (text) => {
    expect(() => parseFilter(text)).toThrow(Gap)
  },
)

describe('writes filters back in one spelling', () => {
  test.each([
    ["  NOT (ID Eq 'a')", "not ID eq 'a'"],
    ['(a eq 1 or b eq 2) and c eq 3', '(a eq 1 or b eq 2) and c eq 3'],
    ['a eq 1 or (b eq 2 and c eq 3)', 'a eq 1 or b eq 2 and c eq 3'],
    ["startsWith( a , 'x''y' )", "startswith(a,'x''y')"],
    ['5 gt a', 'a lt 5'],
    ['a', 'a eq true'],
    ['x/any(v : v/y in (1 , 2))', 'x/any(v:v/y in (1,2))'],
    ['x/any()', 'x/any()'],
    ['x/$count ne 0', 'x/$count ne 0'],
    ['a eq 2026-03-07t21:25z', 'a eq 2026-03-07T21:25Z'],
  ])('%s', (text, written) => {
    expect(formatFilter(parseFilter(text))).toBe(written)
  })
})

const words =
  'and or not eq ne gt ge lt le in true false null any all has add sub mul div mod divby startswith endswith contains'.split(
    ' ',
  )
const names = fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,6}$/).filter((name) => !words.includes(name.toLowerCase()))
const instants = fc.date({ min: new Date(0), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })

const literals: fc.Arbitrary<Literal> = fc.oneof(
  fc.string({ maxLength: 8 }).map((value): Literal => ({ type: 'string', value })),
  fc
    .string({ unit: fc.constantFrom("'", '/', '(', ' ', 'é'), maxLength: 5 })
    .map((value): Literal => ({ type: 'string', value })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): Literal => ({ type: 'number', value: value + 0 })),
  fc.integer().map((value): Literal => ({ type: 'number', value })),
  fc.boolean().map((value): Literal => ({ type: 'boolean', value })),
  fc.constant<Literal>({ type: 'null', value: null }),
  fc.uuid().map((value): Literal => ({ type: 'guid', value })),
  instants.map((date): Literal => ({ type: 'dateTime', value: date.toISOString() })),
  instants.map((date): Literal => ({ type: 'date', value: date.toISOString().slice(0, 10) })),
)

function paths(variables: readonly string[]): fc.Arbitrary<Path> {
  const segments = fc.array(names, { minLength: 1, maxLength: 3 })
  const fromRoot = segments
    .filter(([first = '']) => !variables.includes(first))
    .map((each): Path => ({ segments: each }))
  if (variables.length === 0) return fromRoot
  const fromVariable = fc
    .tuple(fc.constantFrom(...variables), fc.array(names, { maxLength: 2 }))
    .map(([variable, each]): Path => ({ variable, segments: each }))
  return fc.oneof(fromRoot, fromVariable)
}

function expressions(depth: number, variables: readonly string[]): fc.Arbitrary<FilterExpression> {
  const leaves = leafExpressions(variables)
  if (depth === 0) return leaves
  const inner = expressions(depth - 1, variables)
  const terms = fc.array(inner, { minLength: 2, maxLength: 3 })
  const lambda = fc
    .tuple(fc.constantFrom('any' as const, 'all' as const), paths(variables), names)
    .chain(([kind, path, variable]) =>
      expressions(depth - 1, [...variables, variable]).map(
        (condition): Lambda => ({ kind, path, element: { variable, condition } }),
      ),
    )
  return fc.oneof(
    leaves,
    inner.map((term): FilterExpression => ({ kind: 'not', term })),
    terms.map((each): FilterExpression => ({ kind: 'and', terms: each })),
    terms.map((each): FilterExpression => ({ kind: 'or', terms: each })),
    lambda,
  )
}

function leafExpressions(variables: readonly string[]): fc.Arbitrary<FilterExpression> {
  const path = paths(variables)
  return fc.oneof(
    fc.tuple(path, fc.boolean(), fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), literals).map(
      ([each, count, operator, value]): FilterExpression => ({
        kind: 'comparison',
        path: count ? { ...each, count: true } : each,
        operator,
        value,
      }),
    ),
    fc
      .tuple(path, fc.array(literals, { minLength: 1, maxLength: 3 }))
      .map(([each, values]): FilterExpression => ({ kind: 'in', path: each, values })),
    fc
      .tuple(fc.constantFrom('startswith', 'endswith', 'contains'), path, fc.string({ maxLength: 6 }))
      .map(([name, each, value]): FilterExpression => ({ kind: 'text', name, path: each, value })),
    path.map((each): FilterExpression => ({ kind: 'any', path: each })),
  )
}

test('reads every filter back that it wrote', () => {
  fc.assert(
    fc.property(expressions(3, []), (expression) => {
      const text = formatFilter(expression)
      fc.pre(text.length <= 8192)
      expect(parseFilter(text)).toEqual(expression)
    }),
    { numRuns: 500 },
  )
})

const fragments = fc.constantFrom(
  'name',
  'size',
  'tags',
  'eq',
  'in',
  'and',
  'or',
  'not',
  'any',
  '(',
  ')',
  ',',
  '/',
  ':',
  "'",
  "'a'",
  '5',
  '-',
  '1e5',
  '2026-03-07',
  '2026-03-07T',
  'true',
  'null',
  '$count',
  'startswith',
  ' ',
  '\n',
  '"',
  '😀',
  '__proto__',
)

test('throws nothing but its own errors, whatever it is given', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fragments, { maxLength: 50 }).map((parts) => parts.join(' ')),
    fc.array(fragments, { maxLength: 50 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(garbage, (text) => {
      try {
        const matches = filterPredicate(checkFilter(parseFilter(text), item, plain))
        expect([true, false]).toContain(matches({ id: 'a', name: 'x', tags: ['y'], size: 5 }))
      } catch (error) {
        expect(error instanceof GraphQueryError || error instanceof Gap).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['many terms', Array.from({ length: 500 }, () => 'size eq 5').join(' and ')],
  ['a long list', `size in (${'5,'.repeat(4000)}5)`],
  ['quotes', `name eq '${"''".repeat(4000)}'`],
  ['digits', `size eq ${'1'.repeat(300)}`],
  ['spaces', `size${' '.repeat(8000)}eq 5`],
])('reads every character of a long filter once: %s', (_, text) => {
  const offsets = tokenize(text).map(({ offset }) => offset)
  expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b))
  expect(parseFilter(text)).toBeDefined()
})
