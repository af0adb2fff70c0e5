import { type CommandOptions, read, run } from './command.ts'
import { timed } from './stages.ts'

/** As the README says it. */
const variables = {
  FAUXCHANGE_STORE: 'postgres://fauxchange:fauxchange@postgres/fauxchange',
  ONLINE_SMTP: '0',
  ONPREM_SMTP: '0',
}
const servers = { 'exchange-onprem': 3, 'exchange-online': 3, entra: 2, adfs: 2, wap: 2 }
const waitSeconds = 600

/** The `postgres` profile: several servers of a deployment over one database, of which one ends under load. */
export async function useArray({ env, signal }: CommandOptions, runTests: RunTests): Promise<void> {
  const arrayEnv = { ...env, ...variables }
  const options = { env: arrayEnv, ...(signal ? { signal } : {}) }
  const scale = Object.entries(servers).flatMap(([name, count]) => ['--scale', `${name}=${count}`])
  const wait = ['--detach', '--wait', '--wait-timeout', String(waitSeconds)]
  try {
    await timed('image of the database', () => run('test/compose/postgres-image.sh', [], options))
    await timed('up, several servers', () => run('docker', [...compose, 'up', ...wait, ...scale], options))
    await timed('flows over several servers', () => runTests(['flows.test', 'array/'], arrayEnv))
  } catch (error) {
    await run('docker', [...compose, 'ps', '--all'], { env: arrayEnv }).catch(() => {})
    const log = await read('docker', [...compose, 'logs', '--tail', '20'], { env: arrayEnv }).catch(() => '')
    console.log(log)
    throw error
  } finally {
    await timed('down, several servers', () =>
      run('docker', [...compose, 'down', '--volumes', '--timeout', '5'], { env: arrayEnv }),
    )
  }
}

type RunTests = (filters: readonly string[], env: NodeJS.ProcessEnv) => Promise<void>

const compose = ['compose', '--profile', 'postgres']
