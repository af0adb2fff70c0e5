import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { laptop, phone } from './_device.ts'
import { evaluateRule } from './evaluate-rule.ts'
import { formatRule } from './format-rule.ts'
import { parseRule } from './parse-rule.ts'
import { type PropertyFacts, properties } from './properties.ts'
import type { Comparison, Rule, RuleValue } from './rule.ts'
import { DeviceFilterRuleError } from './rule-error.ts'
import { tokenize } from './tokens.ts'

function errorOf(text: string): DeviceFilterRuleError {
  try {
    parseRule(text)
  } catch (error) {
    if (error instanceof DeviceFilterRuleError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

describe('refuses, saying where', () => {
  test.each([
    ['', 'empty', 1, 1],
    [' \n ', 'empty', 1, 1],
    ['x'.repeat(3073), 'tooLong', 1, 1],
    [`${'('.repeat(101)}device.model -eq "a"${')'.repeat(101)}`, 'tooDeep', 1, 102],
    [`${'-not '.repeat(101)}device.model -eq "a"`, 'tooDeep', 1, 506],
    ['device.model -eq "abc', 'unterminatedString', 1, 18],
    ['device.model -eq "abc`"', 'unterminatedString', 1, 18],
    ["device.model -eq 'abc''", 'unterminatedString', 1, 18],
    ['(', 'expectedTerm', 1, 2],
    [')', 'expectedTerm', 1, 1],
    ['()', 'expectedTerm', 1, 2],
    ['"Windows" -eq device.operatingSystem', 'expectedTerm', 1, 1],
    ['device.model -eq "a" -and', 'expectedTerm', 1, 26],
    ['device.model -eq "a" -or', 'expectedTerm', 1, 25],
    ['-not', 'expectedTerm', 1, 5],
    ['-and device.model -eq "a"', 'unknownProperty', 1, 1],
    ['user.department -eq "a"', 'unknownProperty', 1, 1],
    ['model -eq "a"', 'unknownProperty', 1, 1],
    ['device -eq "a"', 'unknownProperty', 1, 1],
    ['device. -eq "a"', 'unknownProperty', 1, 1],
    ['device.colour -eq "a"', 'unknownProperty', 1, 1],
    ['device.isManaged -eq True', 'unknownProperty', 1, 1],
    ['device.constructor -eq "a"', 'unknownProperty', 1, 1],
    ['device.extensionAttribute0 -eq "a"', 'unknownProperty', 1, 1],
    ['device.extensionAttribute16 -eq "a"', 'unknownProperty', 1, 1],
    ['device.extensionAttributes.extensionAttribute1 -eq "a"', 'unknownProperty', 1, 1],
    ['device.model-eq "a"', 'unknownProperty', 1, 1],
    ['device.model', 'expectedOperator', 1, 13],
    ['device.model "a"', 'expectedOperator', 1, 14],
    ['device.model == "a"', 'expectedOperator', 1, 14],
    ['device.model –eq "a"', 'expectedOperator', 1, 14],
    ['device.model --eq "a"', 'expectedOperator', 1, 14],
    ['device.model -match "a"', 'expectedOperator', 1, 14],
    ['device.model -and "a"', 'expectedOperator', 1, 14],
    ['device.isCompliant -in ["True"]', 'operatorNotSupported', 1, 20],
    ['device.isCompliant -startsWith "T"', 'operatorNotSupported', 1, 20],
    ['device.deviceId -contains "a"', 'operatorNotSupported', 1, 17],
    ['device.deviceId -startsWith "a"', 'operatorNotSupported', 1, 17],
    ['device.mdmAppId -notContains "a"', 'operatorNotSupported', 1, 17],
    ['device.trustType -in ["AzureAD"]', 'operatorNotSupported', 1, 18],
    ['device.deviceOwnership -contains "Comp"', 'operatorNotSupported', 1, 24],
    ['device.profileType -notIn ["IoT"]', 'operatorNotSupported', 1, 20],
    ['device.physicalIds -eq "a"', 'operatorNotSupported', 1, 20],
    ['device.physicalIds -in ["a"]', 'operatorNotSupported', 1, 20],
    ['device.systemLabels -startsWith "a"', 'operatorNotSupported', 1, 21],
    ['device.model -eq', 'expectedValue', 1, 17],
    ['device.model -eq Surface', 'expectedValue', 1, 18],
    ['device.model -eq 6', 'expectedValue', 1, 18],
    ['device.model -eq ("a")', 'expectedValue', 1, 18],
    ['device.deviceId -eq 8a1c5b7e-3f0d-4c6a-9e21-b4d7f0a9c3e5', 'expectedValue', 1, 21],
    ['device.model -in ["a", null]', 'expectedValue', 1, 24],
    ['device.model -in ["a", 5]', 'expectedValue', 1, 24],
    ['device.model -in ["a",]', 'expectedValue', 1, 23],
    ['device.model -in [,"a"]', 'expectedValue', 1, 19],
    ['device.model -in [["a"]]', 'expectedValue', 1, 19],
    ['device.model -in "a"', 'expectedList', 1, 18],
    ['device.model -in ("a")', 'expectedList', 1, 18],
    ['device.model -notIn', 'expectedList', 1, 20],
    ['device.model -eq ["a"]', 'listNotAllowed', 1, 18],
    ['device.physicalIds -contains ["a"]', 'listNotAllowed', 1, 30],
    ['device.model -in []', 'emptyList', 1, 19],
    ['device.model -in ["a" "b"]', 'expectedListEnd', 1, 23],
    ['device.model -in ["a"', 'expectedListEnd', 1, 22],
    ['device.model -in ["a")', 'expectedListEnd', 1, 22],
    ['device.model -startsWith null', 'nullNotComparable', 1, 26],
    ['device.physicalIds -contains null', 'nullNotComparable', 1, 30],
    ['device.isCompliant -eq "yes"', 'notABoolean', 1, 24],
    ['device.isCompliant -eq ""', 'notABoolean', 1, 24],
    ['device.isCompliant -eq "null"', 'notABoolean', 1, 24],
    ['device.model -eq True', 'notAString', 1, 18],
    ['device.trustType -ne false', 'notAString', 1, 22],
    ['device.deviceId -eq "laptop"', 'notAGuid', 1, 21],
    ['device.deviceId -eq "{8a1c5b7e-3f0d-4c6a-9e21-b4d7f0a9c3e5}"', 'notAGuid', 1, 21],
    ['device.mdmAppId -in ["0000000a-0000-0000-c000-000000000000", "x"]', 'notAGuid', 1, 62],
    ['device.trustType -eq "Hybrid"', 'valueNotSupported', 1, 22],
    ['device.deviceOwnership -eq "Corporate"', 'valueNotSupported', 1, 28],
    ['device.profileType -eq "Laptop"', 'valueNotSupported', 1, 24],
    ['(device.model -eq "a"', 'expectedParenthesis', 1, 22],
    ['(device.model -eq "a" device.model -eq "b")', 'expectedParenthesis', 1, 23],
    ['device.model -eq "a" device.model -eq "b"', 'expectedEnd', 1, 22],
    ['device.model -eq "a")', 'expectedEnd', 1, 21],
    ['device.model -eq "a" "b"', 'expectedEnd', 1, 22],
    ['device.model -eq "a" ; x', 'expectedEnd', 1, 22],
    ['device.model -eq "a"\n-and\n  device.modal -eq "b"', 'unknownProperty', 3, 3],
    ['device.model -eq "a\nb" -and\r\ndevice.trustType -eq "Hybrid"', 'valueNotSupported', 3, 22],
  ])('%j as %s at %i:%i', (text, problem, line, column) => {
    const error = errorOf(text)
    expect([error.problem, error.line, error.column]).toEqual([problem, line, column])
    expect(error.message).toMatch(new RegExp(`^Line ${line}, column ${column}: `))
    expect(error.message).not.toContain('undefined')
    expect(error.message).not.toMatch(/[{]\w+[}]/)
  })

  test('names what was found and what is possible', () => {
    expect(errorOf('device.trustType -startsWith "A"').message).toBe(
      'Line 1, column 18: -startsWith cannot be used with trustType, which supports -eq, -ne.',
    )
    expect(errorOf('device.trustType -eq "Hybrid"').message).toBe(
      'Line 1, column 22: trustType is one of AzureAD, ServerAD, Workplace, not the string "Hybrid".',
    )
  })
})

test('takes a rule of exactly 3072 characters', () => {
  const rule = `device.model -eq "${'x'.repeat(3072 - 19)}"`
  expect(rule).toHaveLength(3072)
  expect(parseRule(rule).kind).toBe('comparison')
})

test('knows every property of the documentation', () => {
  expect(properties).toHaveLength(29)
})

describe('writes rules back in one spelling', () => {
  test.each([
    [
      '(device.deviceid eq "8a1c5b7e-3f0d-4c6a-9e21-b4d7f0a9c3e5")',
      'device.deviceId -eq "8a1c5b7e-3f0d-4c6a-9e21-b4d7f0a9c3e5"',
    ],
    ['DEVICE.ISCOMPLIANT -EQ "true"', 'device.isCompliant -eq True'],
    ['device.model -in ["a","b"]', 'device.model -in ["a", "b"]'],
    ["device.model -eq 'a'", 'device.model -eq "a"'],
    ['device.model -eq "a`"b"', `device.model -eq 'a"b'`],
    ['device.model -eq $null', 'device.model -eq null'],
    [
      '((device.model -eq "a") -and (device.model -eq "b")) -or -not (device.model -eq "c")',
      'device.model -eq "a" -and device.model -eq "b" -or -not device.model -eq "c"',
    ],
    [
      '(device.model -eq "a" -or device.model -eq "b") -and device.model -eq "c"',
      '(device.model -eq "a" -or device.model -eq "b") -and device.model -eq "c"',
    ],
    ['-not (device.model -eq "a" -or device.model -eq "b")', '-not (device.model -eq "a" -or device.model -eq "b")'],
  ])('%s', (text, written) => {
    expect(formatRule(parseRule(text))).toBe(written)
  })
})

const guids = fc.uuid()
const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('"', "'", '`', '[', ']', '(', ',', '-', 'a', ' ', '\n'), maxLength: 8 }),
)

