import type { AccessControlPolicyName } from '#shared/scenario/access-control-policies.ts'
import type { CustomAccessControlPolicy } from '#shared/scenario/world.ts'

/** Of the built-in policies and of one's own; groups that are left out are those that the trust gives (GroupParameter). */
export type AccessCondition =
  | CustomAccessControlPolicy['rules'][number]['conditions'][number]
  | { readonly kind: 'deviceRegistration' }

/** Conditions are joined by AND; any exception disables the rule. Only permitting rules exist. */
export interface AccessRule {
  readonly conditions: readonly AccessCondition[]
  readonly exceptions?: readonly AccessCondition[]
  readonly requireMfa?: boolean
}

const everyone = { kind: 'everyone' } as const
const intranet = { kind: 'intranet' } as const
const extranet = { kind: 'extranet' } as const
const groups = { kind: 'groups' } as const
const authenticatedDevice = { kind: 'device', trust: 'authenticated' } as const
const deviceRegistration = { kind: 'deviceRegistration' } as const

/**
 * "Access Control Policies in AD FS", built-in templates. The rules of one policy exclude each other, so that no
 * request is permitted both with and without a second factor.
 */
export const builtInPolicies: Readonly<Record<AccessControlPolicyName, readonly AccessRule[]>> = {
  'Permit everyone': [{ conditions: [everyone] }],
  'Permit everyone and require MFA': [{ conditions: [everyone], requireMfa: true }],
  'Permit everyone and require MFA from extranet access': [
    { conditions: [intranet] },
    { conditions: [extranet], requireMfa: true },
  ],
  'Permit everyone and require MFA for specific group': [
    { conditions: [groups], requireMfa: true },
    { conditions: [everyone], exceptions: [groups] },
  ],
  'Permit everyone and require MFA from unauthenticated devices': [
    { conditions: [authenticatedDevice] },
    { conditions: [everyone], exceptions: [authenticatedDevice], requireMfa: true },
  ],
  'Permit everyone and require MFA, allow automatic device registration': [
    { conditions: [deviceRegistration] },
    { conditions: [everyone], exceptions: [deviceRegistration], requireMfa: true },
  ],
  'Permit everyone for intranet access': [{ conditions: [intranet] }],
  'Permit specific group': [{ conditions: [groups] }],
}
