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
    words: literals.at(-1)?.split('-')[0] === verb ? literals : [...literals, verb],
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
  const fits = commands
    .flatMap((command) => [
      { command, words: command.words },
      ...(command.method === 'GET' ? [{ command, words: command.words.slice(0, -1) }] : []),
    ])
    .filter(
      ({ command, words }) => spelled(words) && positionalsAfter(args, words.length) === command.positionals.length,
    )
  const best = fits.toSorted((a, b) => b.words.length - a.words.length)[0]
  if (best && best.words.length > 0) return { command: best.command, rest: args.slice(best.words.length) }
  return { candidates: commands.filter(({ words }) => args[0] === undefined || words[0] === args[0]) }
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

/** @param options as written; each is read as the schema of its field says */
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
  const json = options.json === undefined ? {} : { ...(JSON.parse(options.json) as object) }
  const hasBody = values.length > 0 || options.json !== undefined
  const body = hasBody ? { body: { ...json, ...Object.fromEntries(values) } } : {}
  return { method: command.method, path: path + search, ...body }
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
