import { X509Certificate } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

/** One line of the report; `hint` spoils nothing. */
export interface Finding {
  readonly verdict: 'ok' | 'hint' | 'FAIL'
  readonly what: string
  readonly detail: string
}

/** The two ports of a gateway, as `npm start` was told them. */
export interface GatewayPorts {
  /** This machine when left out. */
  readonly host?: string
  readonly zone: 'internet' | 'corp'
  readonly httpPort: string
  readonly tlsPort: string
}

// A laptop that is busy answers late, and is no fault of the stack.
const patienceMs = 30_000

/** @param isSource whether TypeScript runs as it is; the package says by itself when a version is too old for it */
export function checkNode(version: string, isSource = true): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (!isSource || major > 24 || (major === 24 && minor >= 12)) return ok('Node', version)
  return fail(
    'Node',
    `${version} cannot run this project: 24.12 or later, as npm ci installs it and npm scripts use it`,
  )
}

export function checkBrowser(executable: string | undefined): Finding {
  if (executable) return ok('browser', executable)
  return { verdict: 'hint', what: 'browser', detail: 'none found for npm run browser; CHROME_PATH may name one' }
}

/** Everything that can be seen through the gateways; the same CA must stand behind both. */
export async function checkStack(gateways: readonly GatewayPorts[], now: Date): Promise<Finding[]> {
  const zones = await Promise.all(gateways.map((gateway) => checkZone(gateway)))
  const authorities = zones.flatMap(({ caPem }) => (caPem?.includes('BEGIN CERTIFICATE') ? [caPem] : []))
  const answering = gateways.find((_, index) => zones[index]?.caPem)
  return [
    ...zones.flatMap((zone) => zone.findings),
    ...(authorities.length > 0 ? [checkAuthority(authorities, now)] : []),
    ...(answering ? [await checkClock(answering, now)] : []),
  ]
}

async function checkZone(gateway: GatewayPorts): Promise<{ findings: Finding[]; caPem?: string }> {
  const what = `gateway ${gateway.zone}`
  const { zone } = gateway
  const health = await ask(gateway, '/health')
  if (!health) return { findings: [fail(what, `nothing answers at ${addressOf(gateway)}. ${startHint(zone)}`)] }
  const report = await readHealth(health)
  if (!report)
    return { findings: [fail(what, `what answers at ${addressOf(gateway)} is another program. ${startHint(zone)}`)] }
  const waiting = Object.entries(report.deployments).filter(([, status]) => status !== 'ready')
  const caPem = (await (await ask(gateway, '/ca.pem'))?.text()) ?? ''
  const hosts = hostNamesOf((await (await ask(gateway, '/proxy.pac'))?.text()) ?? '')
  const count = Object.keys(report.deployments).length
  return {
    caPem,
    findings: [
      waiting.length === 0
        ? ok(what, `${addressOf(gateway)}, ${count} deployments ready`)
        : fail(what, `${addressOf(gateway)}: ${waiting.map(([name, status]) => `${name} is ${status}`).join(', ')}`),
      await checkNames(gateway, hosts, caPem),
      await checkTlsPort(gateway, hosts, caPem),
    ],
  }
}

/** By name, as a client would: a tunnel through the gateway, and TLS in it that the CA vouches for. */
async function checkNames(gateway: GatewayPorts, hosts: readonly string[], caPem: string): Promise<Finding> {
  const what = `names ${gateway.zone}`
  const outcomes = await Promise.all(
    hosts.map(async (host) => ({ host, problem: await throughProxy(gateway, host, caPem) })),
  )
  const failed = outcomes.filter(({ problem }) => problem !== undefined)
  if (hosts.length === 0) return fail(what, 'the PAC file names no host')
  if (failed.length === 0) return ok(what, `${hosts.length} host names answer over TLS, vouched for by the CA`)
  const [{ problem } = { problem: '' }] = failed
  const same = failed.filter((each) => each.problem === problem).map(({ host }) => host)
  const rest = failed.length - same.length
  return fail(what, `${listed(same)}: ${problem}${rest > 0 ? `; ${rest} more fail otherwise` : ''}`)
}

