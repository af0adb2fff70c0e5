import type { FilterExpression, Lambda, Literal, Path } from './filter-expression.ts'

/** The expression as text that reads back as the same expression. */
export function formatFilter(expression: FilterExpression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.map((term) => formatOperand(term, expression.kind)).join(` ${expression.kind} `)
    case 'not':
      return `not ${formatOperand(expression.term, 'not')}`
    case 'comparison':
      return `${formatPath(expression.path)} ${expression.operator} ${formatLiteral(expression.value)}`
    case 'in':
      return `${formatPath(expression.path)} in (${expression.values.map(formatLiteral).join(',')})`
    case 'text':
      return `${expression.name}(${formatPath(expression.path)},${quote(expression.value)})`
    default:
      return formatLambda(expression)
  }
}

export function formatPath({ variable, segments, count }: Path): string {
  return [...(variable === undefined ? [] : [variable]), ...segments, ...(count ? ['$count'] : [])].join('/')
}

function formatLambda({ kind, path, element }: Lambda): string {
  const inside = element ? `${element.variable}:${formatFilter(element.condition)}` : ''
  return `${formatPath(path)}/${kind}(${inside})`
}

function formatLiteral({ type, value }: Literal): string {
  return type === 'string' ? quote(value) : String(value)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function formatOperand(term: FilterExpression, around: 'and' | 'or' | 'not'): string {
  const loose = term.kind === 'or' || (term.kind === 'and' && around !== 'or')
  return loose ? `(${formatFilter(term)})` : formatFilter(term)
}
