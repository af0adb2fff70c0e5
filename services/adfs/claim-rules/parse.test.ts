import { expect, test } from 'vitest'
import { ClaimRuleError } from './claim-rule-error.ts'
import { parseClaimRules } from './parse.ts'

test('reads annotations, conditions and actions of the language', () => {
  const [rule, ...others] = parseClaimRules(`
    @RuleTemplate = "PassThroughClaims"
    @RuleName = "Pass \\ through"
    c:[Type == "a", Value =~ "(?i)x", Properties["p"] != "q"] && Not Exists([]) && COUNT([Issuer == "i"]) >= 2
      => ISSUE(claim = c);
    => add(Type = "t", Value = "v");`)
  expect(rule).toMatchObject({
    name: 'Pass \\ through',
    template: 'PassThroughClaims',
    position: { line: 2, column: 5 },
    conditions: [
      {
        kind: 'match',
        identifier: 'c',
        tests: [
          { operator: '==', property: { field: 'type' }, operand: 'a' },
          { operator: '=~', property: { field: 'value' } },
          { operator: '!=', property: { kind: 'property', name: 'p' }, operand: 'q' },
        ],
      },
      { kind: 'exists', wanted: false, tests: [] },
      { kind: 'count', comparison: '>=', number: 2 },
    ],
    action: { kind: 'copy', target: 'issue', identifier: 'c' },
  })
  expect(others).toMatchObject([{ conditions: [], action: { kind: 'construct', target: 'add' } }])
})

test.each([
  { text: 'c:[Type == "a"] => issue(claim = c)', line: 1, column: 36, message: 'expected ";" but found the end' },
  { text: 'c:[Type == "a"]\n  -> issue(claim = c);', line: 2, column: 3, message: 'unexpected character "-"' },
  { text: '\n\n c:[Typ == "a"] => issue(claim = c);', line: 3, column: 5, message: 'found "Typ"' },
  {
    text: 'c:[Type == "a"] => issue(claim = d);',
    line: 1,
    column: 34,
    message: 'no condition of this rule is named "d"',
  },
  { text: 'c:[Type == "a', line: 1, column: 12, message: 'this string has no end' },
  { text: 'c:[Value =~ "("] => issue(claim = c);', line: 1, column: 13, message: 'regular expression' },
  { text: 'c:[] && c:[] => issue(claim = c);', line: 1, column: 9, message: '"c" names two conditions' },
  { text: '=> issue(Value = "v");', line: 1, column: 10, message: 'needs a Type' },
  { text: '=> permit(Type = "t");', line: 1, column: 4, message: '"issue" or "add"' },
  { text: '=> issue(store = "s", query = "q", types = ("t"));', line: 1, column: 23, message: 'expected "types"' },
  { text: 'COUNT([]) > "1" => issue(Type = "t");', line: 1, column: 13, message: 'a whole number' },
  { text: 'c:EXISTS([]) => issue(Type = "t");', line: 1, column: 3, message: 'expected "["' },
])('refuses $text at line $line, column $column', ({ text, line, column, message }) => {
  const refused = () => parseClaimRules(text)
  expect(refused).toThrow(ClaimRuleError)
  expect(refused).toThrow(message)
  expect(refused).toThrow(expect.objectContaining({ line, column }))
})