async function checkTlsPort(gateway: GatewayPorts, hosts: readonly string[], caPem: string): Promise<Finding> {
  const what = `TLS port ${gateway.zone}`
  const [host = ''] = hosts
  const address = `${hostOf(gateway)}:${gateway.tlsPort}`
  const options = { host: hostOf(gateway), port: Number(gateway.tlsPort), servername: host, ca: caPem }
  const problem = await handshake(options)
  if (problem === undefined) return ok(what, `${address} passes ${host} through by its server name`)
  return fail(what, `${address}: ${problem}. Another port is named with --${gateway.zone}-tls-port`)
}

function checkAuthority([caPem = '', ...others]: readonly string[], now: Date): Finding {
  const { validFrom, validTo, subject: lines, fingerprint256 } = new X509Certificate(caPem)
  const subject = lines.split('\n').at(-1)
  if (others.some((other) => other !== caPem))
    return fail('CA', 'the gateways belong to two stacks: each has its own CA')
  if (now < new Date(validFrom))
    return fail('CA', `${subject} is valid from ${validFrom}: is this machine's clock behind?`)
  if (now > new Date(validTo)) return fail('CA', `${subject} ended ${validTo}: delete certs/.generated and start again`)
  return ok('CA', `${subject}, until ${validTo}, SHA-256 ${fingerprint256.slice(0, 11)}…`)
}

async function checkClock(gateway: GatewayPorts, now: Date): Promise<Finding> {
  const answer = await ask(gateway, '/api/clock')
  const body = answer?.ok ? ((await answer.json()) as { now?: string; frozen?: boolean }) : undefined
  if (!body?.now) return fail('clock', 'the lab does not say')
  const minutes = Math.round((Date.parse(body.now) - now.getTime()) / 60_000)
  if (minutes === 0) return ok('clock', `${body.now}, as the machine's`)
  const moved = `${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} the machine's`
  return {
    verdict: 'hint',
    what: 'clock',
    detail: `${body.now}, ${moved}; clients with a clock of their own may object`,
  }
}

function listed(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
}

function hostNamesOf(pac: string): string[] {
  const [, names = '{}'] = /var names = (\{[^}]*\})/.exec(pac) ?? []
  return Object.keys(JSON.parse(names) as object)
}

async function readHealth(answer: Response): Promise<{ deployments: Record<string, string> } | undefined> {
  const body = (await answer.json().catch(() => undefined)) as { deployments?: Record<string, string> } | undefined
  return body?.deployments && { deployments: body.deployments }
}

/** The problem, if there is one. */
function throughProxy(gateway: GatewayPorts, host: string, caPem: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const tunnel = request({
      host: hostOf(gateway),
      port: gateway.httpPort,
      method: 'CONNECT',
      path: `${host}:443`,
      timeout: patienceMs,
    })
    tunnel.once('error', (error) => resolve(reasonOf(error)))
    tunnel.once('timeout', () => resolve(`no answer in ${patienceMs / 1000} s`))
    tunnel.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(handshake({ socket, servername: host, ca: caPem }))
      else resolve(`the gateway answered ${statusCode}`)
    })
    tunnel.end()
  })
}

function handshake(options: ConnectionOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = options.socket ?? connect({ host: options.host ?? '', port: options.port ?? 0 })
    const end = (problem?: string) => {
      socket.destroy()
      resolve(problem)
    }
    socket.once('error', (error) => end(reasonOf(error)))
    const tls = connectTls({ ...options, socket }, () => end())
    tls.setTimeout(patienceMs, () => end(`no TLS in ${patienceMs / 1000} s`))
    tls.once('error', (error) => end(reasonOf(error)))
  })
}

/** OpenSSL's own words without its file names and numbers. */
function reasonOf(error: Error & { reason?: string }): string {
  return error.reason ?? error.message
}

async function ask(gateway: GatewayPorts, path: string): Promise<Response | undefined> {
  return fetch(addressOf(gateway) + path, { signal: AbortSignal.timeout(patienceMs) }).catch(() => undefined)
}

function addressOf(gateway: GatewayPorts): string {
  return `http://${hostOf(gateway)}:${gateway.httpPort}`
}

function hostOf({ host = '127.0.0.1' }: GatewayPorts): string {
  return host
}

function startHint(zone: GatewayPorts['zone']): string {
  return `Is the stack started? Another port is named with --${zone}-port`
}

function ok(what: string, detail: string): Finding {
  return { verdict: 'ok', what, detail }
}

function fail(what: string, detail: string): Finding {
  return { verdict: 'FAIL', what, detail }
}
