import { ClaimRuleError, type Position } from './claim-rule-error.ts'
import { compilePattern, translateReplacement } from './pattern.ts'
import { scanClaimRules } from './scan.ts'
import type {
  Action,
  Assignment,
  ClaimField,
  Comparison,
  Condition,
  Expression,
  PropertyReference,
  Rule,
  RuleSet,
  Target,
  Test,
} from './syntax.ts'
import { readTokens, type TokenReader } from './token-reader.ts'

const fields: Readonly<Record<string, ClaimField>> = {
  type: 'type',
  value: 'value',
  valuetype: 'valueType',
  issuer: 'issuer',
  originalissuer: 'originalIssuer',
}
const comparisons = ['==', '!=', '>=', '<=', '>', '<'] as const satisfies readonly Comparison[]

/** @throws ClaimRuleError with the line and column of the first mistake. */
export function parseClaimRules(text: string): RuleSet {
  const reader = readTokens(scanClaimRules(text))
  const rules: Rule[] = []
  while (!reader.atEnd()) rules.push(rule(reader))
  return rules
}

function rule(reader: TokenReader): Rule {
  const { position } = reader.peek()
  const annotations = annotationsOf(reader)
  const conditions = reader.is('=>') ? [] : conditionsOf(reader)
  reader.expect('=>')
  const action = actionOf(reader, new Set(conditions.flatMap(identifierOf)))
  reader.expect(';')
  return { name: annotations.rulename, template: annotations.ruletemplate, position, conditions, action }
}

function annotationsOf(reader: TokenReader): Readonly<Record<string, string>> {
  const annotations: Record<string, string> = {}
  while (reader.take('@')) {
    const { text } = reader.word('RuleName', 'RuleTemplate')
    reader.expect('=')
    annotations[text.toLowerCase()] = reader.string().text
  }
  return annotations
}

function conditionsOf(reader: TokenReader): readonly Condition[] {
  const conditions: Condition[] = []
  const identifiers = new Set<string>()
  do {
    const { position } = reader.peek()
    const condition = conditionOf(reader)
    for (const identifier of identifierOf(condition)) {
      if (identifiers.has(identifier)) throw new ClaimRuleError(`"${identifier}" names two conditions`, position)
      identifiers.add(identifier)
    }
    conditions.push(condition)
  } while (reader.take('&&'))
  return conditions
}

function identifierOf(condition: Condition): readonly string[] {
  return condition.kind === 'match' && condition.identifier !== undefined ? [condition.identifier] : []
}

function conditionOf(reader: TokenReader): Condition {
  if (reader.is('[')) return { kind: 'match', tests: selector(reader) }
  if (reader.is('not') || (reader.is('exists') && reader.follows('('))) return existence(reader)
  if (reader.is('count') && reader.follows('(')) return count(reader)
  const identifier = reader.identifier().text
  reader.expect(':')
  return { kind: 'match', identifier, tests: selector(reader) }
}

function existence(reader: TokenReader): Condition {
  const wanted = !reader.take('not')
  reader.expect('exists')
  return { kind: 'exists', wanted, tests: parenthesized(reader) }
}

function count(reader: TokenReader): Condition {
  reader.expect('count')
  const tests = parenthesized(reader)
  const comparison = reader.oneOf(comparisons)
  return { kind: 'count', tests, comparison, number: Number(reader.number().text) }
}

function parenthesized(reader: TokenReader): readonly Test[] {
  reader.expect('(')
  const tests = selector(reader)
  reader.expect(')')
  return tests
}

function selector(reader: TokenReader): readonly Test[] {
  reader.expect('[')
  const tests: Test[] = []
  if (!reader.is(']'))
    do tests.push(test(reader))
    while (reader.take(','))
  reader.expect(']')
  return tests
}

function test(reader: TokenReader): Test {
  const property = propertyReference(reader)
  const operator = reader.oneOf(['==', '!=', '=~', '!~'] as const)
  const operand = reader.string()
  if (operator === '==' || operator === '!=') return { kind: 'text', operator, property, operand: operand.text }
  return { kind: 'pattern', operator, property, pattern: pattern(operand) }
}

