import type { Decision } from '../conditional-access/decision.ts'
import { evaluateConditionalAccess } from '../conditional-access/evaluate.ts'
import { type AccessFacts, accessSignals } from './access-signals.ts'
import type { SignInServices } from './services.ts'

/** Asks Conditional Access. Registered methods are looked up only where a policy needs one. */
export async function accessDecision(
  { conditionalAccess, mfa }: Pick<SignInServices, 'conditionalAccess' | 'mfa'>,
  facts: Omit<AccessFacts, 'hasMfaMethods'>,
): Promise<Decision> {
  const evaluate = (hasMfaMethods: boolean) =>
    evaluateConditionalAccess(
      conditionalAccess.current(),
      accessSignals({ ...facts, hasMfaMethods }, conditionalAccess.locate),
    )
  const decision = evaluate(true)
  const asksForMethod = decision.requires.some(
    ({ control }) => control === 'mfa' || control === 'authenticationStrength',
  )
  if (!asksForMethod) return decision
  const methods = await mfa.methodsOf(facts.person.objectId)
  return methods.length > 0 ? decision : evaluate(false)
}
