import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { conditionalAccessPolicySchema } from '#shared/scenario/schema-conditional-access.ts'
import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { evaluateConditionalAccess } from './evaluate.ts'
import { policySet } from './policy-set.ts'
import type { Signals } from './signals.ts'

export const ids = {
  exchange: '00000002-0000-0ff1-ce00-000000000000',
  graph: '00000003-0000-0000-c000-000000000000',
  azurePortal: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  alice: 'a11ce000-0000-4000-8000-000000000001',
  staff: '57aff000-0000-4000-8000-000000000001',
  pilot: '91107000-0000-4000-8000-000000000001',
  administrator: '62e90394-69f5-4237-9190-012177145e10',
  office: '0ff1ce00-0000-4000-8000-000000000001',
  strength: { mfa: '00000000-0000-0000-0000-000000000002', passwordless: '00000000-0000-0000-0000-000000000003' },
} as const

type PolicyFile = {
  readonly displayName?: string
  readonly state?: string
  readonly users?: object
  readonly applications?: object
  readonly conditions?: object
  readonly grant?: object | null
  readonly session?: object | null
}

/** Everybody, every app, a second factor, unless a case says otherwise. */
export function policyOf(file: PolicyFile = {}): ConditionalAccessPolicy {
  const displayName = file.displayName ?? 'the policy'
  const parsed = conditionalAccessPolicySchema.parse({
    id: derivedGuid('test', displayName),
    displayName,
    state: file.state ?? 'enabled',
    conditions: {
      users: file.users ?? { includeUsers: ['All'] },
      applications: file.applications ?? { includeApplications: ['All'] },
      ...file.conditions,
    },
    grantControls: file.grant === undefined ? { builtInControls: ['mfa'] } : file.grant,
    sessionControls: file.session ?? null,
  })
  return parsed as ConditionalAccessPolicy
}

/** A member with one factor, in a browser on Windows, from the internet, on a device nobody knows. */
export const ordinary: Signals = {
  user: { objectId: ids.alice, groups: [ids.staff], roles: [] },
  application: { appId: ids.exchange },
  clientAppType: 'browser',
  platform: 'windows',
  location: { address: '203.0.113.10', namedLocationIds: [], isTrusted: false },
  satisfied: { mfa: false, combinations: ['password'] },
  hasMfaMethods: true,
}

export const compliantLaptop: NonNullable<Signals['device']> = {
  deviceId: 'd0000000-0000-4000-8000-000000000001',
  displayName: 'ALICE-LAPTOP',
  operatingSystem: 'Windows',
  operatingSystemVersion: '10.0.26100.4349',
  trustType: 'AzureAd',
  deviceOwnership: 'Company',
  isCompliant: true,
  isManaged: true,
}

/** Policies that stand alone: without strengths of the tenant's own. */
export function evaluate(policies: readonly ConditionalAccessPolicy[], signals: Signals) {
  return evaluateConditionalAccess(policySet({ policies, strengths: [] }), signals)
}

/** Signals and grant controls that several tables use. */
export const mfaDone = { satisfied: { mfa: true, combinations: ['password,softwareOath'] } }
export const unmanaged = { ...compliantLaptop, isManaged: false }
export const hybrid = { ...compliantLaptop, isCompliant: false, trustType: 'ServerAd' as const }

export const demands = (builtInControls: readonly string[], more: object = {}) => ({ builtInControls, ...more })
export const both = demands(['compliantDevice', 'mfa'], { operator: 'AND' })
export const either = demands(['compliantDevice', 'mfa'], { operator: 'OR' })
export const anyDevice = demands(['domainJoinedDevice', 'compliantDevice'], { operator: 'OR' })
export const strong = (id: string, more: object = {}) => ({ authenticationStrength: { id }, ...more })
