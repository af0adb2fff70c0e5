import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DeviceSignal } from '../signals.ts'
import { laptop, phone } from './_device.ts'
import { evaluateRule } from './evaluate-rule.ts'
import { formatRule } from './format-rule.ts'
import { parseRule } from './parse-rule.ts'
import { type PropertyFacts, properties, readProperty } from './properties.ts'
import type { Comparison, Rule, RuleValue } from './rule.ts'

const reading = (device: DeviceSignal | undefined) => device && ((name: string) => readProperty(device, name))

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
      expect(evaluateRule(comparison, reading(device)).holds).toBe(
        evaluateRule(twin, reading(device)).holds !== negated,
      )
      if (!device) expect(evaluateRule(comparison, reading(device)).holds).toBe(negated)
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
      expect(evaluateRule(neither, reading(device)).holds).toBe(evaluateRule(both, reading(device)).holds)
    }),
  )
})
