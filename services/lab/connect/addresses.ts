import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentPlan, Zone } from '#shared/stack/deployment.ts'

/** An address of the imitated world that is worth opening. */
export interface WorldAddress {
  readonly url: string
  readonly title: string
  /** The deployment that answers, by the zone one stands in; absent where the name leads nowhere. */
  readonly answeredBy: Readonly<Partial<Record<Zone, string>>>
  /** Made for programs rather than for people. */
  readonly forPrograms: boolean
}

const zones = ['internet', 'corp'] as const

export function worldAddresses(scenario: Scenario, plans: readonly DeploymentPlan[]): readonly WorldAddress[] {
  const { mail, adfs, autodiscover } = scenario.organization.hosts
  const tenant = scenario.tenant.id
  const people = [
    ['https://outlook.office.com/owa/', 'Outlook on the web, mailbox in Exchange Online'],
    [`https://${mail}/owa/`, 'Outlook on the web, mailbox on-premises'],
    [`https://${mail}/ecp/`, 'Exchange admin center on-premises'],
    ['https://entra.microsoft.com/', 'Conditional Access in the Entra admin center, for administrators'],
    [`https://${adfs}/adfs/ls/idpinitiatedsignon.aspx`, 'AD FS sign-in page without an application'],
  ] as const
  const programs = [
    [
      'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
      'Entra ID, OpenID configuration',
    ],
    [
      `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`,
      'Entra ID, OpenID configuration of the tenant',
    ],
    ['https://login.microsoftonline.com/common/discovery/v2.0/keys', 'Entra ID, signing keys'],
    [`https://${adfs}/FederationMetadata/2007-06/FederationMetadata.xml`, 'AD FS, federation metadata'],
    [`https://${autodiscover}/autodiscover/autodiscover.json`, 'AutoDiscover v2'],
  ] as const
  const address = ([url, title]: readonly [string, string], forPrograms: boolean) => ({
    url,
    title,
    answeredBy: answeredBy(plans, new URL(url).hostname),
    forPrograms,
  })
  return [...people.map((each) => address(each, false)), ...programs.map((each) => address(each, true))]
}

function answeredBy(plans: readonly DeploymentPlan[], host: string): WorldAddress['answeredBy'] {
  const found = zones.flatMap((zone) => {
    const plan = plans.find((each) => each.hosts[zone].includes(host))
    return plan ? [[zone, plan.name] as const] : []
  })
  return Object.fromEntries(found)
}
