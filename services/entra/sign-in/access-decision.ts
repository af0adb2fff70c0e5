import { securityAttributesOf } from '../applications/application.ts'
import { withCircumstances } from '../circumstances/circumstances.ts'
import type { Decision, GrantControl } from '../conditional-access/decision.ts'
import { evaluateConditionalAccess } from '../conditional-access/evaluate.ts'
import { isManagedApp } from '../devices/mobile-apps.ts'
import { type AccessFacts, accessSignals } from './access-signals.ts'
import type { SignInServices } from './services.ts'

type AccessServices = Pick<SignInServices, 'config' | 'conditionalAccess' | 'circumstances' | 'mfa' | 'devices'>

/** "Require password change": it takes a second factor, too. */
const needsMethod: ReadonlySet<GrantControl> = new Set(['mfa', 'authenticationStrength', 'passwordChange'])

/** Asks Conditional Access. Registered methods are looked up only where a policy needs one. */
export async function accessDecision(
  { config, conditionalAccess, circumstances, mfa, devices }: AccessServices,
  facts: Omit<AccessFacts, 'hasMfaMethods' | 'appProtection' | 'resourceAttributes'>,
): Promise<Decision> {
  const { person, clientId = '' } = facts
  const appProtection = isManagedApp(clientId)
    ? await devices.appProtection.stateOf(person.objectId, clientId)
    : undefined
  const resourceAttributes = securityAttributesOf(config.applications.byId(facts.resourceId))
  const locate = (address: string) => conditionalAccess.locate(address, circumstances.countries.of(address))
  const address = circumstances.whereabouts.of(person.objectId, facts.address)
  const evaluate = (hasMfaMethods: boolean) => {
    const signals = accessSignals({ ...facts, address, resourceAttributes, appProtection, hasMfaMethods }, locate)
    const { passwordChangedAt } = facts.authentication
    return evaluateConditionalAccess(
      conditionalAccess.current(),
      withCircumstances(signals, circumstances, passwordChangedAt),
    )
  }
  const decision = evaluate(true)
  if (!decision.requires.some(({ control }) => needsMethod.has(control))) return decision
  const methods = await mfa.methodsOf(person.objectId)
  return methods.length > 0 ? decision : evaluate(false)
}
