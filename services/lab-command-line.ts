import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { textOfFile } from '#shared/text-of-file.ts'
import { LabClient, LabRefusal } from './lab-client.ts'
import {
  type ApiDocument,
  candidatesFor,
  chooseCommand,
  commandsOf,
  isFlag,
  type LabCommand,
  likelyWord,
  requestOf,
  takesFile,
} from './lab-commands.ts'

export interface LabSurroundings {
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
}

/** Of the program: done; refused by the lab, or no stack; written wrong. */
const exitCodes = { done: 0, refused: 1, misspelled: 2 } as const

/**
 * Any operation of a running stack's lab: `mfa approve alice@contoso.com`, `clock change --advance PT1H`, `reset`.
 * The commands are those of its API document, so that the two never differ. `--help` describes what fits, `--json`
 * answers in one line, `--body` takes fields as JSON, `@FILE` stands for what is in a file. Returns the exit code.
 */
export async function runLabCommand(
  gateway: string,
  args: readonly string[],
  { print, complain }: LabSurroundings,
): Promise<number> {
  const client = new LabClient(gateway)
  try {
    const commands = commandsOf(await client.call<ApiDocument>('GET', '/api/openapi.json'))
    const words = args.filter((arg) => arg !== '--help' && arg !== '-h')
    if (words.length < args.length || words.length === 0) {
      print(helpFor(commands, words))
      return exitCodes.done
    }
    const chosen = chooseCommand(commands, words)
    if ('candidates' in chosen) {
      complain(problemWith(commands, words))
      return exitCodes.misspelled
    }
    const { positionals, options, inOneLine } = readOptions(chosen.command, chosen.rest)
    const { method, path, body } = requestOf(chosen.command, positionals, await withFiles(chosen.command, options))
    const answer = await client.call(method, path, body)
    print(`${JSON.stringify(answer ?? {}, undefined, inOneLine ? 0 : 2)}\n`)
    return exitCodes.done
  } catch (error) {
    complain(`${problemOf(error, gateway)}\n`)
    return error instanceof Misspelled ? exitCodes.misspelled : exitCodes.refused
  }
}

class Misspelled extends Error {}

function helpFor(commands: readonly LabCommand[], words: readonly string[]): string {
  const names = words.filter((word) => !word.startsWith('--'))
  const fits = candidatesFor(commands, names)
  return fits.length > 0 ? listOf(fits) : problemWith(commands, names)
}

function problemWith(commands: readonly LabCommand[], words: readonly string[]): string {
  const candidates = candidatesFor(commands, words)
  if (candidates.length > 0) return `${words.join(' ')} is not all of a command, or too much.\n${listOf(candidates)}`
  const likely = likelyWord(commands, words[0] ?? '')
  const hint = likely === undefined ? '"fauxchange lab" lists all.' : `Is it ${likely}?`
  return `There is no command ${words.join(' ')}. ${hint}\n`
}

function readOptions(command: LabCommand, rest: readonly string[]) {
  const named = Object.fromEntries(command.options.map(({ name }) => [name, { type: 'string' as const }]))
  const options = { ...named, body: { type: 'string' as const }, json: { type: 'boolean' as const } }
  try {
    const { values, positionals } = parseArgs({ args: spelledOut(command, rest), options, allowPositionals: true })
    const { json, ...given } = values
    return { positionals, options: given as Readonly<Record<string, string>>, inOneLine: json === true }
  } catch (error) {
    const [problem = ''] = (error as Error).message.split('. ')
    throw new Misspelled(`${problem}.\n${describe(command).trimEnd()}`)
  }
}

/** Lists and objects may come from a file, as curl writes it: `--policies @policies.json`. */
async function withFiles(command: LabCommand, options: Readonly<Record<string, string>>) {
  const fromFiles = ['body', ...command.options.filter(takesFile).map(({ name }) => name)]
  const read = fromFiles.map(async (name) => {
    const file = /^@(.+)$/s.exec(options[name] ?? '')?.[1]
    return file === undefined ? {} : { [name]: await textIn(file) }
  })
  return Object.assign({}, options, ...(await Promise.all(read))) as Readonly<Record<string, string>>
}

async function textIn(file: string): Promise<string> {
  try {
    return textOfFile(await readFile(file))
  } catch (error) {
    throw new Misspelled(`The file ${file} cannot be read: ${(error as Error).message}.`)
  }
}

/** `--freeze` is `--freeze true`. */
function spelledOut({ options }: LabCommand, rest: readonly string[]): string[] {
  const flags = new Set(options.filter(isFlag).map(({ name }) => `--${name}`))
  const isValue = (arg: string | undefined) => arg === 'true' || arg === 'false'
  return rest.flatMap((arg, index) => (flags.has(arg) && !isValue(rest[index + 1]) ? [arg, 'true'] : [arg]))
}

function problemOf(error: unknown, gateway: string): string {
  if (error instanceof LabRefusal) return JSON.stringify(error.answer, undefined, 2)
  if (error instanceof TypeError && error.cause !== undefined) return `No stack answers at ${gateway}.`
  return (error as Error).message
}

/** One line for each, its options below it. */
function listOf(commands: readonly LabCommand[]): string {
  return commands.map(describe).join('')
}

function describe({ words, positionals, options, summary }: LabCommand): string {
  const head = ['fauxchange', ...words, ...positionals.map((name) => name.toUpperCase())].join(' ')
  const lines = options.map(({ name, description }) => `    --${name}  ${description}`.trimEnd())
  return [head, `    ${summary}`, ...lines, ''].join('\n')
}
