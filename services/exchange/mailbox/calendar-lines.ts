/** One content line of iCalendar (RFC 5545 §3.1); parameters by upper-case name. */
export interface CalendarLine {
  readonly name: string
  readonly parameters: Readonly<Record<string, string>>
  readonly value: string
}

export function calendarLines(text: string): readonly CalendarLine[] {
  return text
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .flatMap(lineOf)
}

function lineOf(line: string): readonly CalendarLine[] {
  const parts = /^([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^;:"]*))*):(.*)$/.exec(line)
  if (!parts) return []
  const parameters = [...(parts[2] ?? '').matchAll(/;([\w-]+)=("[^"]*"|[^;:"]*)/g)].map(([, name = '', value = '']) => {
    return [name.toUpperCase(), value.replace(/^"|"$/g, '')]
  })
  return [{ name: (parts[1] ?? '').toUpperCase(), parameters: Object.fromEntries(parameters), value: parts[3] ?? '' }]
}

/** The lines inside each component of a name, without what encloses them. */
export function componentsOf(lines: readonly CalendarLine[], component: string): readonly (readonly CalendarLine[])[] {
  const found: CalendarLine[][] = []
  let open: CalendarLine[] | undefined
  for (const line of lines) {
    if (line.name === 'BEGIN' && line.value.toUpperCase() === component) open = []
    else if (line.name === 'END' && line.value.toUpperCase() === component) {
      if (open) found.push(open)
      open = undefined
    } else open?.push(line)
  }
  // A text that breaks off still says what it says.
  return open ? [...found, open] : found
}

/** Long lines are folded at 75 octets (RFC 5545 §3.1). */
export function foldedLine(line: string): string {
  const pieces: string[] = []
  let piece = ''
  for (const character of line) {
    if (Buffer.byteLength(piece + character) > (pieces.length === 0 ? 75 : 74)) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...pieces, piece].join('\r\n ')
}

export function escapedText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n')
}

export function unescapedText(value: string): string {
  return value.replace(/\\([nN,;\\])/g, (_, character: string) => (character.toLowerCase() === 'n' ? '\n' : character))
}
