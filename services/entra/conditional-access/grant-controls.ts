import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { type AuthenticationStrength, judgeStrength } from './authentication-strengths.ts'
import type { GrantControl, UnmetControl } from './decision.ts'
import type { Signals } from './signals.ts'

/** What a policy that applies says of a sign-in. */
export type GrantVerdict =
  | { readonly kind: 'satisfied' }
  /** By a number of its own where a session control blocks. */
  | { readonly kind: 'blocked'; readonly aadsts?: number; readonly detail?: string }
  | { readonly kind: 'gap'; readonly gap: string }
  | { readonly kind: 'unmet'; readonly controls: readonly MissingControl[] }

type MissingControl = Pick<UnmetControl, 'control' | 'aadsts' | 'detail'>
type Grant = NonNullable<ConditionalAccessPolicy['grantControls']>

/** The order in which Entra ID asks ("Building a Conditional Access policy", phase 2). */
export const promptOrder: readonly GrantControl[] = [
  'block',
  'mfa',
  'authenticationStrength',
  'compliantDevice',
  'domainJoinedDevice',
  'approvedApplication',
  'compliantApplication',
  'passwordChange',
  'termsOfUse',
  'customAuthenticationFactor',
]

/** The controls of a policy by name. */
export function controlsOf(grant: ConditionalAccessPolicy['grantControls']): readonly GrantControl[] {
  return grant ? [...new Set(required(grant).map(({ control }) => control))] : []
}

/** `strength` is what the grant's authenticationStrength stands for. */
export function judgeGrant(
  grant: ConditionalAccessPolicy['grantControls'],
  signals: Signals,
  strength: AuthenticationStrength | undefined,
): GrantVerdict {
  if (!grant) return { kind: 'satisfied' }
  if (grant.builtInControls.includes('block')) return { kind: 'blocked' }
  const verdicts = judgeControls(grant, signals, strength)
  const satisfied = verdicts.filter(({ verdict }) => verdict === 'satisfied')
  if (satisfied.length === verdicts.length) return { kind: 'satisfied' }
  if (grant.operator === 'OR' && satisfied.length > 0) return { kind: 'satisfied' }
  const unmet = verdicts.filter(({ verdict }) => verdict === 'unsatisfied')
  const gap = verdicts.flatMap(({ verdict }) => (typeof verdict === 'object' ? [verdict.gap] : []))[0]
  // Of alternatives, one that can be judged stands in for one that cannot.
  if (gap !== undefined && (grant.operator === 'AND' || unmet.length === 0)) return { kind: 'gap', gap }
  const missing = unmet.map(({ control, detail }) => ({ control, detail, aadsts: aadstsOf(control, signals, grant) }))
  return { kind: 'unmet', controls: grant.operator === 'AND' ? missing : missing.slice(0, 1) }
}

/** Each control of a policy, in the order of prompts, and how it stands. */
export function judgeControls(
  grant: Grant,
  signals: Signals,
  strength: AuthenticationStrength | undefined,
): readonly JudgedControl[] {
  return required(grant).map((each) => ({ ...each, verdict: judge(each, signals, strength) }))
}

export interface JudgedControl extends RequiredControl {
  readonly verdict: ControlVerdict
}

interface RequiredControl {
  readonly control: GrantControl
  /** The strength, the terms or the custom factor. */
  readonly detail?: string | undefined
}

/** In the order of prompts. */
function required(grant: Grant): readonly RequiredControl[] {
  const strength = grant.authenticationStrength
  const controls: RequiredControl[] = [
    ...grant.builtInControls.map((control) => ({ control })),
    ...(strength ? [{ control: 'authenticationStrength' as const, detail: strength.id }] : []),
    ...grant.termsOfUse.map((detail) => ({ control: 'termsOfUse' as const, detail })),
    ...grant.customAuthenticationFactors.map((detail) => ({ control: 'customAuthenticationFactor' as const, detail })),
  ]
  return controls.sort((a, b) => promptOrder.indexOf(a.control) - promptOrder.indexOf(b.control))
}

type ControlVerdict = 'satisfied' | 'unsatisfied' | { readonly gap: string }

function judge(
  { control, detail = '' }: RequiredControl,
  { satisfied, device }: Signals,
  strength: AuthenticationStrength | undefined,
): ControlVerdict {
  if (control === 'authenticationStrength') return judgeStrength(strength, detail, satisfied.combinations)
  const isSatisfied: Readonly<Record<Exclude<GrantControl, 'authenticationStrength'>, boolean>> = {
    block: false,
    mfa: satisfied.mfa,
    // A compliance that nobody manages is nobody's word.
    compliantDevice: device?.isCompliant === true && device.isManaged,
    domainJoinedDevice: device?.trustType === 'ServerAd',
    approvedApplication: satisfied.approvedApplication === true,
    compliantApplication: satisfied.compliantApplication === true,
    passwordChange: satisfied.passwordChanged === true,
    termsOfUse: satisfied.termsOfUse?.includes(detail) === true,
    customAuthenticationFactor: satisfied.customFactors?.includes(detail) === true,
  }
  return isSatisfied[control] ? 'satisfied' : 'unsatisfied'
}

/** "Microsoft Entra authentication and authorization error codes". */
function aadstsOf(control: GrantControl, signals: Signals, grant: Grant): number {
  if (control === 'mfa' || control === 'authenticationStrength') return signals.hasMfaMethods ? 50076 : 50079
  return numbered[control]?.(signals, grant) ?? fixedCodes[control]
}

/** "Conditional Access: Grant": what of a device or an app falls short has numbers of its own. */
const numbered: Partial<Record<GrantControl, (signals: Signals, grant: Grant) => number | undefined>> = {
  compliantDevice: ({ device, deviceHasNoCertificate, platform }, { operator, builtInControls }) => {
    if (device) return undefined
    if (platform === 'windowsPhone') return 50005
    if (deviceHasNoCertificate) return 50129
    return operator === 'OR' && builtInControls.includes('domainJoinedDevice') ? 530003 : undefined
  },
  approvedApplication: ({ clientApp }) => (clientApp?.isManaged && !clientApp.isBrokered ? 530021 : undefined),
  compliantApplication: ({ clientApp }) => (clientApp?.isManaged && !clientApp.protection ? 53005 : undefined),
}

const fixedCodes: Readonly<Record<Exclude<GrantControl, 'mfa' | 'authenticationStrength'>, number>> = {
  block: 53003,
  compliantDevice: 53000,
  domainJoinedDevice: 53001,
  approvedApplication: 53002,
  compliantApplication: 53009,
  passwordChange: 50135,
  termsOfUse: 50158,
  customAuthenticationFactor: 50158,
}