function valuesOf({ type, values }: PropertyFacts): fc.Arbitrary<string> {
  if (type === 'guid') return guids
  return values ? fc.constantFrom(...values) : texts
}

const comparisons: fc.Arbitrary<Comparison> = fc.constantFrom(...properties).chain((facts) =>
  fc.constantFrom(...facts.operators).chain((operator) => {
    const one: fc.Arbitrary<RuleValue> = facts.type === 'boolean' ? fc.boolean() : valuesOf(facts)
    const nullable = operator === '-eq' || operator === '-ne' ? fc.oneof(one, fc.constant(null)) : one
    const many = fc.array(valuesOf(facts), { minLength: 1, maxLength: 3 })
    const value: fc.Arbitrary<RuleValue> = operator === '-in' || operator === '-notIn' ? many : nullable
    return value.map((each): Comparison => ({ kind: 'comparison', property: facts.name, operator, value: each }))
  }),
)

const rules = fc.letrec<{ rule: Rule }>((tie) => {
  const terms = fc.array(tie('rule'), { minLength: 2, maxLength: 3 })
  return {
    rule: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      comparisons,
      tie('rule').map((term): Rule => ({ kind: 'not', term })),
      terms.map((each): Rule => ({ kind: 'and', terms: each })),
      terms.map((each): Rule => ({ kind: 'or', terms: each })),
    ),
  }
}).rule

