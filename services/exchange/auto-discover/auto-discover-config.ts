import type { StepId } from '#shared/flows.ts'
import type { Scenario } from '#shared/scenario/world.ts'

export interface AutoDiscoverConfig {
  /** What is answered about a mailbox that is here, by protocol in the spelling of the product. */
  readonly urls: Readonly<Record<string, string>>
  /** As the error about another protocol lists them. */
  readonly supported: readonly string[]
  /** Domains with servers of the organization's own, and all of the tenant. */
  readonly hybridDomains: readonly string[]
  readonly acceptedDomains: readonly string[]
  /** AutoDiscover hosts on-premises by domain, where they are not `autodiscover.<domain>`. */
  readonly hosts: Readonly<Record<string, string>>
  readonly onlineHost: string
  /** `seedLiteral`: Exchange Online answers 302 with the URL, as some documents say, in place of 200 with JSON. */
  readonly versionTwo: 'observed' | 'seedLiteral'
  readonly steps: Readonly<Record<'found' | 'redirected' | 'challenged', readonly StepId[]>>
}

export function onPremisesAutoDiscover(scenario: Scenario): AutoDiscoverConfig {
  const { organization } = scenario
  return {
    ...domainsOf(scenario),
    urls: {
      ActiveSync: `https://${organization.hosts.mail}/Microsoft-Server-ActiveSync`,
      Ews: `https://${organization.hosts.mail}/EWS/Exchange.asmx`,
      AutodiscoverV1: `https://${organization.hosts.autodiscover}/autodiscover/autodiscover.xml`,
    },
    supported: ['ActiveSync', 'AutodiscoverV1', 'Ews'],
    versionTwo: 'observed',
    steps: { found: ['MOBILE-ONPREM-4'], redirected: [], challenged: ['MOBILE-ONPREM-5'] },
  }
}

export function onlineAutoDiscover(scenario: Scenario): AutoDiscoverConfig {
  return {
    ...domainsOf(scenario),
    urls: {
      ActiveSync: 'https://outlook.office365.com/Microsoft-Server-ActiveSync',
      Ews: 'https://outlook.office365.com/EWS/Exchange.asmx',
      AutodiscoverV1: 'https://outlook.office365.com/autodiscover/autodiscover.xml',
      Substrate: 'https://substrate.office.com',
    },
    supported: ['ActiveSync', 'AutodiscoverV1', 'Ews', 'Substrate'],
    versionTwo: scenario.exchange.online.autodiscoverV2,
    steps: {
      found: ['MOBILE-ONLINE-2'],
      redirected: ['MOBILE-ONPREM-2', 'MOBILE-ONPREM-3'],
      challenged: ['MOBILE-ONLINE-3', 'MOBILE-ONLINE-4'],
    },
  }
}

function domainsOf({ organization, domains, users }: Scenario) {
  const hybrid = users.filter(({ mailbox }) => mailbox?.location === 'onPremises')
  const names = hybrid.map(({ userPrincipalName }) => userPrincipalName.split('@').at(-1)?.toLowerCase() ?? '')
  return {
    hybridDomains: [...new Set([organization.primaryDomain.toLowerCase(), ...names])],
    acceptedDomains: domains.map(({ name }) => name.toLowerCase()),
    hosts: { [organization.primaryDomain.toLowerCase()]: organization.hosts.autodiscover },
    onlineHost: 'outlook.office365.com',
  }
}
