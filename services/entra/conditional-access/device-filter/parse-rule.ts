import { deviceVocabulary, type Vocabulary } from './properties.ts'
import { readComparison } from './read-comparison.ts'
import type { Rule } from './rule.ts'
import { DeviceFilterRuleError } from './rule-error.ts'
import { RuleReader } from './rule-reader.ts'

/** "Filter for devices": "The maximum length for the filter rule is 3072 characters". */
const longestRule = 3072
/** Ours: no published limit, and a rule this deep is a mistake. */
const deepestRule = 100

/** Throws DeviceFilterRuleError. Precedence: comparisons, -not, -and, -or ("rules for dynamic membership groups"). */
export function parseRule(text: string, vocabulary: Vocabulary = deviceVocabulary): Rule {
  const start = { text, offset: 0 }
  if (text.length > longestRule) {
    throw new DeviceFilterRuleError('tooLong', start, { length: text.length, limit: longestRule })
  }
  const reader = new RuleReader(text, vocabulary)
  if (reader.at('end')) throw new DeviceFilterRuleError('empty', start)
  const rule = readJunction(reader, 'or', 0)
  if (!reader.at('end')) throw reader.error('expectedEnd')
  return rule
}

function readJunction(reader: RuleReader, kind: 'and' | 'or', depth: number): Rule {
  const readTerm = () => (kind === 'or' ? readJunction(reader, 'and', depth) : readTermOf(reader, depth))
  const first = readTerm()
  const terms = [first]
  while (reader.takeWord(kind)) terms.push(readTerm())
  return terms.length === 1 ? first : { kind, terms }
}

function readTermOf(reader: RuleReader, depth: number): Rule {
  if (depth > deepestRule) throw reader.error('tooDeep', { limit: deepestRule })
  if (reader.takeWord('not')) return { kind: 'not', term: readTermOf(reader, depth + 1) }
  if (!reader.at('(')) return readComparison(reader)
  reader.take()
  const rule = readJunction(reader, 'or', depth + 1)
  if (!reader.at(')')) throw reader.error('expectedParenthesis')
  reader.take()
  return rule
}
