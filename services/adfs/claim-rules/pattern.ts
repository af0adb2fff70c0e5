/**
 * .NET regular expressions on V8's engine: inline options become scoped ones, anchors and quoted group names their
 * JavaScript counterparts. Without the `u` flag, because .NET tolerates needless escapes.
 */
export function compilePattern(pattern: string): RegExp {
  return new RegExp(translatePattern(pattern), 'g')
}

/** `${name}` and `$0` in a .NET replacement are `$<name>` and `$&` in JavaScript. */
export function translateReplacement(replacement: string): string {
  return replacement.replace(/\$(?:\{([^}]+)\}|0(?!\d))/g, (_match, group: string | undefined) => {
    if (group === undefined || group === '0') return '$&'
    return /^\d+$/.test(group) ? `$${group}` : `$<${group}>`
  })
}

interface Level {
  /** Scoped groups opened at this level that its end, or the next alternative, must close. */
  readonly options: readonly string[]
}

const part =
  /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?#[^)]*\)|\((?:\?(?:[A-Za-z]*-?[A-Za-z]*\)|'[^']+'|<?[=!]|<[^>=!]+>|[^)<'])?)?|[\s\S]/g
const inlineOption = /^\(\?([A-Za-z]*-?[A-Za-z]*)\)$/
const anchors: Readonly<Record<string, string>> = {
  '\\A': '(?<![\\s\\S])',
  '\\z': '(?![\\s\\S])',
  '\\Z': '(?=\\n?(?![\\s\\S]))',
}

function translatePattern(pattern: string): string {
  const levels: Level[] = [{ options: [] }]
  let written = ''
  for (const [piece] of pattern.matchAll(part)) written += translatePiece(piece, levels)
  return written + closing(levels.at(-1))
}

function translatePiece(piece: string, levels: Level[]): string {
  const level = levels.at(-1) ?? { options: [] }
  const option = inlineOption.exec(piece)?.[1]
  if (option !== undefined) {
    checkOption(option)
    levels[levels.length - 1] = { options: [...level.options, option] }
    return `(?${option}:`
  }
  if (piece.startsWith('(?#')) return ''
  if (piece.startsWith('(?>')) throw new SyntaxError('atomic groups are not supported')
  if (piece.startsWith('(')) {
    levels.push({ options: [] })
    return piece.replace(/^\(\?'([^']+)'$/, '(?<$1>')
  }
  if (piece === ')') return closeLevel(levels)
  // An inline option holds to the end of its group, so every later alternative opens it anew.
  if (piece === '|') return `${closing(level)}|${level.options.map((each) => `(?${each}:`).join('')}`
  return anchors[piece] ?? piece
}

function checkOption(option: string): void {
  const unknown = option.replace(/[ims-]/g, '')
  if (unknown || option === '') throw new SyntaxError(`the inline option "${option}" is not supported`)
}

function closeLevel(levels: Level[]): string {
  return `${closing(levels.length > 1 ? levels.pop() : undefined)})`
}

function closing(level: Level | undefined): string {
  return ')'.repeat(level?.options.length ?? 0)
}
