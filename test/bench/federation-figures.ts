import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { deflateRawSync } from 'node:zlib'
import { Agent, buildConnector, request } from 'undici'
import { StartedProcess } from '../actors/started-process.ts'
import type { FederationServer } from './federation-server.ts'
import { cpuMilliseconds, processorName } from './process-figures.ts'
import { signatureMilliseconds } from './signature.ts'
import { type Sample, sampleOf } from './statistics.ts'

interface Contestant {
  readonly what: string
  readonly url: () => string
  readonly perSecond: number[]
  readonly signatures: number[]
}

const windows = 5
const windowMs = 2_000
const connections = 16
const passive = 'https://adfs.contoso.com/adfs/ls/'

/** Signed responses of AD FS to somebody who is signed in, against bare RSA-2048 signatures of the same moment. */
export async function federationReport(say: (text: string) => void): Promise<string> {
  await using running = new StartedProcess({
    args: [fileURLToPath(new URL('./run.ts', import.meta.url)), '--federation-server'],
  })
  const [line] = await running.printed(/^\{.*\}$/m)
  const { port, caPem } = JSON.parse(line) as FederationServer
  const agent = agentTo(port, caPem)
  const cookie = await signIn(agent)
  const driver = { agent, cookie, pid: running.child.pid ?? 0 }
  const contestants = [
    contestant('WS-Federation, SAML 1.1', () => `${passive}?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed&wctx=x`),
    contestant('SAML 2.0, assertion signed', () => requestUrl('urn:sample:saml')),
    contestant('SAML 2.0, message and assertion signed', () => requestUrl('urn:bench:both')),
  ]
  for (const each of contestants) await load(each, driver, 2 * windowMs)
  for (let window = 0; window < windows; window += 1) {
    for (const each of contestants) {
      say(`window ${window + 1} of ${windows}: ${each.what}`)
      const units = [signatureMilliseconds()]
      const { perSecond, cpu } = await load(each, driver, windowMs)
      units.push(signatureMilliseconds())
      each.perSecond.push(perSecond)
      each.signatures.push(cpu / sampleOf(units).median)
    }
  }
  await agent.destroy()
  await running.end('SIGTERM')
  return reportOf(contestants)
}

function contestant(what: string, url: () => string): Contestant {
  return { what, url, perSecond: [], signatures: [] }
}

function agentTo(port: number, ca: string): Agent {
  const connect = buildConnector({ ca, allowH2: false })
  const here = { hostname: '127.0.0.1', host: `127.0.0.1:${port}`, port: String(port) }
  return new Agent({
    connections,
    connect: (target, callback) => connect({ ...target, servername: target.hostname, ...here }, callback),
  })
}

/** A new request each time: AD FS takes none twice. */
function requestUrl(issuer: string): string {
  const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${randomUUID()}" Version="2.0" IssueInstant="${new Date().toISOString()}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</saml:Issuer></samlp:AuthnRequest>`
  return `${passive}?SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`
}

/** The cookie of the session alone, so that no answer counts towards a loop. */
async function signIn(dispatcher: Agent): Promise<string> {
  const answer = await request(`${passive}?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'bench' },
    body: 'UserName=alice%40contoso.com&Password=Alice-Pass1&AuthMethod=FormsAuthentication',
  })
  await answer.body.text()
  const cookie = [answer.headers['set-cookie'] ?? []].flat().find((each) => each.startsWith('MSISAuth='))
  if (!cookie) throw new Error(`AD FS opened no session: ${answer.statusCode}`)
  return cookie.split(';')[0] ?? ''
}

interface Driver {
  readonly agent: Agent
  readonly cookie: string
  readonly pid: number
}

/** Responses a second over all connections at once, and the CPU milliseconds of one. */
async function load(each: Contestant, { agent, cookie, pid }: Driver, milliseconds: number) {
  const [begun, used] = [performance.now(), cpuMilliseconds(pid) ?? Number.NaN]
  let answered = 0
  const worker = async () => {
    while (performance.now() - begun < milliseconds) {
      const answer = await request(each.url(), { dispatcher: agent, headers: { cookie, 'user-agent': 'bench' } })
      const html = await answer.body.text()
      if (!/name="(wresult|SAMLResponse)"/.test(html)) throw new Error(`${each.what}: ${answer.statusCode} ${html}`)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const cpu = ((cpuMilliseconds(pid) ?? Number.NaN) - used) / answered
  return { perSecond: (answered * 1000) / (performance.now() - begun), cpu }
}

function reportOf(contestants: readonly Contestant[]): string {
  const spread = ({ median, least, most }: Sample) => `${median.toFixed(2)} (${least.toFixed(2)} – ${most.toFixed(2)})`
  const rows = contestants.map(({ what, perSecond, signatures }) => {
    return `| ${what} | ${sampleOf(perSecond).median.toFixed(0)} | ${spread(sampleOf(signatures))} | 3 |`
  })
  return [
    `${processorName()}, ${availableParallelism()} cores, Node ${process.versions.node}; medians (least – most) of ${windows} windows.`,
    'Somebody is signed in; six claims, over TLS on 16 connections. CPU of AD FS and of the domain controller that it',
    'asks for the account, in one process, in RSA-2048 signatures taken beside each window.',
    '',
    '| | responses/s | signatures | goal |',
    '|---|---:|---:|---:|',
    ...rows,
    '',
  ].join('\n')
}
