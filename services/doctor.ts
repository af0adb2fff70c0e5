import { parseArgs } from 'node:util'
import { findBrowser } from './browser-executable.ts'
import { checkBrowser, checkNode, checkStack, type Finding, type GatewayPorts } from './doctor-checks.ts'
import { type KnownGateway, knownGateways, originOf } from './gateway-choice.ts'

const usage = `npm run doctor [-- --gateway http://127.0.0.1:8080]
npm run doctor [-- --internet-port 8080 --internet-tls-port 8443 --corp-port 8081 --corp-tls-port 8444]
Checks this machine and the stack that runs on it: Node, browser, ports, health, CA, names of both zones, clock.
The ports are those of npm start; the lab behind a gateway that is named, here or by FAUXCHANGE_GATEWAY, knows its own.
The exit code is 0 when all is well.
`

const usualPorts = {
  'internet-port': '8080',
  'internet-tls-port': '8443',
  'corp-port': '8081',
  'corp-tls-port': '8444',
}
type Ports = typeof usualPorts

interface Wish {
  /** Of the gateway that was named. */
  readonly origin?: string
  readonly ports: Partial<Ports>
}

process.exitCode = await examine()

async function examine(): Promise<number> {
  const wish = readArguments()
  if ('exitCode' in wish) {
    process.stdout.write(wish.text)
    return wish.exitCode
  }
  const findings = [
    checkNode(process.versions.node, import.meta.url.endsWith('.ts')),
    checkBrowser(findBrowser({ platform: process.platform, environment: process.env })),
    ...(await examineStack(wish)),
  ]
  process.stdout.write(findings.map(lineOf).join(''))
  return findings.some((finding) => finding.verdict === 'FAIL') ? 1 : 0
}

async function examineStack(wish: Wish): Promise<Finding[]> {
  try {
    return await checkStack(await gatewaysOf(wish), new Date())
  } catch (error) {
    return [{ verdict: 'FAIL', what: 'gateway', detail: `${(error as Error).message} Is the stack started?` }]
  }
}

function readArguments(): Wish | { text: string; exitCode: number } {
  const port = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      options: {
        ...{ 'internet-port': port, 'internet-tls-port': port, 'corp-port': port, 'corp-tls-port': port },
        ...{ gateway: { type: 'string' }, help: { type: 'boolean' } },
      },
    })
    const { help, gateway, ...ports } = values
    if (help) return { text: usage, exitCode: 0 }
    const isUsual = Object.keys(ports).length === 0
    const named = gateway ?? (isUsual ? process.env.FAUXCHANGE_GATEWAY : undefined)
    return named ? { origin: originOf(named), ports } : { ports }
  } catch (error) {
    return { text: `${(error as Error).message}\n\n${usage}`, exitCode: 2 }
  }
}

/** As the lab tells them where a gateway was named; what was told here counts more. */
async function gatewaysOf({ origin, ports }: Wish): Promise<readonly GatewayPorts[]> {
  const all = { ...usualPorts, ...(origin === undefined ? {} : portsOf(await knownGateways(origin))), ...ports }
  const host = origin === undefined ? {} : { host: new URL(origin).hostname }
  return (['internet', 'corp'] as const).map((zone) => ({
    ...host,
    zone,
    httpPort: all[`${zone}-port`],
    tlsPort: all[`${zone}-tls-port`],
  }))
}

function portsOf(gateways: readonly KnownGateway[]): Partial<Ports> {
  const port = (address = '') => /\d+$/.exec(address)?.[0]
  return Object.fromEntries(
    gateways.flatMap(({ zone, proxy, tls }) => [
      [`${zone}-port`, port(proxy) ?? '0'],
      [`${zone}-tls-port`, port(tls) ?? '0'],
    ]),
  )
}

function lineOf({ verdict, what, detail }: Finding): string {
  return `${verdict.padEnd(4)}  ${what.padEnd(18)}  ${detail}\n`
}
