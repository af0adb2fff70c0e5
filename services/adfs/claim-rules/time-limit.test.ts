import { expect, test } from 'vitest'
import { claimOf } from './claim.ts'
import { ClaimRuleFailure, evaluateClaimRules } from './evaluate.ts'
import { parseClaimRules } from './parse.ts'
import { compilePattern } from './pattern.ts'
import { occurs, PatternTimeout, replaced } from './time-limit.ts'

const long = `${'a'.repeat(40)}!`

test.each([
  '(a+)+$',
  '(a|a)*$',
  '(a|aa)+$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)b',
])('the pattern %s is stopped, or ends in time', (source) => {
  try {
    occurs(compilePattern(source), long)
    replaced(compilePattern(source), long, 'x')
  } catch (error) {
    expect(error).toBeInstanceOf(PatternTimeout)
  }
})

test('what is stopped fails the rule set, and says which rule and pattern', async () => {
  const rules = parseClaimRules('@RuleName = "Slow"\nc:[Type == "t", Value =~ "(a+)+$"] => issue(claim = c);')
  const run = evaluateClaimRules(rules, [claimOf('t', long)])
  await expect(run).rejects.toThrow(ClaimRuleFailure)
  await expect(run).rejects.toThrow(/claim rule "Slow": the regular expression \(a\+\)\+\$ took longer/)
})

test.each([
  { source: '(?<domain>[^\\\\]+)\\\\(?<user>.+)', value: 'CONTOSO\\alice', replacement: '$<user>', want: 'alice' },
  { source: '(a+)+', value: 'aaab', replacement: 'x', want: 'xb' },
  { source: '(b)\\1', value: 'abba', replacement: '-', want: 'a-a' },
])('$source behind the watchdog or not gives $want', ({ source, value, replacement, want }) => {
  expect(replaced(compilePattern(source), value, replacement)).toBe(want)
  expect(occurs(compilePattern(source), value)).toBe(true)
})

test('a machine that has no time for the pattern is no slow pattern', () => {
  let turns = 0
  const search = () => {
    turns += 1
    if (turns === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    return 0
  }
  expect(occurs(compilePattern('(a+)+$'), { length: 1000, search } as unknown as string)).toBe(true)
  expect(turns).toBe(2)
})
