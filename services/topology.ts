import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentPlan } from '#shared/stack/deployment.ts'

const entraHosts = [
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  // The short address of device sign-in.
  'microsoft.com',
  'www.microsoft.com',
  'sts.windows.net',
  'device.login.microsoftonline.com',
  'enterpriseregistration.windows.net',
  'adminwebservice.microsoftonline.com',
  'adnotifications.windowsazure.com',
  'aadcdn.msauth.net',
  'graph.microsoft.com',
  'entra.microsoft.com',
]

const gatewayNames = { internet: 'gateway-internet', corp: 'gateway-corp' } as const

/** Every deployment of the world, with the names it answers to in each zone; gateways are apart. */
export function topologyOf(scenario: Scenario): readonly DeploymentPlan[] {
  const { hosts } = scenario.organization
  const online = [
    'outlook.office.com',
    'outlook.office365.com',
    'autodiscover-s.outlook.com',
    ...managedAutodiscover(scenario),
  ]
  const federation = [hosts.adfs, hosts.certauth]
  const exchange = [hosts.mail, hosts.autodiscover]
  return [
    plan('directory', 'directory', 'corp', [], [hosts.dc]),
    plan('entra', 'entra', 'internet', entraHosts, entraHosts),
    plan('adfs', 'adfs', 'corp', [], federation),
    { ...plan('wap', 'wap', 'corp', [...exchange, ...federation], []), plainHttp: true },
    { ...plan('exchange-onprem', 'exchange', 'corp', [], exchange), takesMail: true },
    { ...plan('exchange-online', 'exchange', 'internet', online, online), plainHttp: true, takesMail: true },
    plan(
      'autodetect',
      'autodetect',
      'internet',
      ['prod-autodetect.outlookmobile.com'],
      ['prod-autodetect.outlookmobile.com'],
    ),
    plan('lab', 'lab', 'corp', [], []),
  ]
}

/** The names of the two gateways, by zone. */
export function gatewayName(zone: 'internet' | 'corp'): string {
  return gatewayNames[zone]
}

/** What may be named on the command line. */
export function deploymentNames(scenario: Scenario): readonly string[] {
  return [...topologyOf(scenario).map((each) => each.name), ...Object.values(gatewayNames)]
}

/** DNS suffixes the certificate authority may issue for. */
export function certificateDomains(plans: readonly DeploymentPlan[]): readonly string[] {
  const names = plans.flatMap((each) => [...each.hosts.internet, ...each.hosts.corp])
  return [...new Set(names.map((name) => name.split('.').slice(-2).join('.')))].sort()
}

function plan(
  name: string,
  service: string,
  homeZone: 'internet' | 'corp',
  internet: readonly string[],
  corp: readonly string[],
): DeploymentPlan {
  return { name, service, homeZone, hosts: { internet, corp } }
}

function managedAutodiscover(scenario: Scenario): string[] {
  return scenario.domains
    .filter((domain) => domain.authentication !== 'federated' && !domain.isInitial)
    .map((domain) => `autodiscover.${domain.name}`)
    .concat(`autodiscover.${scenario.tenant.initialDomain.toLowerCase().replace('.', '.mail.')}`)
}
