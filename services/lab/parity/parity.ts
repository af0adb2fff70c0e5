import type { Token, Tokens } from 'marked'

export const parityKinds = ['claim', 'gap', 'divergence'] as const
export type ParityKind = (typeof parityKinds)[number]

/** One line of a service's README about how it stands to the product. */
export interface ParityRow {
  readonly service: string
  readonly kind: ParityKind
  readonly section: string
  readonly text: string
  readonly tokens: readonly Token[]
  /** Of claims: the files of tests, from the root of the project; patterns may have asterisks. */
  readonly witnesses: readonly string[]
}

/** Whether a path from the root, or a pattern of one, is there; where no tests are shipped, everything is. */
export type FindWitness = (pattern: string) => boolean

/** Claims are rows of tables with a column of witnesses; gaps and divergences are lists under such headings. */
export async function parityRows(
  service: string,
  readme: string,
  finds: FindWitness = () => true,
): Promise<readonly ParityRow[]> {
  const { lexer } = await import('marked')
  const rows: ParityRow[] = []
  let section = ''
  for (const token of lexer(readme)) {
    if (token.type === 'heading') section = (token as Tokens.Heading).text
    const kind = kindOf(section)
    if (token.type === 'table') rows.push(...tableRows(token as Tokens.Table, { service, section, finds, kind }))
    if (token.type === 'list' && kind) {
      for (const { text, tokens } of (token as Tokens.List).items)
        rows.push({ service, kind, section, text, tokens: inlineOf(tokens), witnesses: [] })
    }
  }
  return rows
}

function kindOf(section: string): ParityKind | undefined {
  if (/diverg/i.test(section)) return 'divergence'
  return /^gaps|not there|^limits/i.test(section) ? 'gap' : undefined
}

function inlineOf(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token) => ('tokens' in token ? (token.tokens ?? []) : [token]))
}

interface Place {
  readonly service: string
  readonly section: string
  readonly finds: FindWitness
  readonly kind: ParityKind | undefined
}

function tableRows(table: Tokens.Table, place: Place): readonly ParityRow[] {
  const { service, section, kind } = place
  const column = table.header.findIndex(({ text }) => /^(?:witness|test)$/i.test(text))
  if (column >= 0) return claims(table, column, place)
  if (!kind) return []
  return table.rows.map((cells) => ({ ...said(cells, table.header), service, section, kind, witnesses: [] }))
}

function claims(
  { header, rows }: Tokens.Table,
  column: number,
  { service, section, finds }: Place,
): readonly ParityRow[] {
  let before: readonly string[] = []
  return rows.map((cells) => {
    const witnesses = witnessesOf(cells[column]?.text ?? '', { service, before, finds })
    before = witnesses
    return {
      ...{ service, section, witnesses, kind: 'claim' as const },
      ...said(cells.toSpliced(column, 1), header),
    }
  })
}

/** Cells one after the other; those after the first with the name of their column. */
function said(cells: readonly Tokens.TableCell[], header: readonly Tokens.TableCell[]) {
  const before = (index: number) => (index === 0 ? '' : ` · ${header[index]?.text ?? ''}: `)
  return {
    text: cells.map(({ text }, index) => before(index) + text).join(''),
    tokens: cells.flatMap(({ tokens }, index) => [asToken(before(index)), ...tokens]),
  }
}

function asToken(text: string): Token {
  return { type: 'text', raw: text, text }
}

interface Around {
  readonly service: string
  /** Those of the row above. */
  readonly before: readonly string[]
  readonly finds: FindWitness
}

/** `same` and `both …` mean those of the rows above; a bare name stands beside the one before, or anywhere in the service. */
function witnessesOf(cell: string, { service, before, finds }: Around): readonly string[] {
  const named = [...cell.matchAll(/`([\w*./-]+)`/g)].map((match) => match[1] ?? '')
  const inherited = /\bsame\b|^both /.test(cell) ? before : []
  const found: string[] = [...inherited]
  for (const name of named) {
    const beside = found.at(-1)?.replace(/[^/]*$/, '') ?? ''
    const bare = name.endsWith('.ts') ? name : `${name.replace(/\/$/, '')}/**/*.test.ts`
    const places = [bare, `services/${service}/${bare}`, `${beside}${bare}`, `services/${service}/**/${bare}`]
    const inRoot = /^(?:services|shared|certs|test)\//.test(name)
    found.push((inRoot ? [bare] : places.slice(1)).find(finds) ?? bare)
  }
  return [...new Set(found)]
}
