import { compileApplicationFilter, ruleHolds } from './application-filter.ts'
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
    const filter = compileApplicationFilter(applications.applicationFilter)
    return ({ userAction, authenticationContexts = [], application }) => {
      if (userAction !== undefined) return metIf(actions.has(userAction))
      if (hasAny(contexts, authenticationContexts)) return 'met'
      const excluded = isExcluded(application.appId)
      // A filter may bring in what no list names, so it decides even then; only an exclusion is certain without it.
      if (!filter || excluded) return within(isIncluded(application.appId), excluded)
      if (filter.kind === 'gap') return { gap: filter.gap }
      const matches = ruleHolds(filter.rule, application.attributes)
      return filter.mode === 'include'
        ? metIf(matches || isIncluded(application.appId))
        : within(isIncluded(application.appId), matches)
    }
  },
  explain: ({ applications }, signals) => ({
    includes: [
      ...applicationRules(applications.includeApplications, signals),
      ...filterRules(applications, signals, 'include'),
      ...actionRules(applications, signals),
      ...contextRules(applications, signals),
    ],
    excludes: [
      ...applicationRules(applications.excludeApplications, signals),
      ...filterRules(applications, signals, 'exclude'),
    ],
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

function filterRules(
  { applicationFilter }: Targets,
  { application, userAction }: Signals,
  mode: 'include' | 'exclude',
): readonly NamedRule[] {
  if (applicationFilter?.mode !== mode) return []
  const filter = compileApplicationFilter(applicationFilter)
  const matched = filter?.kind === 'rule' && userAction === undefined && ruleHolds(filter.rule, application.attributes)
  return [{ rule: 'applicationFilter', value: applicationFilter.rule, matched }]
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
