import type { Decision } from '../conditional-access/decision.ts'
import { evaluateConditionalAccess } from '../conditional-access/evaluate.ts'
import { isManagedApp } from '../devices/mobile-apps.ts'
import { type AccessFacts, accessSignals } from './access-signals.ts'
import type { SignInServices } from './services.ts'

/** Asks Conditional Access. Registered methods are looked up only where a policy needs one. */
export async function accessDecision(
  { conditionalAccess, mfa, devices }: Pick<SignInServices, 'conditionalAccess' | 'mfa' | 'devices'>,
  facts: Omit<AccessFacts, 'hasMfaMethods' | 'appProtection'>,
): Promise<Decision> {
  const { person, clientId = '' } = facts
  const appProtection = isManagedApp(clientId)
    ? await devices.appProtection.stateOf(person.objectId, clientId)
    : undefined
  const evaluate = (hasMfaMethods: boolean) =>
    evaluateConditionalAccess(
      conditionalAccess.current(),
      accessSignals({ ...facts, appProtection, hasMfaMethods }, conditionalAccess.locate),
    )
  const decision = evaluate(true)
  const asksForMethod = decision.requires.some(
    ({ control }) => control === 'mfa' || control === 'authenticationStrength',
  )
  if (!asksForMethod) return decision
  const methods = await mfa.methodsOf(person.objectId)
  return methods.length > 0 ? decision : evaluate(false)
}