function propertyReference(reader: TokenReader): PropertyReference {
  const word = reader.word('Type', 'Value', 'ValueType', 'Issuer', 'OriginalIssuer', 'Properties')
  const field = fields[word.text.toLowerCase()]
  if (field) return { kind: 'field', field }
  reader.expect('[')
  const name = reader.string().text
  reader.expect(']')
  return { kind: 'property', name }
}

function actionOf(reader: TokenReader, identifiers: ReadonlySet<string>): Action {
  const target = reader.word('issue', 'add').text.toLowerCase() as Target
  reader.expect('(')
  const action = reader.is('claim')
    ? copy(reader, target, identifiers)
    : reader.is('store')
      ? query(reader, target, identifiers)
      : construct(reader, target, identifiers)
  reader.expect(')')
  return action
}

function copy(reader: TokenReader, target: Target, identifiers: ReadonlySet<string>): Action {
  reader.expect('claim')
  reader.expect('=')
  return { kind: 'copy', target, identifier: knownIdentifier(reader, identifiers) }
}

function query(reader: TokenReader, target: Target, identifiers: ReadonlySet<string>): Action {
  const store = namedString(reader, 'store')
  reader.expect(',')
  reader.expect('types')
  reader.expect('=')
  const types = stringList(reader)
  reader.expect(',')
  const text = namedString(reader, 'query')
  const parameters: Expression[] = []
  while (reader.take(',')) {
    reader.expect('param')
    reader.expect('=')
    parameters.push(expression(reader, identifiers))
  }
  return { kind: 'query', target, store, types, query: text, parameters }
}

function namedString(reader: TokenReader, name: string): string {
  reader.expect(name)
  reader.expect('=')
  return reader.string().text
}

function stringList(reader: TokenReader): readonly string[] {
  reader.expect('(')
  const texts: string[] = []
  do texts.push(reader.string().text)
  while (reader.take(','))
  reader.expect(')')
  return texts
}

function construct(reader: TokenReader, target: Target, identifiers: ReadonlySet<string>): Action {
  const { position } = reader.peek()
  const assignments: Assignment[] = []
  do {
    const to = propertyReference(reader)
    reader.expect('=')
    assignments.push({ to, value: expression(reader, identifiers) })
  } while (reader.take(','))
  const givesType = assignments.some(({ to }) => to.kind === 'field' && to.field === 'type')
  if (!givesType) throw new ClaimRuleError('a constructed claim needs a Type', position)
  return { kind: 'construct', target, assignments }
}

function expression(reader: TokenReader, identifiers: ReadonlySet<string>): Expression {
  let left = term(reader, identifiers)
  while (reader.take('+')) left = { kind: 'join', left, right: term(reader, identifiers) }
  return left
}

function term(reader: TokenReader, identifiers: ReadonlySet<string>): Expression {
  if (reader.peek().kind === 'string') return { kind: 'literal', text: reader.string().text }
  if (reader.is('regexreplace') && reader.follows('(')) return replacement(reader, identifiers)
  const identifier = knownIdentifier(reader, identifiers)
  reader.expect('.')
  return { kind: 'reference', identifier, property: propertyReference(reader) }
}

function replacement(reader: TokenReader, identifiers: ReadonlySet<string>): Expression {
  reader.expect('regexreplace')
  reader.expect('(')
  const input = expression(reader, identifiers)
  reader.expect(',')
  const compiled = pattern(reader.string())
  reader.expect(',')
  const text = translateReplacement(reader.string().text)
  reader.expect(')')
  return { kind: 'replace', input, pattern: compiled, replacement: text }
}

function knownIdentifier(reader: TokenReader, identifiers: ReadonlySet<string>): string {
  const { text, position } = reader.identifier()
  if (!identifiers.has(text)) throw new ClaimRuleError(`no condition of this rule is named "${text}"`, position)
  return text
}

function pattern({ text, position }: { text: string; position: Position }): RegExp {
  try {
    return compilePattern(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ClaimRuleError(`this regular expression cannot be read: ${why}`, position)
  }
}
