import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import type { SessionControls, SignInFrequency } from './decision.ts'
import type { Signals } from './signals.ts'

type Controls = NonNullable<ConditionalAccessPolicy['sessionControls']>
type Frequency = NonNullable<Controls['signInFrequency']>

const unitSeconds = { hours: 3600, days: 24 * 3600 } as const

/** The strictest of what several policies ask. `disableResilienceDefaults` matters in outages of Entra ID only. */
export function combineSessionControls(policies: readonly ConditionalAccessPolicy[]): SessionControls {
  const controls = policies.flatMap((policy) => policy.sessionControls ?? [])
  const modes = controls.flatMap(({ persistentBrowser }) =>
    persistentBrowser?.isEnabled ? [persistentBrowser.mode] : [],
  )
  return {
    ...frequenciesOf(controls.flatMap(({ signInFrequency }) => limitOf(signInFrequency) ?? [])),
    persistentBrowser: modes.includes('never') ? 'never' : modes[0],
    applicationEnforcedRestrictions: controls.some((each) => each.applicationEnforcedRestrictions?.isEnabled === true),
    continuousAccessEvaluation: strictestMode(controls.flatMap((each) => each.continuousAccessEvaluation?.mode ?? [])),
  }
}

/** The names of the controls that a policy switches on. */
export function sessionControlsOf(controls: ConditionalAccessPolicy['sessionControls']): readonly string[] {
  return Object.entries(controls ?? {}).flatMap(([name, control]) => (isOn(control) ? [name] : []))
}

function isOn(control: Controls[keyof Controls]): boolean {
  if (typeof control !== 'object' || control === null) return control === true
  return 'isEnabled' in control ? control.isEnabled : true
}

/** Why a session control lets nobody through: nobody here can do it, or the session is not what it asks for. */
export type SessionObstacle =
  | { readonly kind: 'gap'; readonly gap: string }
  | { readonly kind: 'blocked'; readonly aadsts: number; readonly detail: string }

/** Looked at once for a policy; undefined when its session controls never stand in the way. */
export function sessionObstacle(
  controls: ConditionalAccessPolicy['sessionControls'],
): ((signals: Pick<Signals, 'clientAppType'>) => SessionObstacle | undefined) | undefined {
  const { cloudAppSecurity, secureSignInSession, signInFrequency } = controls ?? {}
  if (secureSignInSession?.isEnabled) return () => unboundSession
  if (signInFrequency?.isEnabled && limitOf(signInFrequency) === undefined) {
    return () => ({ kind: 'gap', gap: 'signInFrequency without value and type' })
  }
  // App Control is a proxy for browsers; one that only watches changes nothing for the person.
  if (!cloudAppSecurity?.isEnabled || cloudAppSecurity.cloudAppSecurityType === 'monitorOnly') return undefined
  return ({ clientAppType }) => (clientAppType === 'browser' ? appControl : undefined)
}

const appControl: SessionObstacle = { kind: 'gap', gap: 'cloudAppSecurity (Conditional Access App Control)' }

/** "Token protection": only a primary refresh token binds a sign-in to its device, and nobody has one here. */
const unboundSession: SessionObstacle = {
  kind: 'blocked',
  aadsts: 530084,
  detail: 'secureSignInSession: the session is not bound to a device',
}

function limitOf(frequency: Frequency | null): SignInFrequency | undefined {
  if (!frequency?.isEnabled) return undefined
  const { authenticationType, frequencyInterval, value, type } = frequency
  if (frequencyInterval === 'everyTime') return { seconds: 0, authenticationType }
  if (value === null || type === null) return undefined
  return { seconds: value * unitSeconds[type], authenticationType }
}

/** Who repeats the sign-in repeats the second factor with it, so a limit for that alone only counts if it is shorter. */
function frequenciesOf(
  limits: readonly SignInFrequency[],
): Pick<SessionControls, 'signInFrequency' | 'multifactorFrequency'> {
  const strictest = (type: SignInFrequency['authenticationType']) =>
    limits.filter((limit) => limit.authenticationType === type).sort((a, b) => a.seconds - b.seconds)[0]
  const signInFrequency = strictest('primaryAndSecondaryAuthentication')
  const multifactor = strictest('secondaryAuthentication')
  const isShorter = multifactor && multifactor.seconds < (signInFrequency?.seconds ?? Number.POSITIVE_INFINITY)
  return { signInFrequency, multifactorFrequency: isShorter ? multifactor : undefined }
}

const modesFromStrictest = ['strictLocation', 'strictEnforcement', 'disabled'] as const

function strictestMode(modes: readonly (typeof modesFromStrictest)[number][]) {
  return modesFromStrictest.find((mode) => modes.includes(mode))
}
