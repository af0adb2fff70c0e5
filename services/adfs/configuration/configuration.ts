import { isDeepStrictEqual } from 'node:util'
import type { Scenario } from '#shared/scenario/world.ts'
import { followOthers } from '#shared/store/follow-others.ts'
import type { Store } from '#shared/store/store.ts'
import { checkPolicy } from '../access-control/check-policy.ts'
import { flowOf, readRules, type Trust, type Trusts, trustOf } from '../trusts.ts'
import { type ClaimsProviderTrust, claimsProviderTrustOf } from './claims-provider-trust.ts'
import {
  type ConfigurationTables,
  configurationOf,
  readConfiguration,
  type StoredConfiguration,
  writeConfiguration,
} from './configuration-store.ts'

/** The trusts and policies of now. What a request has read stays as it was, whatever an administrator changes. */
export interface Configuration extends Trusts {
  readonly stored: StoredConfiguration
  /** @throws Error for rules, certificates or references that cannot be read; then nothing has changed. */
  change(next: StoredConfiguration): Promise<void>
  /** After a reset. */
  reload(): Promise<void>
}

interface Snapshot extends Omit<Trusts, 'byIdentifier' | 'byObjectIdentifier'> {
  readonly stored: StoredConfiguration
  readonly byIdentifier: ReadonlyMap<string, Trust>
  readonly byObjectIdentifier: ReadonlyMap<string, Trust>
}

/** Read once and kept in memory: every token asks for it. */
export async function openConfiguration<Schema extends ConfigurationTables>(
  store: Store<Schema>,
  scenario: Scenario,
): Promise<Configuration> {
  let now = snapshotOf(await readConfiguration(store), scenario)
  const reload = async () => {
    const stored = await readConfiguration(store)
    // After most resets there is nothing new to read rules of.
    if (!isDeepStrictEqual(stored, now.stored)) now = snapshotOf(stored, scenario)
  }
  const others = followOthers(store, 'configuration', reload)
  return {
    get stored() {
      return now.stored
    },
    get all() {
      return now.all
    },
    get claimsProviders() {
      return now.claimsProviders
    },
    get accessControlPolicies() {
      return now.accessControlPolicies
    },
    get additionalAuthenticationRules() {
      return now.additionalAuthenticationRules
    },
    get activeDirectoryAcceptanceRules() {
      return now.activeDirectoryAcceptanceRules
    },
    get webContent() {
      return now.webContent
    },
    get webTheme() {
      return now.webTheme
    },
    byIdentifier: (identifier) => now.byIdentifier.get(identifier.toLowerCase()),
    byObjectIdentifier: (id) => now.byObjectIdentifier.get(id.toLowerCase()),
    async change(next) {
      const checked = snapshotOf(next, scenario)
      await writeConfiguration(store, next)
      now = checked
      await others.changed()
    },
    reload,
  }
}

/** The trusts of a scenario, without a store. */
export function scenarioTrusts(scenario: Scenario): Trusts {
  const { byIdentifier, byObjectIdentifier, ...snapshot } = snapshotOf(configurationOf(scenario), scenario)
  return {
    ...snapshot,
    byIdentifier: (identifier) => byIdentifier.get(identifier.toLowerCase()),
    byObjectIdentifier: (id) => byObjectIdentifier.get(id.toLowerCase()),
  }
}

function snapshotOf(stored: StoredConfiguration, scenario: Scenario): Snapshot {
  const { settings } = stored
  for (const policy of stored.accessControlPolicies) checkPolicy(policy)
  const all = stored.relyingParties.map((each) => trustOf(each, flowOf(each, scenario)))
  const claimsProviders: readonly ClaimsProviderTrust[] = stored.claimsProviders.map(claimsProviderTrustOf)
  const { activeDirectoryAcceptanceTransformRules: acceptance } = settings
  return {
    stored,
    all,
    claimsProviders,
    accessControlPolicies: stored.accessControlPolicies,
    additionalAuthenticationRules: readRules(
      settings.additionalAuthenticationRules,
      'global additional authentication rules',
    ),
    activeDirectoryAcceptanceRules:
      acceptance === undefined ? undefined : readRules(acceptance, 'acceptance rules of Active Directory'),
    webContent: settings.webContent,
    webTheme: settings.webTheme ?? {},
    byIdentifier: new Map(all.flatMap((trust) => trust.settings.identifiers.map((id) => [id.toLowerCase(), trust]))),
    byObjectIdentifier: new Map(all.map((trust) => [trust.settings.objectIdentifier.toLowerCase(), trust])),
  }
}
