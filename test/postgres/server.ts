import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { endsWithParent } from '#test/actors/ends-with-parent.ts'
import { freePort } from '#test/actors/free-port.ts'

const run = promisify(execFile)
const debianFolder = '/usr/lib/postgresql'

/** PostgreSQL in a temporary folder and on a free port, gone when disposed of. */
export interface PostgresServer extends AsyncDisposable {
  /** Of the database that is always there. */
  readonly url: string
  /** As `systemctl stop postgresql`: connections are cut, and nobody can connect. */
  stop(): Promise<void>
  /** With what was committed, at the same place. */
  start(): Promise<void>
}

/** Nothing here outlives the machine, so nothing is flushed or tidied up; whoever connects from this machine may do everything. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'fauxchange-postgres-'))
  const owner = await unprivileged()
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  await run(program('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...owner,
    cwd: folder,
  })
  const port = await freePort()
  const settings = [
    'fsync=off',
    'full_page_writes=off',
    'max_connections=300',
    'autovacuum=off',
    'wal_level=minimal',
    'max_wal_senders=0',
    `unix_socket_directories=${folder}`,
  ]
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...settings.flatMap((each) => ['-c', each])]
  let server: ChildProcess | undefined
  const start = async () => {
    const [command, line] = endsWithParent(program('postgres'), args, 'SIGQUIT')
    server = spawn(command, line, { ...owner, cwd: folder, stdio: 'ignore' })
    await answering(url, server)
  }
  const stop = async () => {
    if (!server) return
    const ended = once(server, 'exit')
    server.kill('SIGINT')
    await ended
    server = undefined
  }
  await start()
  return {
    url,
    start,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A database of one's own on that server; `name` is made unique. */
export async function createDatabase(url: string, name: string): Promise<string> {
  const unique = `${name}_${process.pid}_${performance.now().toFixed(3).replace('.', '_')}`
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`create database "${unique}"`)
  await client.end()
  return Object.assign(new URL(url), { pathname: `/${unique}` }).href
}

/** The newest that Debian's packages left here. */
function program(name: string): string {
  const versions = readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a))
  const [newest] = versions
  if (!newest) throw new Error(`No PostgreSQL in ${debianFolder}: apt-get install postgresql.`)
  return join(debianFolder, newest, 'bin', name)
}

/** PostgreSQL refuses to run as root. */
async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => (await run('id', [flag, 'postgres'])).stdout))
  return { uid: Number(uid), gid: Number(gid) }
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      return await client.end()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }
  throw new Error(`PostgreSQL ended with ${server.exitCode}`)
}
