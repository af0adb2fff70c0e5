import { fileURLToPath } from 'node:url'
import { Agent, buildConnector } from 'undici'
import { type Authority, openAuthority } from '#certs/authority.ts'
import { StackClock } from '#shared/clock.ts'
import { createMachineToken } from '#shared/http/machine-identity.ts'
import type { JournalEvent } from '#shared/journal.ts'
import { createLog } from '#shared/log.ts'
import { systemRandom } from '#shared/random.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { LocalAddresses } from '#shared/stack/addresses.ts'
import type { BuildService, DeploymentPlan } from '#shared/stack/deployment.ts'
import { managementClient } from '#shared/stack/management-client.ts'
import { runDeployment, type StackParts } from '#shared/stack/run-deployment.ts'
import { Browser } from './_browser.ts'
import {
  defaultMethods,
  directoryDouble,
  type FakeDirectory,
  type FakeMfa,
  fakeDirectory,
  mfaDouble,
} from './_doubles.ts'
import { buildAdfs } from './service.ts'

/** AD FS over TLS, with stand-ins for the domain controller and for the Entra MFA service on the wires they share. */
export interface AdfsStage extends AsyncDisposable {
  readonly clock: StackClock
  readonly authority: Authority
  readonly scenario: Scenario
  readonly directory: FakeDirectory
  readonly mfa: FakeMfa
  /** Of the listener of AD FS on loopback. */
  readonly port: number
  /** Every name leads to AD FS. */
  readonly agent: Agent
  browser(place?: 'inside' | 'outside', headers?: Record<string, string>): Browser
  machineToken(deployment: string, audience?: string): Promise<string>
  /** What Web Application Proxy adds to a request that it passes on. */
  proxyHeaders(): Promise<Record<string, string>>
  journal(): Promise<readonly JournalEvent[]>
  reset(): Promise<void>
}

export async function startAdfs(
  change: (scenario: Scenario) => Scenario = (same) => same,
  data?: string,
): Promise<AdfsStage> {
  await using cleanUp = new AsyncDisposableStack()
  const parts = { ...(await partsOf(change(await loadDefaultScenario()), cleanUp)), data }
  const { scenario, authority, clock, addresses } = parts
  const directory = fakeDirectory(scenario)
  const mfa: FakeMfa = { methods: defaultMethods(), result: 'Success', answers: ['Success'], calls: [] }
  await run({ adfs: buildAdfs, directory: directoryDouble(directory), entra: mfaDouble(mfa) }, parts, cleanUp)
  const machineToken = async (deployment: string, audience = 'adfs.contoso.com') =>
    createMachineToken(await authority.machineIdentity(deployment), audience, clock)
  const { port = 0 } = addresses.https('adfs') ?? {}
  const agent = agentFor(authority.caPem, port)
  cleanUp.defer(() => agent.destroy())
  const manage = managementClient(addresses)
  const owned = cleanUp.move()
  return {
    clock,
    authority,
    scenario,
    directory,
    mfa,
    machineToken,
    port,
    agent,
    proxyHeaders: () => proxyHeaders(machineToken),
    browser: (place = 'inside', headers = {}) =>
      new Browser(agent, async () => ({ ...(place === 'outside' && (await proxyHeaders(machineToken))), ...headers })),
    journal: async () => ((await manage('adfs', '/journal')).json as { events: JournalEvent[] }).events,
    reset: async () => void (await manage('adfs', '/reset', { method: 'POST' })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function partsOf(scenario: Scenario, cleanUp: AsyncDisposableStack) {
  const directory = fileURLToPath(new URL('../../certs/.generated', import.meta.url))
  const domains = ['contoso.com', 'windowsazure.com']
  return {
    scenario,
    plans: plansOf(scenario),
    authority: await openAuthority({ directory, domains }),
    clock: cleanUp.use(new StackClock()),
    addresses: new LocalAddresses(),
    random: systemRandom,
    log: createLog('error'),
  } satisfies StackParts
}

async function run(
  builds: Readonly<Record<string, BuildService>>,
  parts: StackParts & { readonly addresses: LocalAddresses },
  cleanUp: AsyncDisposableStack,
): Promise<void> {
  const listen = { bind: '127.0.0.1', httpsPort: 0, managementPort: 0 }
  for (const plan of parts.plans) {
    const running = cleanUp.use(await runDeployment(plan, builds[plan.name] as BuildService, parts, listen))
    parts.addresses.setHttps(plan.name, running.https)
    parts.addresses.setManagement(plan.name, running.management)
  }
}

/** Every name leads to the one listener, as behind a gateway. */
function agentFor(ca: string, port: number): Agent {
  const connect = buildConnector({ ca })
  const here = { hostname: '127.0.0.1', host: `127.0.0.1:${port}`, port: String(port) }
  return new Agent({
    connect: (target, callback) => connect({ ...target, servername: target.hostname, ...here }, callback),
  })
}

async function proxyHeaders(machineToken: (deployment: string) => Promise<string>): Promise<Record<string, string>> {
  return {
    'x-ms-proxy': 'WAP01',
    'x-ms-forwarded-client-ip': '203.0.113.10',
    'x-ms-endpoint-absolute-path': '/adfs/ls/',
    'x-ms-proxyauth-token': await machineToken('wap'),
  }
}

function plansOf({ organization: { hosts } }: Scenario): readonly DeploymentPlan[] {
  const plan = (name: string, homeZone: 'internet' | 'corp', corp: string[]) => ({
    name,
    service: name,
    homeZone,
    hosts: { internet: [], corp },
  })
  return [
    plan('adfs', 'corp', [hosts.adfs, hosts.certauth]),
    plan('directory', 'corp', [hosts.dc]),
    plan('entra', 'internet', ['adnotifications.windowsazure.com']),
  ]
}
