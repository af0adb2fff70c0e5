import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatRule } from './format-rule.ts'
import { parseRule } from './parse-rule.ts'
import { properties } from './properties.ts'
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
