import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import type { SessionControls, SignInFrequency } from './decision.ts'

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

/** What a policy asks of the session and nobody here can do. */
export function sessionGap(controls: ConditionalAccessPolicy['sessionControls']): string | undefined {
  if (controls?.cloudAppSecurity?.isEnabled) return 'cloudAppSecurity (Conditional Access App Control)'
  if (controls?.secureSignInSession?.isEnabled) return 'secureSignInSession (token protection)'
  if (controls?.signInFrequency?.isEnabled && limitOf(controls.signInFrequency) === undefined) {
    return 'signInFrequency without value and type'
  }
  return undefined
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
