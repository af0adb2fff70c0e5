import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endsWithParent } from './ends-with-parent.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** From the moment that the signal was sent. */
  readonly milliseconds: number
}

interface Command {
  readonly program?: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** The project as somebody at a terminal starts it: another process, known by what it prints. */
export class StartedProcess implements AsyncDisposable {
  readonly child: ChildProcess
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  #stdout = ''
  #stderr = ''

  constructor({ program = process.execPath, args, environment = {} }: Command) {
    const env = { ...process.env, ...environment }
    // Its own process group, so that what it started can be ended with it.
    const [command, line] = endsWithParent(program, args, 'SIGKILL')
    this.child = spawn(command, line, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.child.emit('printed')
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', (code, signal) => resolve({ code, signal }))
    })
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  /** Waits until what was printed matches; fails when the process ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    let gone = false
    const ended = this.exited.then(() => {
      gone = true
    })
    for (;;) {
      const match = pattern.exec(this.#stdout)
      if (match) return match
      if (gone) throw new Error(`ended without printing ${pattern}:\n${this.#stdout}\n${this.#stderr}`)
      await Promise.race([ended, new Promise((resolve) => this.child.once('printed', resolve))])
    }
  }

  async end(signal: NodeJS.Signals): Promise<Ending> {
    const sent = performance.now()
    if (this.child.exitCode !== null || this.child.signalCode !== null)
      return { ...(await this.exited), milliseconds: 0 }
    const ended = new Promise<Omit<Ending, 'milliseconds'>>((resolve) => {
      this.child.once('exit', (code, exitSignal) => resolve({ code, signal: exitSignal }))
    })
    this.child.kill(signal)
    return { ...(await ended), milliseconds: performance.now() - sent }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#killGroup()
    this.child.stdout?.destroy()
    this.child.stderr?.destroy()
    await this.exited.catch(() => undefined)
  }

  #killGroup(): void {
    if (this.child.pid === undefined) return
    try {
      process.kill(-this.child.pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

const portNames = ['internet', 'internet-tls', 'corp', 'corp-tls', 'online-smtp', 'onprem-smtp']
const freePorts = portNames.flatMap((name) => [`--${name}-port`, '0'])

/** `node services/main.ts` on free ports; options of one's own come later and win. */
export function startProcess(args: readonly string[] = []): StartedProcess {
  return new StartedProcess({ args: ['services/main.ts', ...freePorts, ...args] })
}

/** The gateways that the welcome screen names, once the stack is ready. */
export async function readyGateways(process: StartedProcess): Promise<{ internet: string; corp: string; tls: string }> {
  const [, internet = '', tls = ''] = await process.printed(/^ {2}internet +(http:\/\/[\d.]+:\d+) +([\d.]+:\d+)$/m)
  const [, corp = ''] = await process.printed(/^ {2}corp +(http:\/\/[\d.]+:\d+) /m)
  return { internet, corp, tls }
}
