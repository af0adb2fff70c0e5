import { parseArgs } from 'node:util'
import { findBrowser } from './browser-executable.ts'
import { checkBrowser, checkNode, checkStack, type Finding, type GatewayPorts } from './doctor-checks.ts'

const usage = `npm run doctor [-- --internet-port 8080 --internet-tls-port 8443 --corp-port 8081 --corp-tls-port 8444]
Checks this machine and the stack that runs on it: Node, browser, ports, health, CA, names of both zones, clock.
The ports are those of npm start; the exit code is 0 when all is well.
`

process.exitCode = await examine()

async function examine(): Promise<number> {
  const wish = readArguments()
  if ('exitCode' in wish) {
    process.stdout.write(wish.text)
    return wish.exitCode
  }
  const findings = [
    checkNode(process.versions.node),
    checkBrowser(findBrowser({ platform: process.platform, environment: process.env })),
    ...(await checkStack(wish.gateways, new Date())),
  ]
  process.stdout.write(findings.map(lineOf).join(''))
  return findings.some((finding) => finding.verdict === 'FAIL') ? 1 : 0
}

function readArguments(): { gateways: readonly GatewayPorts[] } | { text: string; exitCode: number } {
  try {
    const { values } = parseArgs({
      options: {
        'internet-port': { type: 'string', default: '8080' },
        'internet-tls-port': { type: 'string', default: '8443' },
        'corp-port': { type: 'string', default: '8081' },
        'corp-tls-port': { type: 'string', default: '8444' },
        help: { type: 'boolean' },
      },
    })
    if (values.help) return { text: usage, exitCode: 0 }
    return {
      gateways: [
        { zone: 'internet', httpPort: values['internet-port'], tlsPort: values['internet-tls-port'] },
        { zone: 'corp', httpPort: values['corp-port'], tlsPort: values['corp-tls-port'] },
      ],
    }
  } catch (error) {
    return { text: `${(error as Error).message}\n\n${usage}`, exitCode: 2 }
  }
}

function lineOf({ verdict, what, detail }: Finding): string {
  return `${verdict.padEnd(4)}  ${what.padEnd(18)}  ${detail}\n`
}
