import { applicationGroups } from './application-groups.ts'
import { type Condition, type Conditions, hasAny, lowered, metIf, type NamedRule, names, within } from './condition.ts'
import type { Signals } from './signals.ts'

type Targets = Conditions['applications']

/** "Conditional Access: Target resources": cloud apps, user actions or authentication contexts, never two of them. */
export const applicationsCondition: Condition = {
  name: 'application',
  compile: ({ applications }) => {
    const actions = new Set<string>(applications.includeUserActions)
    const contexts = lowered(applications.includeAuthenticationContextClassReferences)
    const isIncluded = compileList(applications.includeApplications)
    const isExcluded = compileList(applications.excludeApplications)
    return ({ userAction, authenticationContexts = [], application: { appId } }) => {
      if (userAction !== undefined) return metIf(actions.has(userAction))
      if (hasAny(contexts, authenticationContexts)) return 'met'
      const excluded = isExcluded(appId)
      // A filter may bring in what no list names, so it decides even then; only an exclusion is certain without it.
      if (!applications.applicationFilter || excluded) return within(isIncluded(appId), excluded)
      return { gap: 'applicationFilter (custom security attributes of applications)' }
    }
  },
  explain: ({ applications }, signals) => ({
    includes: [
      ...applicationRules(applications.includeApplications, signals),
      ...actionRules(applications, signals),
      ...contextRules(applications, signals),
    ],
    excludes: applicationRules(applications.excludeApplications, signals),
    saw: describeTarget(signals),
  }),
}

function compileList(applications: readonly string[]): (appId: string) => boolean {
  const named = lowered(applications)
  if (named.has('all')) return () => true
  const groups = Object.entries(applicationGroups).filter(([keyword]) => named.has(keyword.toLowerCase()))
  return (appId) => named.has(appId) || groups.some(([, members]) => members.has(appId))
}

function applicationRules(values: readonly string[], { application, userAction }: Signals): readonly NamedRule[] {
  return values.map((value) => {
    const matched = userAction === undefined && compileList([value])(application.appId)
    return { rule: applicationRule(value.toLowerCase()), value, matched }
  })
}

function applicationRule(keyword: string): string {
  if (keyword === 'all') return 'allApps'
  return keyword === 'office365' ? 'office365' : 'appId'
}

function actionRules({ includeUserActions }: Targets, { userAction }: Signals): readonly NamedRule[] {
  return includeUserActions.map((value) => ({ rule: 'acr', value, matched: value === userAction }))
}

function contextRules(targets: Targets, { authenticationContexts = [] }: Signals): readonly NamedRule[] {
  return targets.includeAuthenticationContextClassReferences.map((value) => ({
    rule: 'acr',
    value,
    matched: names(authenticationContexts, value),
  }))
}

function describeTarget({ userAction, authenticationContexts = [], application }: Signals): string {
  const contexts =
    authenticationContexts.length > 0 ? `; authentication contexts: ${authenticationContexts.join(', ')}` : ''
  return (userAction ?? application.appId) + contexts
}
