import { explainPolicies, type PolicyExplanation } from '../conditional-access/explain.ts'
import type { LoggedSignIn } from '../sign-in-log/sign-in.ts'
import type { SignInLog } from '../sign-in-log/sign-in-log.ts'

/** What the latest sign-ins met, policy by policy, each judged by the policies of its own time. */
export interface PolicyReport {
  readonly policies: readonly PolicyCounts[]
  readonly signIns: readonly ReportedSignIn[]
}

export type ReportedResult =
  | 'success'
  | 'failure'
  | 'notApplied'
  | 'excluded'
  | 'reportOnlySuccess'
  | 'reportOnlyInterrupted'
  | 'reportOnlyFailure'

export interface PolicyCounts {
  readonly id: string
  readonly displayName: string
  readonly counts: Readonly<Partial<Record<ReportedResult, number>>>
}

export interface ReportedSignIn {
  readonly id: string
  readonly at: string
  readonly user: string
  readonly application: string
  readonly errorCode: number
  /** Policies that applied or would have. */
  readonly met: readonly { readonly displayName: string; readonly result: string }[]
}

/** How many sign-ins the report looks back on. */
export const reportedSignIns = 100

export async function reportOf(signIns: SignInLog): Promise<PolicyReport> {
  const logged = await signIns.read({ limit: reportedSignIns })
  const explained = await Promise.all(
    logged.map(async (signIn) => {
      const evaluated = await signIns.evaluatedOf(signIn)
      return { signIn, policies: evaluated ? explainPolicies(evaluated.policySet, evaluated.signals) : [] }
    }),
  )
  return {
    policies: countsOf(explained.flatMap(({ policies }) => policies)),
    signIns: explained.map(({ signIn, policies }) => reported(signIn, policies)),
  }
}

function countsOf(policies: readonly PolicyExplanation[]): readonly PolicyCounts[] {
  return [...Map.groupBy(policies, ({ id }) => id)].map(([id, same]) => {
    const results = Map.groupBy(same.flatMap(resultsOf), (result) => result)
    const counts = Object.fromEntries([...results].map(([result, list]) => [result, list.length]))
    return { id, displayName: same[0]?.displayName ?? id, counts }
  })
}

/** A policy that an exclusion kept away counts twice: as not applied, and as excluded. */
function resultsOf({ result, conditions }: PolicyExplanation): readonly ReportedResult[] {
  if (result === 'notEnabled' || result === 'unknown') return []
  if (result !== 'notApplied' && result !== 'reportOnlyNotApplied') return [result]
  const isExcluded = conditions.some(
    ({ verdict, excludes }) => verdict === 'notMet' && excludes.some(({ matched }) => matched),
  )
  return isExcluded ? ['notApplied', 'excluded'] : ['notApplied']
}

function reported(signIn: LoggedSignIn, policies: readonly PolicyExplanation[]): ReportedSignIn {
  const met = policies.filter(({ applies }) => applies).map(({ displayName, result }) => ({ displayName, result }))
  const { id, createdDateTime: at, userPrincipalName: user, appDisplayName: application, status } = signIn
  return { id, at, user, application, errorCode: status.errorCode, met }
}
