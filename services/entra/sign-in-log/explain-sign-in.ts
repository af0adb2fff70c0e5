import type { Decision, SessionControls, UnmetControl } from '../conditional-access/decision.ts'
import { evaluateConditionalAccess } from '../conditional-access/evaluate.ts'
import { explainPolicies, type PolicyExplanation } from '../conditional-access/explain.ts'
import type { Signals } from '../conditional-access/signals.ts'
import type { LoggedSignIn } from './sign-in.ts'
import type { SignInLog } from './sign-in-log.ts'

/** One sign-in with everything that was decided on its way; the record itself is [Graph] signIn. */
export interface SignInExplanation {
  readonly signIn: Omit<LoggedSignIn, 'judged'>
  /** What Conditional Access was told; null where the sign-in ended before it was asked. */
  readonly signals: Signals | null
  readonly decision: DecisionExplanation | null
  /** Every policy of that moment: those that applied, those that did not and why, those that only report. */
  readonly policies: readonly PolicyExplanation[]
  /** Names for the ids that the policies speak of, as they are now; ids of what is gone are absent. */
  readonly names: Readonly<Record<string, string>>
  /** The other records of the same conversation (correlation id), newest first: interrupts and what came of them. */
  readonly conversation: readonly ConversationEntry[]
}

export interface DecisionExplanation {
  readonly outcome: Decision['outcome']
  readonly reason: string
  /** What was demanded and not there yet, in the order in which it is asked for. */
  readonly requires: readonly UnmetControl[]
  readonly sessionControls: SessionControls
}

interface ConversationEntry {
  readonly id: string
  readonly createdDateTime: string
  readonly errorCode: number
  readonly failureReason: string
}

/** Finds names of ids; undefined for what the tenant does not have (any more). */
export type NameOf = (id: string) => Promise<string | undefined>

/**
 * The explanation of the sign-in with this id. A correlation id stands for the newest record of its conversation, as
 * error pages show both. Undefined where the log has neither.
 */
export async function explainSignIn(
  signIns: SignInLog,
  id: string,
  nameOf: NameOf,
): Promise<SignInExplanation | undefined> {
  const records = await signIns.read({ id: id.toLowerCase() })
  const logged = records.find((each) => each.id === id.toLowerCase()) ?? records[0]
  if (!logged) return undefined
  const [evaluated, conversation] = await Promise.all([
    signIns.evaluatedOf(logged),
    signIns.read({ id: logged.correlationId }),
  ])
  const { judged: _judged, ...signIn } = logged
  const policies = evaluated ? explainPolicies(evaluated.policySet, evaluated.signals) : []
  return {
    signIn,
    signals: evaluated?.signals ?? null,
    decision: evaluated ? decisionOf(evaluateConditionalAccess(evaluated.policySet, evaluated.signals)) : null,
    policies,
    names: await namesIn(policies, evaluated?.signals, nameOf),
    conversation: conversation.filter((each) => each.id !== logged.id).map(entryOf),
  }
}

function decisionOf({ outcome, reason, requires, sessionControls }: Decision): DecisionExplanation {
  return { outcome, reason, requires, sessionControls }
}

function entryOf({ id, createdDateTime, status }: LoggedSignIn): ConversationEntry {
  return { id, createdDateTime, errorCode: status.errorCode, failureReason: status.failureReason }
}

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

async function namesIn(
  policies: readonly PolicyExplanation[],
  signals: Signals | undefined,
  nameOf: NameOf,
): Promise<Readonly<Record<string, string>>> {
  const text = JSON.stringify([policies.map(({ conditions, controls }) => [conditions, controls]), signals])
  const ids = [...new Set([...text.matchAll(guid)].map(([id]) => id.toLowerCase()))]
  const named = await Promise.all(ids.map(async (id) => [id, await nameOf(id)] as const))
  return Object.fromEntries(named.flatMap(([id, name]) => (name === undefined ? [] : [[id, name]])))
}
