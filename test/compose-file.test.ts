import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { topologyOf } from '#services/topology.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'

interface ComposeService {
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { condition: string }>>
  readonly networks: Readonly<Record<string, { aliases?: readonly string[] }>>
}

const file = new URL('../docker-compose.yml', import.meta.url)
const { services } = parse(await readFile(file, 'utf8'), { merge: true }) as {
  services: Record<string, ComposeService>
}
const deployments = Object.entries(services).filter(([name]) => name !== 'postgres')
const plans = topologyOf(await loadDefaultScenario())
const gateways = ['gateway-internet', 'gateway-corp']

test('the Compose file runs every deployment and both gateways, each by its own name', () => {
  const commands = deployments.map(([name, service]) => [name, ...service.command])
  const expected = [...plans.map(({ name }) => name), ...gateways].map((name) => [name, name])
  expect(commands.sort()).toEqual(expected.sort())
})

test.each(plans.flatMap((plan) => (['internet', 'corp'] as const).map((zone) => ({ ...plan, zone }))))(
  '$name has on the network $zone the host names of that zone',
  ({ name, zone, hosts }) => {
    expect([...(services[name]?.networks[zone]?.aliases ?? [])].sort()).toEqual([...hosts[zone]].sort())
  },
)

test('the gateways and the mail servers publish ports, on loopback', () => {
  const published = deployments.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, withDefaults(port)]))
  expect(published).toEqual([
    ['exchange-onprem', '127.0.0.1:2526:2526'],
    ['exchange-online', '127.0.0.1:2525:2525'],
    ['gateway-internet', '127.0.0.1:8080:8080'],
    ['gateway-internet', '127.0.0.1:8443:8443'],
    ['gateway-corp', '127.0.0.1:8081:8081'],
    ['gateway-corp', '127.0.0.1:8444:8444'],
  ])
})

test('a database runs only where somebody asks for it, and says when it is ready', () => {
  expect(services.postgres).toMatchObject({
    profiles: ['postgres'],
    healthcheck: { test: ['CMD', 'pg_isready', '-U', 'fauxchange'] },
  })
  for (const [, { entrypoint }] of deployments) expect(entrypoint.join(' ')).toMatch(/--store \$\{FAUXCHANGE_STORE:-\}/)
})

/** As Compose does where the environment says nothing. */
function withDefaults(text: string): string {
  return text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
}

test('every container can be managed, and waits for healthy peers only', () => {
  for (const { networks, depends_on = {} } of Object.values(services)) {
    expect(networks).toHaveProperty('management')
    for (const { condition } of Object.values(depends_on)) expect(condition).toBe('service_healthy')
  }
})
