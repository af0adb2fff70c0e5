import { describe, expect, test } from 'vitest'
import { type Claim, claimOf } from './claim.ts'
import { type AttributeStore, ClaimRuleFailure, evaluateClaimRules } from './evaluate.ts'
import { parseClaimRules } from './parse.ts'

const flag = `c1:[Type == "in", Value == "false"] && c2:[Type == "fip", Value =~ "^(?!192\\.168\\.1\\.77|10\\.83\\.118\\.23)"]
  => issue(Type = "outside", Value = "true");`
const outside = { in: ['false'], fip: ['203.0.113.10'] }
const office = { in: ['false'], fip: ['192.168.1.77'] }
// "Client access policies in AD FS", scenario 2: everything from outside is blocked except ActiveSync.
const exceptActiveSync = `${flag}
  NOT EXISTS([Type == "app"]) => add(Type = "noapp", Value = "fail");
  c1:[Type == "outside", Value == "true"] && c2:[Type == "app", Value != "Microsoft.Exchange.ActiveSync"] => issue(Type = "deny", Value = "1");
  c1:[Type == "outside", Value == "true"] && c2:[Type == "noapp", Value == "fail"] => issue(Type = "deny", Value = "2");
  => issue(Type = "permit", Value = "true");`

test.each([
  { name: 'permit everyone', rules: '=> issue(Type = "permit", Value = "true");', claims: {}, issued: ['permit=true'] },
  {
    name: 'pass through',
    rules: 'c:[Type == "UPN"] => issue(claim = c);',
    claims: { upn: ['a@b'], x: ['y'] },
    issued: ['upn=a@b'],
  },
  {
    name: 'a condition binds every matching claim',
    rules: 'c:[Type == "a"] => issue(Type = "b", Value = c.Value);',
    claims: { a: ['1', '2'] },
    issued: ['b=1', 'b=2'],
  },
  {
    name: 'conditions combine as a cartesian product',
    rules: 'c1:[Type == "a"] && c2:[Type == "b"] => issue(Type = "pair", Value = c1.Value + "|" + c2.Value);',
    claims: { a: ['1', '2'], b: ['x', 'y'] },
    issued: ['pair=1|x', 'pair=1|y', 'pair=2|x', 'pair=2|y'],
  },
  {
    name: 'exists fires once',
    rules: 'exists([Type == "a"]) => issue(Type = "b", Value = "1");',
    claims: { a: ['1', '2', '3'] },
    issued: ['b=1'],
  },
  {
    name: 'not exists is false when there is one',
    rules: 'NOT EXISTS([Type == "a", Value == "1"]) => issue(Type = "b", Value = "1");',
    claims: { a: ['1'] },
    issued: [],
  },
  {
    name: 'a selector mixed with an aggregate',
    rules: 'c:[Type == "a"] && NOT EXISTS([Type == "b"]) => issue(claim = c);',
    claims: { a: ['1'], b: ['2'] },
    issued: [],
  },
  {
    name: 'count',
    rules: 'COUNT([Type == "g"]) > 1 => issue(Type = "large", Value = "true");',
    claims: { g: ['1', '2'] },
    issued: ['large=true'],
  },
  {
    name: 'add feeds later rules but not the output',
    rules:
      'c:[Type == "a"] => add(Type = "tmp", Value = "t"); [Type == "tmp"] => issue(Type = "role", Value = "admin");',
    claims: { a: ['1'] },
    issued: ['role=admin'],
  },
  {
    name: 'issue feeds later rules and the output',
    rules: '=> issue(Type = "a", Value = "1"); c:[Type == "a"] => issue(Type = "b", Value = c.Value);',
    claims: {},
    issued: ['a=1', 'b=1'],
  },
  {
    name: '!= does not match an absent claim',
    rules: '[Type == "app", Value != "EAS"] => issue(Type = "deny", Value = "1");',
    claims: {},
    issued: [],
  },
  {
    name: 'RegExReplace takes the domain out of a UPN',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: .NET writes groups this way
    rules: 'c:[Type == "upn"] => issue(Type = "d", Value = RegExReplace(c.Value, ".+@(?<d>.+)", "${d}"));',
    claims: { upn: ['alice@contoso.com'] },
    issued: ['d=contoso.com'],
  },
  {
    name: 'RegExReplace without a match leaves the input',
    rules: 'c:[Type == "upn"] => issue(Type = "d", Value = regexreplace(c.Value, "^x", "y"));',
    claims: { upn: ['alice'] },
    issued: ['d=alice'],
  },
  {
    name: 'a quote in a literal is \\x22',
    rules: '=> issue(Type = "json", Value = "{\\x22a\\x22: 1}");',
    claims: {},
    issued: ['json={"a": 1}'],
  },
  {
    name: 'scenario 1 outside',
    rules: `${flag} => issue(Type = "permit", Value = "true");`,
    claims: outside,
    issued: ['outside=true', 'permit=true'],
  },
  {
    name: 'scenario 1 in the office',
    rules: `${flag} => issue(Type = "permit", Value = "true");`,
    claims: office,
    issued: ['permit=true'],
  },
  {
    name: 'scenario 2 browser',
    rules: exceptActiveSync,
    claims: outside,
    issued: ['outside=true', 'deny=2', 'permit=true'],
  },
  {
    name: 'scenario 2 ActiveSync',
    rules: exceptActiveSync,
    claims: { ...outside, app: ['Microsoft.Exchange.ActiveSync'] },
    issued: ['outside=true', 'permit=true'],
  },
  {
    name: 'scenario 2 another application',
    rules: exceptActiveSync,
    claims: { ...outside, app: ['Microsoft.Exchange.Imap'] },
    issued: ['outside=true', 'deny=1', 'permit=true'],
  },
])('$name', async ({ rules, claims, issued }) => {
  expect((await run(rules, claims)).map(({ type, value }) => `${type}=${value}`)).toEqual(issued)
})

