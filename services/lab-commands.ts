/** What of an OpenAPI 3.1 document the command line needs. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>
}

interface ApiOperation {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly ApiParameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: ApiSchema }>> }
}

interface ApiParameter {
  readonly name: string
  readonly in: string
  readonly description?: string
  readonly schema: ApiSchema
}

interface ApiSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, ApiSchema>>
}

/** `fauxchange mfa approve USER`: one operation of the lab's API as a command. */
export interface LabCommand {
  /** The literal parts of the path, then the verb: `['mfa', 'approve']`. */
  readonly words: readonly string[]
  readonly method: string
  readonly path: string
  readonly summary: string
  /** Names of the path's parameters, in order. */
  readonly positionals: readonly string[]
  readonly options: readonly LabOption[]
}

interface LabOption {
  readonly name: string
  readonly in: 'query' | 'body'
  readonly description: string
  readonly schema: ApiSchema
}

export function commandsOf({ paths }: ApiDocument): readonly LabCommand[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => commandOf(path, method, operation)),
  )
}

function commandOf(path: string, method: string, operation: ApiOperation): LabCommand {
  const segments = path.replace(/^\/api\//, '').split('/')
  const literals = segments.filter((segment) => !segment.startsWith('{'))
  const verb = /^[a-z]+/.exec(operation.operationId)?.[0] ?? method
  const { parameters = [], requestBody } = operation
  const body = requestBody?.content['application/json']?.schema.properties ?? {}
  return {
    words: literals.some((literal) => literal.startsWith(verb)) ? literals : [...literals, verb],
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    positionals: segments.filter((segment) => segment.startsWith('{')).map((segment) => segment.slice(1, -1)),
    options: [
      ...parameters
        .filter((each) => each.in === 'query')
        .map(({ name, description = '', schema }) => ({ name, in: 'query' as const, description, schema })),
      ...Object.entries(body).map(([name, schema]) => ({
        ...{ name, in: 'body' as const, schema },
        description: schema.description ?? '',
      })),
    ],
  }
}

export type ChosenCommand =
  | { readonly command: LabCommand; readonly rest: readonly string[] }
  | { readonly candidates: readonly LabCommand[] }

/** The command with the most words of its own in front; reading is what is meant where no verb is given. */
export function chooseCommand(commands: readonly LabCommand[], args: readonly string[]): ChosenCommand {
  const spelled = (words: readonly string[]) => words.every((word, index) => args[index] === word)
  const isWord = (index: number) => commands.some(({ words }) => spelled(words.slice(0, index + 1)) && words[index])
  const readings = commands.flatMap((command) => {
    const words = command.words.slice(0, -1)
    // What is the word of another command is no name: `mfa approve` lacks its person.
    return command.method === 'GET' && !isWord(words.length) ? [{ command, words }] : []
  })
  const fits = [...commands.map((command) => ({ command, words: command.words })), ...readings].filter(
    ({ command, words }) => spelled(words) && positionalsAfter(args, words.length) === command.positionals.length,
  )
  const best = fits.toSorted((a, b) => b.words.length - a.words.length)[0]
  if (best && best.words.length > 0) return { command: best.command, rest: args.slice(best.words.length) }
  return { candidates: candidatesFor(commands, args) }
}

/** Those that agree with what was written for longest; of the whole lab when nothing was. */
export function candidatesFor(commands: readonly LabCommand[], args: readonly string[]): readonly LabCommand[] {
  if (args.length === 0) return commands
  const agreed = ({ words }: LabCommand) => {
    const end = words.findIndex((word, index) => args[index] !== word)
    return end < 0 ? words.length : end
  }
  const longest = Math.max(0, ...commands.map(agreed))
  return longest === 0 ? [] : commands.filter((command) => agreed(command) === longest)
}

/** For a first word that no command has: the one that is written most alike, if any is. */
export function likelyWord(commands: readonly LabCommand[], written: string): string | undefined {
  const words = [...new Set(commands.map(({ words: [first = ''] }) => first))]
  const near = words.map((word) => ({ word, changes: changesBetween(word, written) }))
  const best = near.toSorted((a, b) => a.changes - b.changes)[0]
  return best && best.changes <= Math.max(1, Math.floor(written.length / 3)) ? best.word : undefined
}

/** Letters to add, drop or exchange (Levenshtein). */
function changesBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1]
    for (const [index, another] of [...other].entries()) {
      const exchanged = (row[index] ?? 0) + (letter === another ? 0 : 1)
      next.push(Math.min(exchanged, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}

function positionalsAfter(args: readonly string[], words: number): number {
  const end = args.findIndex((arg) => arg.startsWith('--'))
  return (end < 0 ? args.length : end) - words
}

export interface LabRequest {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

/** @param options as written; each is read as the schema of its field says; `body` holds further fields as JSON */
export function requestOf(
  command: LabCommand,
  positionals: readonly string[],
  options: Readonly<Record<string, string>>,
): LabRequest {
  const path = command.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(positionals[command.positionals.indexOf(name)] ?? ''),
  )
  const given = command.options.filter(({ name }) => options[name] !== undefined)
  const query = given
    .filter((each) => each.in === 'query')
    .map(({ name }): [string, string] => [name, options[name] ?? ''])
  const fields = given.filter((each) => each.in === 'body')
  const values = fields.map(({ name, schema }) => [name, readValue(options[name] ?? '', schema)])
  const search = query.length > 0 ? `?${new URLSearchParams(query)}` : ''
  const json = options.body === undefined ? {} : { ...(JSON.parse(options.body) as object) }
  const hasBody = values.length > 0 || options.body !== undefined
  const body = hasBody ? { body: { ...json, ...Object.fromEntries(values) } } : {}
  return { method: command.method, path: path + search, ...body }
}

/** Whether `--name @FILE` means what is in the file: where text is not all that an option can be. */
export function takesFile({ schema: { type } }: LabOption): boolean {
  return type !== 'string' && type !== 'boolean' && type !== 'number' && type !== 'integer'
}

/** Whether an option may stand without a value: `--freeze`. */
export function isFlag({ schema: { type } }: LabOption): boolean {
  return type === 'boolean'
}

function readValue(text: string, { type }: ApiSchema): unknown {
  const types = typeof type === 'string' ? [type] : (type ?? [])
  if (types.includes('string')) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
