import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { StartedProcess } from '../actors/started-process.ts'
import { processorName, residentMebibytes } from './process-figures.ts'
import type { ProxyServers } from './proxy-servers.ts'

interface Contestant {
  readonly what: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly agent: Agent
  readonly medians: number[]
  readonly rates: number[]
}

const windows = 5
const latencyRequests = 400
const windowMs = 2_000
const connections = 16

/** What Web Application Proxy adds to a request, next to a bare proxy of the same library in the same run. */
export async function proxyReport(say: (text: string) => void): Promise<string> {
  await using running = new StartedProcess({
    args: [fileURLToPath(new URL('./run.ts', import.meta.url)), '--proxy-servers'],
  })
  const [line] = await running.printed(/^\{.*\}$/m)
  const servers = JSON.parse(line) as ProxyServers
  const contestants = contestantsOf(servers)
  for (const contestant of contestants) await load(contestant, windowMs)
  const memory = [residentMebibytes(running.child.pid ?? 0)]
  for (let window = 0; window < windows; window += 1) {
    for (const contestant of contestants) {
      say(`window ${window + 1} of ${windows}: ${contestant.what}`)
      contestant.medians.push(await medianLatency(contestant))
      contestant.rates.push(await load(contestant, windowMs))
    }
    memory.push(residentMebibytes(running.child.pid ?? 0))
  }
  await Promise.all(contestants.map(({ agent }) => agent.destroy()))
  await running.end('SIGTERM')
  return reportOf(contestants, memory)
}

function contestantsOf({ backend, bareProxy, wap, caPem, cookie }: ProxyServers): readonly Contestant[] {
  const contestant = (what: string, port: number, path: string, headers = {}): Contestant => ({
    ...{ what, path, headers, agent: agentTo(port, caPem), medians: [], rates: [] },
  })
  return [
    contestant('back end alone', backend, '/open/answer'),
    contestant('bare @fastify/reply-from', bareProxy, '/open/answer'),
    contestant('WAP, pass-through', wap, '/open/answer'),
    contestant('WAP, pre-authenticated', wap, '/owa/answer', { cookie }),
  ]
}

function agentTo(port: number, ca: string): Agent {
  const connect = buildConnector({ ca, allowH2: false })
  const here = { hostname: '127.0.0.1', host: `127.0.0.1:${port}`, port: String(port) }
  return new Agent({
    connections,
    connect: (target, callback) => connect({ ...target, servername: target.hostname, ...here }, callback),
  })
}

async function ask({ agent, path, headers }: Contestant): Promise<void> {
  const options: Dispatcher.RequestOptions = { origin: 'https://mail.contoso.com', path, method: 'GET', headers }
  const { statusCode, body } = await agent.request(options)
  const { length } = await body.text()
  if (statusCode !== 200 || length !== 1024) throw new Error(`${path} answered ${statusCode} with ${length} bytes`)
}

/** One request after the other. */
async function medianLatency(contestant: Contestant): Promise<number> {
  const times: number[] = []
  for (let request = 0; request < latencyRequests; request += 1) {
    const begun = performance.now()
    await ask(contestant)
    times.push(performance.now() - begun)
  }
  return median(times)
}

/** Requests a second, over all connections at once. */
async function load(contestant: Contestant, milliseconds: number): Promise<number> {
  const begun = performance.now()
  let answered = 0
  const worker = async () => {
    while (performance.now() - begun < milliseconds) {
      await ask(contestant)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return (answered * 1000) / (performance.now() - begun)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function reportOf(contestants: readonly Contestant[], memory: readonly (number | undefined)[]): string {
  const [alone] = contestants
  const least = median(alone?.medians ?? [])
  const rows = contestants.map(({ what, medians, rates }) => {
    const latency = median(medians)
    const added = what === alone?.what ? '' : (latency - least).toFixed(2)
    return `| ${what} | ${latency.toFixed(2)} | ${added} | ${median(rates).toFixed(0)} |`
  })
  return [
    `${processorName()}, ${availableParallelism()} cores, Node ${process.versions.node}; 1 KiB answers over TLS, medians of ${windows} windows.`,
    'Back end, proxies and AD FS share one process, the driver has another.',
    '',
    '| | median, ms | added, ms | requests/s, 16 connections |',
    '|---|---:|---:|---:|',
    ...rows,
    '',
    `Memory of the servers after warming up and after each round, MiB: ${memory.map((each) => each?.toFixed(0) ?? '–').join(', ')}`,
    '',
  ].join('\n')
}
