/**
 * Proves docker-compose.yml: builds, brings the stack up as a user would, watches the health checks, runs the browser
 * flows through the published gateways, presses ^C, and leaves nothing behind. Then the same with the profile
 * `postgres` and several servers of a deployment, one of which it kills.
 *   node test/compose/run.ts                 on the engine that `docker` uses
 *   node test/compose/run.ts --own-engine    on an engine of its own, which is stopped and removed afterwards
 */
import { mkdirSync, openSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { exitOf, projectFolder, read, run, start } from './command.ts'
import { orderProblems, type Timeline, watchContainers } from './container-events.ts'
import { printStages, timed } from './stages.ts'
import { useArray } from './use-array.ts'

const project = 'fauxchange-compose-test'
const gateways = { internet: 'http://127.0.0.1:8080', corp: 'http://127.0.0.1:8081' }
const outputFolder = join(projectFolder, 'test/.output')
const logFile = join(outputFolder, 'compose.log')
const testcontainers = 'testcontainers@12.2.0'
const upDeadline = 600_000
const stopDeadline = 120_000

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupted.abort(signal))

try {
  await prove(process.argv.includes('--own-engine'))
  console.log('\nThe Compose file holds what it promises.')
} catch (error) {
  console.error(`\nThe Compose run failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  printStages()
}

async function prove(ownEngine: boolean): Promise<void> {
  await using cleanUp = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'fauxchange-compose-'))
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
  let env = await withBuildSettings(folder)
  if (ownEngine) {
    const engine = join(folder, 'engine')
    cleanUp.defer(() => timed('stop the engine', () => run('test/compose/engine.sh', ['stop', engine])))
    env = { ...env, ...(await timed('start an engine', () => startEngine(engine))) }
  }
  const { signal } = interrupted
  await timed('base image', () => run('test/compose/base-image.sh', [], { env, signal }))
  await timed('build', () => run('docker', ['compose', 'build', '--progress', 'plain'], { env, signal }))
  await timed('Testcontainers', () => runRecipe(env, join(folder, 'recipe'), signal))
  try {
    await useStack(env, signal)
  } finally {
    await timed('down', () => run('docker', ['compose', 'down', '--volumes', '--timeout', '5'], { env }))
  }
  await assertNothingLeft(env)
  await useArray({ env, signal }, (filters, arrayEnv) => runFlows(filters, arrayEnv, signal))
  await assertNothingLeft(env)
}

/** The example of the guide, with Testcontainers as a project installs it. Its reaper is an image that no registry brings here. */
async function runRecipe(env: NodeJS.ProcessEnv, folder: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder)
  await copyFile(join(projectFolder, 'test/package/project/examples/testcontainers.js'), join(folder, 'recipe.mjs'))
  const quiet = ['--silent', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts', '--prefix', folder]
  await run('npm', ['install', ...quiet, testcontainers], { env, signal })
  const recipeEnv = { ...env, TESTCONTAINERS_RYUK_DISABLED: 'true' }
  const printed = await read(process.execPath, [join(folder, 'recipe.mjs')], { env: recipeEnv, signal })
  if (!/^-----BEGIN CERTIFICATE----- \d{6}\n$/.test(printed)) refuse([`the recipe printed ${printed}`])
}

async function useStack(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  await using watch = watchContainers(project, env)
  const dependencies = await readDependencies(env)
  const up = startUp(env)
  try {
    await timed('up', () => untilHealthy(watch.timeline, Object.keys(dependencies), up.exit, signal))
    printTimeline(watch.timeline)
    refuse(orderProblems(watch.timeline, dependencies))
    await timed('browser flows', () => runFlows(['flows.test', 'published.test'], env, signal))
    await timed('^C', () => pressControlC(up))
    refuse(await unclean(env))
  } catch (error) {
    await run('docker', ['compose', 'ps', '--all'], { env }).catch(() => {})
    await run('tail', ['-n', '80', logFile]).catch(() => {})
    throw error
  }
}

/** What the machine needs to reach its package registry goes into the build as secrets, so nothing of it stays in the image. */
async function withBuildSettings(folder: string): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = { ...process.env, COMPOSE_PROJECT_NAME: project }
  const certificates = process.env.BUILD_CA_BUNDLE ?? process.env.NODE_EXTRA_CA_CERTS
  const registry = (await read('npm', ['config', 'get', 'registry'])).trim()
  const npmrc = join(folder, 'npmrc')
  await writeFile(npmrc, `registry=${registry}\n`)
  return {
    ...env,
    BUILD_NPMRC: process.env.BUILD_NPMRC ?? npmrc,
    ...(certificates ? { BUILD_CA_BUNDLE: certificates } : {}),
  }
}

async function startEngine(folder: string): Promise<NodeJS.ProcessEnv> {
  const settings = await read('test/compose/engine.sh', ['start', folder])
  const pairs = [...settings.matchAll(/(DOCKER_\w+)=(\S+)/g)].map(([, name, value]) => [name, value])
  return Object.fromEntries(pairs)
}

async function readDependencies(env: NodeJS.ProcessEnv): Promise<Record<string, string[]>> {
  const config = JSON.parse(await read('docker', ['compose', 'config', '--format', 'json'], { env })) as {
    services: Record<string, { depends_on?: Record<string, unknown> }>
  }
  const entries = Object.entries(config.services)
  return Object.fromEntries(entries.map(([name, service]) => [name, Object.keys(service.depends_on ?? {})]))
}

interface Up {
  readonly exit: Promise<number>
  pressControlC(): void
}

/** On a terminal, as a user has it, so that ^C reaches client and plugin the way it does there. */
function startUp(env: NodeJS.ProcessEnv): Up {
  mkdirSync(outputFolder, { recursive: true })
  const log = openSync(logFile, 'w')
  const command = 'docker compose --ansi never up'
  console.log(`+ ${command}`)
  const terminal = start('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env,
    stdio: ['pipe', log, log],
  })
  const exit = exitOf(terminal)
  exit.catch(() => {})
  return { exit, pressControlC: () => terminal.stdin?.write('\x03') }
}

async function untilHealthy(
  timeline: Timeline,
  services: readonly string[],
  exit: Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + upDeadline
  const ended = exit.then((code) => {
    throw new Error(`docker compose up ended with exit code ${code} before every container was healthy`)
  })
  while (!services.every((name) => timeline.get(name)?.healthy)) {
    if (performance.now() > deadline)
      throw new Error(`not healthy in time: ${services.filter((name) => !timeline.get(name)?.healthy)}`)
    await Promise.race([delay(100, undefined, { signal }), ended])
  }
}

async function runFlows(filters: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/compose/vitest.config.ts', ...filters]
  const addresses = { FAUXCHANGE_GATEWAY_INTERNET: gateways.internet, FAUXCHANGE_GATEWAY_CORP: gateways.corp }
  await run(process.execPath, vitest, { env: { ...env, ...addresses, FAUXCHANGE_COMPOSE_PROJECT: project }, signal })
}

async function pressControlC(up: Up): Promise<void> {
  up.pressControlC()
  const timeout = delay(stopDeadline, 'late' as const, { ref: false })
  const code = await Promise.race([up.exit, timeout])
  if (code === 'late') throw new Error(`^C did not stop docker compose up within ${stopDeadline / 1000} s`)
  // Which exit code Compose itself takes after ^C differs by version; the containers' own codes are what counts.
  console.log(`docker compose up ended with exit code ${code} after ^C`)
}

/** Containers that did not end by themselves with exit code 0. */
async function unclean(env: NodeJS.ProcessEnv): Promise<string[]> {
  const ids = (await read('docker', ['compose', 'ps', '--all', '--quiet'], { env })).split('\n').filter(Boolean)
  const format = '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.State.ExitCode}}'
  const states = await read('docker', ['inspect', '--format', format, ...ids], { env })
  const lines = states.trim().split('\n')
  if (ids.length === 0) return ['no container is left to ask for its exit code']
  return lines.filter((line) => !line.endsWith(' exited 0')).map((line) => `after ^C: ${line}`)
}

async function assertNothingLeft(env: NodeJS.ProcessEnv): Promise<void> {
  const filter = ['--quiet', '--filter', `label=com.docker.compose.project=${project}`]
  for (const [kind, args] of Object.entries({ container: ['--all'], network: [], volume: [] })) {
    const left = (await read('docker', [kind, 'ls', ...args, ...filter], { env })).trim()
    if (left) throw new Error(`docker compose down left a ${kind}: ${left}`)
  }
}

function printTimeline(timeline: Timeline): void {
  const first = [...timeline.values()].reduce(
    (least, { started = least }) => (started < least ? started : least),
    2n ** 63n,
  )
  const seconds = (at: bigint | undefined) => (at === undefined ? '' : (Number(at - first) / 1e9).toFixed(1))
  console.table(
    Object.fromEntries(
      [...timeline].map(([name, { started, healthy }]) => [
        name,
        { started: seconds(started), healthy: seconds(healthy) },
      ]),
    ),
  )
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('; '))
}
