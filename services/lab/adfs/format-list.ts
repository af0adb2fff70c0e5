/** A trust as `Format-List *` shows it, or why it cannot be read from that. */
export interface ListedObject {
  readonly properties: Readonly<Record<string, unknown>>
  /** What was shortened, by line. */
  readonly problems: readonly string[]
}

interface Line {
  readonly number: number
  readonly property: string
  readonly value: string
}

const property = /^(\w+)\s*: ?(.*)$/
/** They are of no interest to anybody who reads a trust, and long. */
const ignored = new Set(['ResultantPolicy', 'OrganizationInfo'])
const counts = new Set(['TokenLifetime', 'NotBeforeSkew'])

export function looksLikeFormatList(text: string): boolean {
  return /^(?:Name|Identifier|ObjectIdentifier)\s*: /m.test(text)
}

/**
 * What somebody copied from the shell. It is for people, so that lists are cut short and objects named by their type:
 * each such place is told with its line, because a trust without it would not be that trust.
 */
export function readFormatList(text: string): readonly ListedObject[] {
  const objects: Line[][] = []
  let current: Line[] | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const begins = property.exec(line)
    if (begins) {
      const [, name = '', value = ''] = begins
      // A property comes again when the next object begins.
      if (!current || current.some((each) => each.property === name)) {
        current = []
        objects.push(current)
      }
      current.push({ number: index + 1, property: name, value })
    } else if (current && line.trim() !== '') continueLast(current, line.trim())
  }
  return objects.map(objectOf)
}

function continueLast(lines: Line[], more: string): void {
  const last = lines.pop()
  if (last) lines.push({ ...last, value: `${last.value}\n${more}` })
}

function objectOf(lines: readonly Line[]): ListedObject {
  const own = lines.filter((line) => !ignored.has(line.property))
  return {
    properties: Object.fromEntries(own.map((line) => [line.property, readValue(line)])),
    problems: own.flatMap((line) => problemOf(line) ?? []),
  }
}

function problemOf({ number, property: name, value }: Line): string | undefined {
  const where = `line ${number}, ${name}`
  if (/(?:\.\.\.|…)\}$/.test(value)) return `${where}: the list was cut short; set $FormatEnumerationLimit = -1 before`
  if (/(?:\{|\[|, |^)(?:Microsoft|System)\.[\w.]+/.test(value) || value.startsWith('[Subject]'))
    return `${where}: Format-List does not write this out; use Export-Clixml, or ConvertTo-Json -Depth 5`
  return undefined
}

function readValue({ property: name, value }: Line): unknown {
  if (value === '') return null
  if (value === 'True' || value === 'False') return value === 'True'
  if (counts.has(name) && /^\d+$/.test(value)) return Number(value)
  // A claim rule has braces too, but does not begin with one.
  const list = /^\{([\s\S]*)\}$/.exec(value)
  if (!list) return value
  return (list[1] ?? '').split(/,\s*/).flatMap((each) => (each === '' ? [] : [each.replaceAll('\n', '')]))
}
