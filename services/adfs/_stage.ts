import { fileURLToPath } from 'node:url'
import { Agent, buildConnector } from 'undici'
import { type Authority, openAuthority } from '#certs/authority.ts'
import { StackClock } from '#shared/clock.ts'
import type { ClientCertificate } from '#shared/http/client.ts'
import { createMachineToken } from '#shared/http/machine-identity.ts'
import type { JournalEvent } from '#shared/journal.ts'
import { createLog } from '#shared/log.ts'
import { systemRandom } from '#shared/random.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { LocalAddresses } from '#shared/stack/addresses.ts'
import type { BuildService, DeploymentPlan, ManagementAnswer, ManagementRequest } from '#shared/stack/deployment.ts'
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
import { type ProxyDouble, proxyDouble } from './_proxy-double.ts'
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
  /** Every name leads to AD FS; shows no certificate. */
  readonly agent: Agent
  browser(place?: 'inside' | 'outside', headers?: Record<string, string>): Browser
  machineToken(deployment: string, audience?: string): Promise<string>
  /** Through which the browsers outside come. */
  readonly proxy: ProxyDouble
  agentWith(certificate: ClientCertificate): Agent
  journal(): Promise<readonly JournalEvent[]>
  /** Asks the management port. */
  manage(path: string, request?: ManagementRequest): Promise<ManagementAnswer>
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
  // Outlives the move below, after which more is opened.
  const opened = cleanUp.use(new AsyncDisposableStack())
  const openAgent = (certificate?: ClientCertificate) => {
    const agent = agentFor(authority.caPem, port, certificate)
    opened.defer(() => agent.destroy())
    return agent
  }
  const agent = openAgent()
  const proxy = proxyDouble(authority, openAgent, opened)
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
    proxy,
    agentWith: openAgent,
    manage: (path, request) => manage('adfs', path, request),
    browser: (place = 'inside', headers = {}) =>
      place === 'inside'
        ? new Browser(async () => agent, headers)
        : new Browser(proxy.agent, { ...proxy.headers, ...headers }),
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
    parts.addresses.add(plan.name, running)
  }
}

/** Every name leads to the one listener, as behind a gateway. */
function agentFor(ca: string, port: number, certificate?: ClientCertificate): Agent {
  const { keyPem: key, certificatePem: cert } = certificate ?? {}
  const connect = buildConnector({ ca, ...(key && cert && { key, cert }) })
  const here = { hostname: '127.0.0.1', host: `127.0.0.1:${port}`, port: String(port) }
  return new Agent({
    connect: (target, callback) => connect({ ...target, servername: target.hostname, ...here }, callback),
  })
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
