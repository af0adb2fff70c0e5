import { applicationGroups } from './application-groups.ts'
import { type Condition, type Conditions, metIf, names, within } from './condition.ts'
import type { Signals } from './signals.ts'

type Targets = Conditions['applications']

/** "Conditional Access: Target resources": cloud apps, user actions or authentication contexts, never two of them. */
export const applicationsCondition: Condition = {
  name: 'application',
  judge: ({ applications }, signals) => {
    if (signals.userAction !== undefined) return metIf(applications.includeUserActions.includes(signals.userAction))
    if (demandsContext(applications, signals)) return 'met'
    const { appId } = signals.application
    const verdict = within(
      lists(applications.includeApplications, appId),
      lists(applications.excludeApplications, appId),
    )
    if (!applications.applicationFilter) return verdict
    // A filter may bring in what no list names, so it decides even then; only an exclusion is certain without it.
    if (lists(applications.excludeApplications, appId)) return 'notMet'
    return { gap: 'applicationFilter (custom security attributes of applications)' }
  },
}

function demandsContext(applications: Targets, { authenticationContexts = [] }: Signals): boolean {
  return authenticationContexts.some((context) =>
    names(applications.includeAuthenticationContextClassReferences, context),
  )
}

function lists(applications: readonly string[], appId: string): boolean {
  if (names(applications, 'All') || names(applications, appId)) return true
  return Object.entries(applicationGroups).some(
    ([keyword, members]) => names(applications, keyword) && members.has(appId.toLowerCase()),
  )
}
