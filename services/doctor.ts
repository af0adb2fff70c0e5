import { X509Certificate } from 'node:crypto'
import { request } from 'node:http'
import { connect as connectTls } from 'node:tls'
import { parseArgs } from 'node:util'

/** One line of the report. */
interface Finding {
  readonly ok: boolean
  readonly what: string
  readonly detail: string
}

const usage = `npm run doctor [-- --internet http://127.0.0.1:8080 --corp http://127.0.0.1:8081]
Checks a running stack: Node, gateways, health, CA, names in both zones, clock.
`

const { values } = parseArgs({
  options: {
    internet: { type: 'string', default: 'http://127.0.0.1:8080' },
    corp: { type: 'string', default: 'http://127.0.0.1:8081' },
    help: { type: 'boolean' },
  },
})
if (values.help) {
  process.stdout.write(usage)
} else {
  const findings = [
    nodeVersion(),
    ...(await zone('internet', values.internet)),
    ...(await zone('corp', values.corp)),
    await clock(values.internet),
  ]
  for (const { ok, what, detail } of findings)
    process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${what.padEnd(44)} ${detail}\n`)
  process.exitCode = findings.every((finding) => finding.ok) ? 0 : 1
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return {
    ok: major > 24 || (major === 24 && minor >= 12),
    what: 'Node',
    detail: `${process.versions.node} (24.12 or later)`,
  }
}

async function zone(name: string, gateway: string): Promise<Finding[]> {
  const health = await ask(`${gateway}/health`)
  if (!health)
    return [
      {
        ok: false,
        what: `gateway ${name}`,
        detail: `nothing answers at ${gateway}; is the stack started, on which port?`,
      },
    ]
  const { status, deployments = {} } = (await health.json()) as { status: string; deployments?: Record<string, string> }
  const waiting = Object.entries(deployments).filter(([, state]) => state !== 'ready')
  const caPem = await (await ask(`${gateway}/ca.pem`))?.text()
  return [
    {
      ok: status === 'ready',
      what: `gateway ${name}`,
      detail: `${gateway}, ${status}${waiting.map(([each, state]) => `, ${each} ${state}`).join('')}`,
    },
    authority(name, caPem),
    ...(await names(name, gateway, caPem)),
  ]
}

function authority(name: string, caPem: string | undefined): Finding {
  if (!caPem) return { ok: false, what: `CA, from ${name}`, detail: 'the gateway gave no certificate' }
  const { validTo, subject, fingerprint256 } = new X509Certificate(caPem)
  return {
    ok: Date.parse(validTo) > Date.now(),
    what: `CA, from ${name}`,
    detail: `${subject}, until ${validTo}, SHA-256 ${fingerprint256.slice(0, 23)}…`,
  }
}

async function names(name: string, gateway: string, caPem: string | undefined): Promise<Finding[]> {
  const pac = (await (await ask(`${gateway}/proxy.pac`))?.text()) ?? ''
  const hosts = [...new Set(pac.match(/[a-z0-9-]+(?:\.[a-z0-9-]+)+\.[a-z]{2,}/g) ?? [])].filter(
    (host) => !/^[\d.]+$/.test(host),
  )
  const failures: string[] = []
  for (const host of hosts) {
    const problem = await handshake(gateway, host, caPem)
    if (problem) failures.push(`${host}: ${problem}`)
  }
  const detail = failures.length > 0 ? failures.join('; ') : `${hosts.length} names answer over TLS with the CA`
  return [{ ok: hosts.length > 0 && failures.length === 0, what: `names, ${name}`, detail }]
}

/** Opens a tunnel to the host and a TLS connection in it; the problem, if there is one. */
function handshake(gateway: string, host: string, caPem: string | undefined): Promise<string | undefined> {
  const { hostname, port } = new URL(gateway)
  return new Promise((resolve) => {
    const tunnel = request({ host: hostname, port, method: 'CONNECT', path: `${host}:443`, timeout: 5000 })
    tunnel.once('error', (error) => resolve(error.message))
    tunnel.once('timeout', () => resolve('no answer within 5 s'))
    tunnel.once('connect', (response, socket) => {
      if (response.statusCode !== 200) return resolve(`the gateway answered ${response.statusCode}`)
      const tls = connectTls({ socket, servername: host, ca: caPem }, () => {
        tls.destroy()
        resolve(undefined)
      })
      tls.once('error', (error) => resolve(error.message))
    })
    tunnel.end()
  })
}

async function clock(gateway: string): Promise<Finding> {
  const answer = await ask(`${gateway}/api/clock`)
  if (!answer?.ok) return { ok: false, what: 'clock', detail: 'the lab does not answer' }
  const { now } = (await answer.json()) as { now: string }
  const minutes = Math.round((Date.parse(now) - Date.now()) / 60_000)
  return {
    ok: true,
    what: 'clock',
    detail:
      minutes === 0
        ? `${now}, as the machine's`
        : `${now}, ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} the machine's`,
  }
}

async function ask(url: string): Promise<Response | undefined> {
  return fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
}
