import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { startStack } from '#services/stack.ts'
import { defaultScenarioFile, formatProblems, loadScenario } from '#shared/scenario/load.ts'

/** Where the driver finds the server, and what its people are called. */
export interface ActiveSyncServer {
  readonly exchange: number
  readonly management: number
  readonly entra: number
  readonly caPem: string
}

export const watchers = 50
export const userName = (index: number) => `user${index}@contoso.onmicrosoft.com`
export const userPassword = 'Bench-Pass1'

type Plain = Record<string, unknown>

/**
 * Exchange Online and Entra ID in one process. Prints where they are, and after each SIGUSR2 what memory it has when
 * all that can be collected is.
 */
export async function serveActiveSync(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fauxchange-activesync-'))
  const world = parse(await readFile(defaultScenarioFile, 'utf8')) as { users: Plain[]; entra: Plain }
  const crowd = Array.from({ length: watchers + 3 }, (_, index) => ({
    userPrincipalName: userName(index),
    displayName: `User ${index}`,
    password: userPassword,
    cloudOnly: true,
    mailbox: { location: 'online' },
  }))
  // JSON is YAML.
  const loaded = await loadScenario(
    JSON.stringify({ ...world, users: [...world.users, ...crowd] }, undefined, 1),
    'bench',
  )
  if (!loaded.ok) throw new Error(formatProblems(loaded))
  const stack = await startStack({
    scenario: loaded.scenario,
    only: ['entra', 'exchange-online'],
    certificates: join(folder, 'certificates'),
  })
  const [entra, exchange] = ['entra', 'exchange-online'].map((name) =>
    stack.deployments.find(({ plan }) => plan.name === name),
  )
  const server: ActiveSyncServer = {
    exchange: exchange?.https.port ?? 0,
    management: exchange?.management.port ?? 0,
    entra: entra?.https.port ?? 0,
    caPem: stack.authority.caPem,
  }
  process.on('SIGUSR2', () => {
    for (let time = 0; time < 3; time += 1) globalThis.gc?.()
    process.stdout.write(`${JSON.stringify({ residentBytes: process.memoryUsage.rss() })}\n`)
  })
  process.once('SIGTERM', () => process.exit(0))
  process.stdout.write(`${JSON.stringify(server)}\n`)
}
