import { parseArgs } from 'node:util'
import { LabClient, LabRefusal } from './lab-client.ts'
import { type ApiDocument, chooseCommand, commandsOf, type LabCommand, requestOf } from './lab-commands.ts'

export interface LabSurroundings {
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
}

/**
 * Any operation of a running stack's lab: `mfa approve alice@contoso.com`, `clock change --advance PT1H`, `reset`.
 * The commands are those of its API document, so that the two never differ. Returns the exit code.
 */
export async function runLabCommand(
  gateway: string,
  args: readonly string[],
  { print, complain }: LabSurroundings,
): Promise<number> {
  const client = new LabClient(gateway)
  try {
    const commands = commandsOf(await client.call<ApiDocument>('GET', '/api/openapi.json'))
    const chosen = chooseCommand(commands, args)
    if ('candidates' in chosen) {
      complain(chosen.candidates.length > 0 ? listOf(chosen.candidates) : `There is no command ${args.join(' ')}.\n`)
      return args.length === 0 ? 0 : 2
    }
    const { positionals, options } = readOptions(chosen.command, chosen.rest)
    const { method, path, body } = requestOf(chosen.command, positionals, options)
    print(`${JSON.stringify(await client.call(method, path, body), undefined, 2)}\n`)
    return 0
  } catch (error) {
    complain(`${problemOf(error, gateway)}\n`)
    return error instanceof TypeError && 'code' in error ? 2 : 1
  }
}

function readOptions(command: LabCommand, rest: readonly string[]) {
  const named = Object.fromEntries(command.options.map(({ name }) => [name, { type: 'string' as const }]))
  const options = { ...named, json: { type: 'string' as const } }
  const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true })
  return { positionals, options: values as Readonly<Record<string, string>> }
}

function problemOf(error: unknown, gateway: string): string {
  if (error instanceof LabRefusal) return JSON.stringify(error.answer, undefined, 2)
  if (error instanceof TypeError && error.cause !== undefined) return `No stack answers at ${gateway}.`
  return (error as Error).message
}

/** One line for each, its options below it. */
export function listOf(commands: readonly LabCommand[]): string {
  return commands.map(describe).join('')
}

function describe({ words, positionals, options, summary }: LabCommand): string {
  const head = ['fauxchange', ...words, ...positionals.map((name) => name.toUpperCase())].join(' ')
  const lines = options.map(({ name, description }) => `    --${name}  ${description}`.trimEnd())
  return [head, `    ${summary}`, ...lines, ''].join('\n')
}