describe('constructed claims', () => {
  test('have the default value type and issuer, and only the given properties', async () => {
    const [made] = await run('=> issue(Type = "t", Value = "v", Properties["p"] = "q");', {})
    expect(made).toEqual(claimOf('t', 'v', { properties: { p: 'q' } }))
    expect(made).toMatchObject({ issuer: 'LOCAL AUTHORITY', originalIssuer: 'LOCAL AUTHORITY' })
  })

  test('take what they are given from a bound claim; an absent property is empty', async () => {
    const rules = parseClaimRules(
      'c:[Type == "a"] => issue(Type = "t", Value = c.Properties["none"], Issuer = c.Issuer, ValueType = c.ValueType);',
    )
    const [made] = await evaluateClaimRules(rules, [claimOf('a', '1', { issuer: 'AD AUTHORITY', valueType: 'x' })])
    expect(made).toMatchObject({ type: 't', value: '', issuer: 'AD AUTHORITY', valueType: 'x' })
  })
})

describe('attribute stores', () => {
  const query =
    'c:[Type == "a"] => issue(store = "active directory", types = ("m", "n"), query = "q", param = c.Value);'

  test('give one claim a value, none for nothing found', async () => {
    const store: AttributeStore = {
      query: async (text, parameters) => [[text, ...parameters], []],
    }
    const issued = await run(query, { a: ['1'] }, { 'Active Directory': store })
    expect(issued).toEqual(['q', '1'].map((value) => claimOf('m', value, { issuer: 'AD AUTHORITY' })))
  })

  test('that do not exist fail the rule set instead of leaving a claim out', async () => {
    await expect(run(query, { a: ['1'] })).rejects.toThrow(ClaimRuleFailure)
  })
})

function run(rules: string, claims: Record<string, string[] | undefined>, stores = {}): Promise<readonly Claim[]> {
  const incoming = Object.entries(claims).flatMap(([type, values]) =>
    (values ?? []).map((value) => claimOf(type, value)),
  )
  return evaluateClaimRules(parseClaimRules(rules), incoming, stores)
}
