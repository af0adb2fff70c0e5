import type { StoredPolicy } from '../conditional-access/conditional-access-objects.ts'
import { allStrengths } from '../graph/conditional-access/policy-record.ts'
import type { GraphServices } from '../graph/graph-services.ts'
import type { Option } from './form/options.ts'
import type { FormOptions } from './pages/policy-form-page.ts'

export interface FormView {
  readonly id: string | undefined
  readonly options: FormOptions
  readonly jsonOnly: readonly string[]
}

/** What the form of a policy needs beside its values. */
export function formView(graph: GraphServices, policy: StoredPolicy | undefined): FormView {
  return { id: policy?.id, options: optionsOf(graph), jsonOnly: policy ? jsonOnlyOf(policy) : [] }
}

function optionsOf(graph: GraphServices): FormOptions {
  const named = (list: readonly { readonly id: string; readonly displayName: string }[]): readonly Option[] =>
    list.map(({ id, displayName }) => ({ value: id, text: displayName }))
  return {
    locations: [
      { value: 'All', text: 'Any network or location' },
      { value: 'AllTrusted', text: 'All trusted networks and locations' },
      ...named(graph.conditionalAccess.locations.all()),
    ],
    agreements: named(graph.circumstances.agreements.all()),
    strengths: [{ value: '', text: 'None' }, ...named(allStrengths(graph))],
  }
}

function jsonOnlyOf({ conditions, grantControls, sessionControls }: StoredPolicy): readonly string[] {
  const members: Readonly<Record<string, boolean>> = {
    'guests or external users':
      conditions.users.includeGuestsOrExternalUsers !== null || conditions.users.excludeGuestsOrExternalUsers !== null,
    'the filter for applications': conditions.applications.applicationFilter !== null,
    'workload identities': conditions.clientApplications !== null || conditions.servicePrincipalRiskLevels.length > 0,
    'custom controls': (grantControls?.customAuthenticationFactors ?? []).length > 0,
    'App Control': sessionControls?.cloudAppSecurity?.isEnabled === true,
    'token protection': sessionControls?.secureSignInSession?.isEnabled === true,
    'resilience defaults': sessionControls?.disableResilienceDefaults === true,
  }
  return Object.entries(members).flatMap(([name, isSet]) => (isSet ? [name] : []))
}
