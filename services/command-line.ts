import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Listening, StackOptions } from './stack.ts'
import { deploymentNames } from './topology.ts'
import { listeningScreen, welcomeScreen } from './welcome-screen.ts'

export interface Surroundings {
  /** `performance.now()` at which the work began; 0 is the start of the process. */
  readonly started: number
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
  /** Resolves when the process is asked to end. */
  readonly stopped: Promise<string>
  /** `whole` when every deployment and gateway runs in this process. */
  readonly ready: (whole: boolean) => void
}

interface StartOptions {
  readonly scenario?: string
  readonly data?: string
  readonly store?: string
  readonly certs?: string
  readonly bind: string
  readonly internetPort: number
  readonly internetTlsPort: number
  readonly corpPort: number
  readonly corpTlsPort: number
  readonly httpsPort: number
  readonly managementPort: number
  readonly onlineSmtpPort: number
  readonly onpremSmtpPort: number
  readonly compose?: boolean
}

const writtenWrong = 2

/** The program behind `npm start`; returns once the stack is down again: 1 when it could not start, 2 when told wrong. */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<{ exitCode: number }> {
  const command = describeCommand(surroundings)
  try {
    command.parse(args, { from: 'user' })
  } catch (error) {
    // Asking for help is no error; what is spelled wrong ends as in the lab's commands.
    if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : writtenWrong }
    throw error
  }
  return start(command.args, command.opts<StartOptions>(), surroundings)
}

function describeCommand({ print, complain }: Surroundings): Command {
  return new Command('fauxchange')
    .description("A local mock of Microsoft's hybrid identity and mail stack.")
    .argument('[deployments...]', 'the deployments to run in this process; all when none is named')
    .option('--scenario <file>', 'the world to run; the default world when left out')
    .option('--data <folder>', 'keep state in this folder; in memory when left out')
    .addOption(storeOption())
    .option('--certs <folder>', 'the folder of the CA and keys')
    .option('--bind <address>', 'the address to listen on', '127.0.0.1')
    .addOption(portOption('--internet-port <port>', "the internet gateway's HTTP proxy", 8080))
    .addOption(portOption('--internet-tls-port <port>', "the internet gateway's TLS pass-through", 8443))
    .addOption(portOption('--corp-port <port>', "the corp gateway's HTTP proxy", 8081))
    .addOption(portOption('--corp-tls-port <port>', "the corp gateway's TLS pass-through", 8444))
    .addOption(portOption('--online-smtp-port <port>', 'SMTP of Exchange Online', 2525))
    .addOption(portOption('--onprem-smtp-port <port>', 'SMTP of Exchange on-premises', 2526))
    .addOption(portOption('--https-port <port>', 'the HTTPS port of each deployment', 0))
    .addOption(portOption('--management-port <port>', 'the management port of each deployment', 0))
    .option('--compose', 'peers run in containers of their own, found by their deployment name')
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: complain })
}

/** Compose hands over an empty one where nobody chose a database. */
function storeOption(): Option {
  const option = new Option('--store <url>', 'keep state in this PostgreSQL database: postgres://…').conflicts('data')
  return option.argParser((text) => {
    if (text === '' || /^postgres(ql)?:\/\/./.test(text)) return text
    throw new InvalidArgumentError('A store is a PostgreSQL database, postgres://user:password@host:port/database.')
  })
}

function portOption(flags: string, description: string, preset: number): Option {
  return new Option(flags, `${description} (0 picks a free one)`).default(preset).argParser((text) => {
    const port = Number(text)
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new InvalidArgumentError('A port is a number from 0 to 65535.')
    return port
  })
}

async function start(
  only: readonly string[],
  options: StartOptions,
  surroundings: Surroundings,
): Promise<{ exitCode: number }> {
  const scenario = await readScenario(options, surroundings)
  if (!scenario) return { exitCode: writtenWrong }
  const unknown = unknownNames(only, scenario)
  if (unknown) return refuse(unknown, surroundings)
  try {
    await runUntilStopped({ ...stackOptions(options), scenario, ...(only.length > 0 ? { only } : {}) }, surroundings)
    return { exitCode: 0 }
  } catch (error) {
    surroundings.complain(`Fauxchange cannot start: ${startProblem(error, options)}\n`)
    return { exitCode: 1 }
  }
}

async function runUntilStopped(options: StackOptions, surroundings: Surroundings): Promise<void> {
  const { startStack } = await import('./stack.ts')
  const { print, started, stopped } = surroundings
  const stopping = new AbortController()
  stopped.then(() => stopping.abort())
  const onListening = (listening: Listening) => print(listeningScreen(listening))
  try {
    await using stack = await startStack({ ...options, onListening, signal: stopping.signal })
    print(welcomeScreen(stack, Math.round(performance.now() - started)))
    surroundings.ready(options.only === undefined)
    await stopped
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  }
}

function unknownNames(only: readonly string[], scenario: Scenario): string | undefined {
  const known = deploymentNames(scenario)
  const unknown = only.filter((name) => !known.includes(name))
  if (unknown.length === 0) return undefined
  return `error: no deployment is called ${unknown.join(', ')}. There are ${known.join(', ')}.`
}

function refuse(problem: string, { complain }: Surroundings): { exitCode: number } {
  complain(`${problem}\n`)
  return { exitCode: writtenWrong }
}

async function readScenario(options: StartOptions, { complain }: Surroundings): Promise<Scenario | undefined> {
  const { formatProblems, loadDefaultScenario, loadScenarioFile } = await import('#shared/scenario/load.ts')
  if (!options.scenario) return loadDefaultScenario()
  const loaded = await loadScenarioFile(options.scenario)
  if (loaded.ok) return loaded.scenario
  complain(formatProblems(loaded))
  return undefined
}

function stackOptions(options: StartOptions) {
  const { httpsPort: https, managementPort: management } = options
  const mail = { 'exchange-online': options.onlineSmtpPort, 'exchange-onprem': options.onpremSmtpPort }
  return {
    bind: options.bind,
    httpsPort: https,
    managementPort: management,
    mailPorts: mail,
    gatewayPorts: {
      internet: { httpPort: options.internetPort, tlsPort: options.internetTlsPort },
      corp: { httpPort: options.corpPort, tlsPort: options.corpTlsPort },
    },
    ...(options.data ? { data: options.data } : {}),
    ...(options.store ? { store: options.store } : {}),
    ...(options.certs ? { certificates: options.certs } : {}),
    ...(options.compose ? { containers: { https, management, mail } } : {}),
  }
}

function startProblem(error: unknown, options: StartOptions): string {
  const { code, address, port } = error as { code?: string; address?: string; port?: number }
  if (code === 'EADDRINUSE') return `${address}:${port} is taken. ${otherPort(port, options)}`
  if (code === 'EACCES' && port !== undefined) return `may not listen on port ${port}. ${otherPort(port, options)}`
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${address} to listen on (--bind).`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Commander names the value of `--internet-port` internetPort. */
function otherPort(port: number | undefined, options: StartOptions): string {
  const [name = 'httpsPort'] = Object.entries(options).find(([, value]) => value === port) ?? []
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return `Choose another with --${flag}; 0 picks a free one.`
}
