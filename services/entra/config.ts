import type { Scenario, Tenant } from '#shared/scenario/world.ts'
import type { ApplicationRegistry } from './applications/registry.ts'

/** What Entra ID reads of the scenario, which does not change while it runs; and the applications as they are now. */
export interface EntraConfig {
  readonly tenant: Tenant
  /** Names of the verified domains, in lower case, the initial one included. */
  readonly domainNames: ReadonlySet<string>
  readonly applications: ApplicationRegistry
  readonly keepMeSignedIn: boolean
  /** Undefined: at random, as the product's. */
  readonly accessTokenMinutes: number | undefined
  readonly multifactor: Scenario['entra']['multifactor']
  readonly branding: Scenario['entra']['branding']
}

export function readConfig(scenario: Scenario, applications: ApplicationRegistry): EntraConfig {
  const { entra } = scenario
  return {
    tenant: scenario.tenant,
    domainNames: new Set(scenario.domains.map((domain) => domain.name.toLowerCase())),
    applications,
    keepMeSignedIn: entra.keepMeSignedIn,
    accessTokenMinutes: entra.tokens.accessTokenMinutes,
    multifactor: entra.multifactor,
    branding: entra.branding,
  }
}