test('reads every rule back that it wrote', () => {
  fc.assert(
    fc.property(rules, (rule) => {
      const text = formatRule(rule)
      fc.pre(text.length <= 3072)
      expect(parseRule(text)).toEqual(rule)
    }),
    { numRuns: 500 },
  )
})

test('negative operators are the negation of the positive ones, for every device', () => {
  fc.assert(
    fc.property(comparisons, fc.constantFrom(laptop, phone, undefined), (comparison, device) => {
      const positive = comparison.operator.replace(/^-(?:not(\w)|ne$)/, (_, first?: string) =>
        first ? `-${first.toLowerCase()}` : '-eq',
      )
      const twin = { ...comparison, operator: positive } as Comparison
      const negated = positive !== comparison.operator
      expect(evaluateRule(comparison, device).holds).toBe(evaluateRule(twin, device).holds !== negated)
      if (!device) expect(evaluateRule(comparison, device).holds).toBe(negated)
    }),
    { numRuns: 500 },
  )
})

test('-and, -or and -not obey De Morgan', () => {
  fc.assert(
    fc.property(rules, rules, fc.constantFrom(laptop, phone, undefined), (left, right, device) => {
      const neither: Rule = { kind: 'not', term: { kind: 'or', terms: [left, right] } }
      const both: Rule = {
        kind: 'and',
        terms: [
          { kind: 'not', term: left },
          { kind: 'not', term: right },
        ],
      }
      expect(evaluateRule(neither, device).holds).toBe(evaluateRule(both, device).holds)
    }),
  )
})

const fragments = fc.constantFrom(
  'device.model',
  'device.',
  'DEVICE.isCompliant',
  '-eq',
  'eq',
  '-in',
  '-not',
  'and',
  '-or',
  '(',
  ')',
  '[',
  ']',
  ',',
  '"',
  "'",
  '`',
  '"a"',
  'True',
  'null',
  '$null',
  '\n',
  ' ',
  '–',
  '\u00a0',
  '😀',
  '__proto__',
)

test('throws nothing but its own error, whatever it is given', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fragments, { maxLength: 60 }).map((parts) => parts.join(' ')),
    fc.array(fragments, { maxLength: 60 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(garbage, (text) => {
      try {
        expect(parseRule(text)).toBeDefined()
      } catch (error) {
        expect(error).toBeInstanceOf(DeviceFilterRuleError)
      }
    }),
    { numRuns: 2000 },
  )
})

test('reads every character once: tokens follow each other without overlap', () => {
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 80 }), (parts) => {
      const text = parts.join('').replaceAll(/["']/g, '')
      const offsets = tokenize(text).map(({ offset }) => offset)
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b))
      expect(offsets.length).toBeLessThanOrEqual(text.length + 1)
    }),
  )
})

test.each([
  ['many terms', `device.model -eq "a"${' -or device.model -eq "a"'.repeat(120)}`],
  ['a long list', `device.model -in ["a"${',"a"'.repeat(750)}]`],
  ['escapes', `device.model -eq "${'`"'.repeat(1500)}"`],
  ['deep parentheses', `${'('.repeat(100)}device.model -eq "a"${')'.repeat(100)}`],
  ['spaces', `device.model${' '.repeat(3000)}-eq "a"`],
])('takes a rule of the greatest size made of %s', (_, text) => {
  expect(formatRule(parseRule(text)).length).toBeGreaterThan(0)
})
