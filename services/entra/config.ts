import type { Domain, Scenario, Tenant } from '#shared/scenario/world.ts'
import { registeredApplication } from './applications/application.ts'
import { firstPartyCatalogue } from './applications/first-party.ts'
import { type ApplicationRegistry, applicationRegistry } from './applications/registry.ts'

/** What Entra ID reads of the scenario: nothing here changes while it runs. */
export interface EntraConfig {
  readonly tenant: Tenant
  /** Verified domains by name, the initial one included. */
  readonly domains: ReadonlyMap<string, Domain>
  readonly applications: ApplicationRegistry
  readonly keepMeSignedIn: boolean
  readonly multifactor: Scenario['entra']['multifactor']
  readonly branding: Scenario['entra']['branding']
}

export function readConfig(scenario: Scenario): EntraConfig {
  const { entra, organization } = scenario
  return {
    tenant: scenario.tenant,
    domains: new Map(scenario.domains.map((domain) => [domain.name.toLowerCase(), domain])),
    applications: applicationRegistry([
      ...firstPartyCatalogue(organization.hosts),
      ...entra.applications.map(registeredApplication),
    ]),
    keepMeSignedIn: entra.keepMeSignedIn,
    multifactor: entra.multifactor,
    branding: entra.branding,
  }
}
