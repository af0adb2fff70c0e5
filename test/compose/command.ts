import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url))

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal
}

/** Runs a command to its end with its output on this terminal. */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<void> {
  console.log(`+ ${[command, ...args].join(' ')}`)
  await ended(start(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] }), command)
}

/** Runs a command to its end and gives what it wrote to its standard output. */
export async function read(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const child = start(command, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  await ended(child, command)
  return output
}

export function start(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(command, args, { cwd: projectFolder, ...options })
}

export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}

async function ended(child: ChildProcess, command: string): Promise<void> {
  const code = await exitOf(child)
  if (code !== 0) throw new Error(`${command} ended with exit code ${code}`)
}
