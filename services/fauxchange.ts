#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import { chooseGateway, originOf, WrittenWrong, zoneOf } from './gateway-choice.ts'
import { unsupportedNode } from './supported-node.ts'

/** The program of the package: starts a stack, opens the way to one for other programs, and steers its lab. */
const usage = `fauxchange up [--help]                      start the whole stack, or the deployments that are named
fauxchange doctor                           check this machine and the stack that runs on it
fauxchange browser [--zone corp] [URL]      a browser with a throw-away profile, in the stack's world
fauxchange browser --passkeys USER [URL]    the same; its pages sign with the passkeys on that person's phone
fauxchange env [--zone corp] [--json]       variables for other programs: eval "$(fauxchange env)"
fauxchange run [--zone corp] -- COMMAND     run a command with these variables
fauxchange run --up -- COMMAND              the same, with a stack of its own for as long as it runs
fauxchange verdicts FILE [--update]         compare a table of decisions with what the stack decides now;
                                            --format junit, tap or json for a CI server
fauxchange lab                              every command of the lab of the stack that runs, such as
    fauxchange mfa approve alice@contoso.com
    fauxchange clock change --advance PT1H
    fauxchange mfa --help
    fauxchange reset
    Exit code 0: done; 1: refused, with what the lab says; 2: written wrong. --json: the answer in one line;
    --body JSON: fields that have no option.
fauxchange --version                        of this package, and of the Node that runs it

--gateway http://127.0.0.1:8080, after the first word, names another stack by one of its gateways, as FAUXCHANGE_GATEWAY
does; --zone chooses between the two.
`

const [first = 'help', ...rest] = process.argv.slice(2)
const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  up: () => import('./main.ts'),
  doctor: () => import('./doctor.ts'),
  browser: () => import('./browser.ts'),
}

const refusal = unsupportedNode(process.versions.node)
const program = programs[first]
if (refusal) process.exitCode = say(`${refusal}\n`, 1)
else if (program) {
  process.argv.splice(2, 1)
  await program()
} else process.exitCode = await carryOut()

function carryOut(): Promise<number> | number {
  if (['help', '--help', '-h'].includes(first)) return say(usage, 0)
  if (['--version', '-V'].includes(first)) return tellVersion()
  if (asksHow()) return say(usageOf(first), 0)
  if (first === 'env') return printEnvironment()
  if (first === 'run') return runCommand()
  return steerLab()
}

/** The words that the command which is run has for itself are its own. */
function asksHow(): boolean {
  const end = rest.indexOf('--')
  const own = end < 0 ? rest : rest.slice(0, end)
  return ['env', 'run', 'verdicts'].includes(first) && own.some((word) => word === '--help' || word === '-h')
}

function usageOf(word: string): string {
  const lines = usage.match(new RegExp(`^fauxchange ${word} .*\\n(?: .*\\n)*`, 'gm')) ?? []
  return `${lines.join('')}${usage.slice(usage.indexOf('\n\n') + 1)}`
}

function say(text: string, exitCode: number): number {
  if (exitCode === 0) process.stdout.write(text)
  else process.stderr.write(text)
  return exitCode
}

/** With the reason, in one line. */
function fail(error: unknown): number {
  const { message, code } = error as NodeJS.ErrnoException
  const isWrittenWrong = error instanceof WrittenWrong || code?.startsWith('ERR_PARSE_ARGS') === true
  return say(`${message}\n`, isWrittenWrong ? 2 : 1)
}

async function tellVersion(): Promise<number> {
  const { readFile } = await import('node:fs/promises')
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return say(`${(JSON.parse(manifest) as { version: string }).version} (Node ${process.versions.node})\n`, 0)
}

async function printEnvironment(): Promise<number> {
  const options = { zone: { type: 'string' }, gateway: { type: 'string' }, json: { type: 'boolean' } } as const
  try {
    const { values } = parseArgs({ args: rest, options })
    const { clientEnvironment } = await import('./client-environment.ts')
    const { variables, missing } = await clientEnvironment(await gatewayOf(values))
    for (const line of missing) process.stderr.write(`${line}\n`)
    if (values.json) return say(`${JSON.stringify(variables, undefined, 2)}\n`, 0)
    const lines = Object.entries(variables).map(
      ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`,
    )
    return say(lines.join(''), 0)
  } catch (error) {
    return fail(error)
  }
}

async function runCommand(): Promise<number> {
  const end = rest.indexOf('--')
  const [command, ...args] = end < 0 ? [] : rest.slice(end + 1)
  if (command === undefined) return say(`The command to run stands after --.\n\n${usageOf(first)}`, 2)
  const options = { zone: { type: 'string' }, gateway: { type: 'string' }, up: { type: 'boolean' } } as const
  try {
    const { values } = parseArgs({ args: rest.slice(0, end), options })
    const { clientEnvironment } = await import('./client-environment.ts')
    if (!values.up) return await spawned(command, args, (await clientEnvironment(await gatewayOf(values))).variables)
    const zone = zoneOf(values.zone)
    const { startStack } = await import('./stack.ts')
    await using stack = await startStack()
    return await spawned(command, args, (await clientEnvironment(stack.proxy(zone))).variables)
  } catch (error) {
    return fail(error)
  }
}

/** Ends as the command ends; a signal to us is the command's. */
function spawned(command: string, args: readonly string[], variables: Readonly<Record<string, string>>) {
  return new Promise<number>((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...variables } })
    const signals = ['SIGINT', 'SIGTERM'] as const
    for (const signal of signals) process.on(signal, () => child.kill(signal))
    child.once('error', (error) => resolve(say(`${command} cannot be started: ${error.message}\n`, 127)))
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']))
  })
}

async function steerLab(): Promise<number> {
  const words = first === 'lab' ? rest : [first, ...rest]
  const at = words.indexOf('--gateway')
  try {
    if (at < 0) return await commandLab(await gatewayOf({}), words)
    const gateway = words[at + 1]
    if (gateway === undefined) throw new WrittenWrong('--gateway needs an address, such as http://127.0.0.1:8080.')
    return await commandLab(originOf(gateway), words.toSpliced(at, 2))
  } catch (error) {
    return fail(error)
  }
}

async function commandLab(gateway: string, command: readonly string[]): Promise<number> {
  const surroundings = {
    print: (text: string) => void process.stdout.write(text),
    complain: (text: string) => void process.stderr.write(text),
  }
  if (first === 'verdicts') {
    const { runVerdicts } = await import('./verdicts.ts')
    return runVerdicts(gateway, command.slice(1), surroundings)
  }
  const { runLabCommand } = await import('./lab-command-line.ts')
  return runLabCommand(gateway, command, surroundings)
}

function gatewayOf(wish: { zone?: string | undefined; gateway?: string | undefined }): Promise<string> {
  return chooseGateway({ ...wish, environment: process.env.FAUXCHANGE_GATEWAY })
}
