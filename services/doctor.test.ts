import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StartedProcess } from '#test/actors/started-process.ts'
import { checkBrowser, checkNode, checkStack, type GatewayPorts } from './doctor-checks.ts'
import { type Stack, startStack } from './stack.ts'

let stack: Stack

beforeAll(async () => {
  stack = await startStack()
})

afterAll(() => stack[Symbol.asyncDispose]())

function portsOf(zone: GatewayPorts['zone']): GatewayPorts {
  const gateway = stack.gateways[zone]
  return { zone, httpPort: String(gateway?.httpPort), tlsPort: String(gateway?.tlsPort) }
}

async function verdicts(gateways: readonly GatewayPorts[], now = new Date()) {
  const findings = await checkStack(gateways, now)
  return Object.fromEntries(findings.map(({ what, verdict, detail }) => [what, `${verdict} ${detail}`]))
}

describe('npm run doctor', () => {
  test('fits on one screen and ends with 0 when all is well', async () => {
    const flags = (['internet', 'corp'] as const).flatMap((zone) => {
      const { httpPort, tlsPort } = portsOf(zone)
      return [`--${zone}-port`, httpPort, `--${zone}-tls-port`, tlsPort]
    })
    await using running = new StartedProcess({ args: ['services/doctor.ts', ...flags] })
    const { code } = await running.exited

    const lines = running.stdout.trimEnd().split('\n')
    expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([])
    expect(code).toBe(0)
    expect(lines.length).toBeGreaterThanOrEqual(9)
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(running.stderr).toBe('')
  })

  test('asks the lab behind a gateway that is named for the ports', async () => {
    await using running = new StartedProcess({ args: ['services/doctor.ts', '--gateway', stack.proxy('corp')] })
    const { code } = await running.exited

    const addresses = (['internet', 'corp'] as const).map((zone) => stack.proxy(zone))
    for (const address of addresses) expect(running.stdout).toContain(`${address}, 8 deployments ready`)
    expect({ code, stdout: running.stdout }).toEqual({ code: 0, stdout: expect.not.stringContaining('FAIL') })
  })

  test('ends with 1 when nothing runs, and says what to do', async () => {
    const flags = ['--internet-port', '9', '--corp-port', '9']
    await using running = new StartedProcess({ args: ['services/doctor.ts', ...flags] })
    const { code } = await running.exited

    expect(code).toBe(1)
    expect(running.stdout).toContain('nothing answers at http://127.0.0.1:9. Is the stack started?')
  })

  test('refuses unknown options with its usage', async () => {
    await using running = new StartedProcess({ args: ['services/doctor.ts', '--prot', '1'] })
    const { code } = await running.exited

    expect({ code, stdout: running.stdout }).toEqual({ code: 2, stdout: expect.stringContaining('npm run doctor') })
  })
})

describe('what it finds', () => {
  test('every name of both zones, the ports, the CA and the clock', async () => {
    const { plans, scenario } = stack
    const count = (zone: GatewayPorts['zone']) => plans.flatMap((plan) => plan.hosts[zone]).length

    const found = await verdicts([portsOf('internet'), portsOf('corp')])

    expect(found['gateway internet']).toMatch(/^ok .* 8 deployments ready$/)
    expect(found['names internet']).toBe(`ok ${count('internet')} host names answer over TLS, vouched for by the CA`)
    expect(found['names corp']).toBe(`ok ${count('corp')} host names answer over TLS, vouched for by the CA`)
    expect(found['TLS port internet']).toMatch(/^ok 127\.0\.0\.1:\d+ passes /)
    expect(found.CA).toMatch(/^ok CN=Fauxchange CA /)
    expect(found.clock).toMatch(scenario.start ? /^hint/ : /^ok .* as the machine's$/)
  })

  test('a clock that was moved', async () => {
    await stack.clock.advance(3 * 3_600_000)

    const { clock } = await verdicts([portsOf('internet')])

    expect(clock).toMatch(/^hint .*180 minutes ahead of the machine's/)
    await stack.clock.restart()
  })

  test('a CA that ended, or has not begun', async () => {
    const ended = await verdicts([portsOf('internet')], new Date('2099-01-01T00:00:00Z'))
    const early = await verdicts([portsOf('internet')], new Date('2000-01-01T00:00:00Z'))

    expect(ended.CA).toMatch(/^FAIL .*ended/)
    expect(early.CA).toMatch(/^FAIL .*clock behind/)
  })

  test('a name that the gateway knows and nobody answers to', async () => {
    await using partial = await startStack({ only: ['gateway-internet', 'autodetect'] })
    const { httpPort, tlsPort } = partial.gateways.internet ?? { httpPort: 0, tlsPort: 0 }

    const found = await verdicts([{ zone: 'internet', httpPort: String(httpPort), tlsPort: String(tlsPort) }])

    expect(found['names internet']).toMatch(/^FAIL .* and \d+ more: the gateway answered 403$/)
    expect(found.clock).toBe('FAIL the lab does not say')
  })

  test('two stacks whose gateways were mixed up', async () => {
    const certificates = await mkdtemp(join(tmpdir(), 'fauxchange-'))
    await using other = await startStack({ only: ['gateway-corp'], certificates })
    const { httpPort, tlsPort } = other.gateways.corp ?? { httpPort: 0, tlsPort: 0 }
    const corp = { zone: 'corp', httpPort: String(httpPort), tlsPort: String(tlsPort) } as const

    const { CA } = await verdicts([portsOf('internet'), corp])

    expect(CA).toMatch(/^FAIL the gateways belong to two stacks/)
    await rm(certificates, { recursive: true })
  })

  test('another program on the port', async () => {
    await using stranger = createServer((_request, response) => response.end('hello'))
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const port = String((stranger.address() as AddressInfo).port)

    const found = await verdicts([{ zone: 'internet', httpPort: port, tlsPort: port }])

    expect(found['gateway internet']).toContain('is another program')
  })
})

test.each([
  { version: '24.12.0', verdict: 'ok' },
  { version: '24.21.0', verdict: 'ok' },
  { version: '26.0.0', verdict: 'ok' },
  { version: '24.11.1', verdict: 'FAIL' },
  { version: '22.20.0', verdict: 'FAIL' },
])('Node $version is $verdict', ({ version, verdict }) => {
  expect(checkNode(version).verdict).toBe(verdict)
  expect(checkNode(version, false).verdict).toBe('ok')
})

test('a missing browser is a hint, since everything else works without', () => {
  expect(checkBrowser(undefined).verdict).toBe('hint')
  expect(checkBrowser('/usr/bin/chromium').verdict).toBe('ok')
})
