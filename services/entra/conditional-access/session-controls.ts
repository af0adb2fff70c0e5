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
    signInFrequency: strictestFrequency(controls.flatMap(({ signInFrequency }) => limitOf(signInFrequency) ?? [])),
    persistentBrowser: modes.includes('never') ? 'never' : modes[0],
    applicationEnforcedRestrictions: controls.some((each) => each.applicationEnforcedRestrictions?.isEnabled === true),
  }
}

/** The names of the controls that a policy switches on. */
export function sessionControlsOf(controls: ConditionalAccessPolicy['sessionControls']): readonly string[] {
  return Object.entries(controls ?? {}).flatMap(([name, control]) => {
    const isOn = control === true || (typeof control === 'object' && control !== null && control.isEnabled)
    return isOn ? [name] : []
  })
}

/** What a policy asks of the session and nobody here can do. */
export function sessionGap(controls: ConditionalAccessPolicy['sessionControls']): string | undefined {
  if (controls?.cloudAppSecurity?.isEnabled) return 'cloudAppSecurity (Conditional Access App Control)'
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

/** The shortest time, for both factors if any policy wants both repeated: stricter than each, never weaker. */
function strictestFrequency(limits: readonly SignInFrequency[]): SignInFrequency | undefined {
  if (limits.length === 0) return undefined
  const both = limits.some((limit) => limit.authenticationType === 'primaryAndSecondaryAuthentication')
  return {
    seconds: Math.min(...limits.map((limit) => limit.seconds)),
    authenticationType: both ? 'primaryAndSecondaryAuthentication' : 'secondaryAuthentication',
  }
}
