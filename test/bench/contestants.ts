import { fileURLToPath } from 'node:url'
import { openAuthority } from '#certs/authority.ts'
import { freePort } from '../actors/free-port.ts'
import { StartedProcess } from '../actors/started-process.ts'
import { cpuMilliseconds } from './process-figures.ts'
import { timeToReady } from './ready-time.ts'

/** Where a start finds what earlier starts left behind, or an empty place. */
export interface Places {
  readonly certificates: string
  readonly compileCache: string
}

export interface Contestant extends AsyncDisposable {
  readonly running: StartedProcess
  /** Fauxchange: the gateway of the internet; the peer: its issuer. */
  readonly address: string
  readonly readyMs: number
  /** What the process used of the cores up to then, which other programs disturb less. */
  readonly readyCpuMs: number | undefined
  readonly caPem: string
}

export type Start = (places: Places) => Promise<Contestant>

/** The default world, unless a scenario file is named. */
export async function startFauxchange({ certificates, compileCache }: Places, scenario?: string): Promise<Contestant> {
  const port = await freePort()
  const ports = [
    '--internet-port',
    String(port),
    '--internet-tls-port',
    '0',
    '--corp-port',
    '0',
    '--corp-tls-port',
    '0',
    '--online-smtp-port',
    '0',
    '--onprem-smtp-port',
    '0',
  ]
  const args = [
    'services/main.ts',
    ...ports,
    '--certs',
    certificates,
    ...(scenario === undefined ? [] : ['--scenario', scenario]),
  ]
  const address = `http://127.0.0.1:${port}`
  const start = () => new StartedProcess({ args, environment: { NODE_COMPILE_CACHE: compileCache } })
  const { running, milliseconds } = await timeToReady(start, `${address}/health`)
  const started = contestant(running, address, milliseconds)
  return { ...started, caPem: await (await fetch(`${address}/ca.pem`)).text() }
}

/** oidc-provider's quick start, over TLS with a certificate of ours, in a process of its own. */
export function startQuickStart(places: Places): Promise<Contestant> {
  return startPeer('--quick-start', '/.well-known/openid-configuration', places)
}

/** A bare server that signs what it is asked for. */
export function startFloor(places: Places): Promise<Contestant> {
  return startPeer('--floor-server', '/keys', places)
}

async function startPeer(
  which: string,
  readyPath: string,
  { certificates, compileCache }: Places,
): Promise<Contestant> {
  const port = await freePort()
  const authority = await openAuthority({ directory: certificates, domains: [] })
  await authority.leafFor({ name: 'quick-start', hosts: ['localhost'] })
  const program = fileURLToPath(new URL('./run.ts', import.meta.url))
  const args = [program, which, String(port), '--certs', certificates]
  const address = `https://localhost:${port}`
  const start = () => new StartedProcess({ args, environment: { NODE_COMPILE_CACHE: compileCache } })
  const { running, milliseconds } = await timeToReady(start, `${address}${readyPath}`)
  return { ...contestant(running, address, milliseconds), caPem: authority.caPem }
}

function contestant(running: StartedProcess, address: string, readyMs: number): Omit<Contestant, 'caPem'> {
  return {
    running,
    address,
    readyMs,
    readyCpuMs: cpuMilliseconds(running.child.pid ?? 0),
    [Symbol.asyncDispose]: async () => {
      await running.end('SIGTERM')
      await running[Symbol.asyncDispose]()
    },
  }
}
