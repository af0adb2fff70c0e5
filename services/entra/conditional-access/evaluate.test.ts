import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { compliantLaptop, ids, ordinary, policyOf } from './_policies.ts'
import { evaluateConditionalAccess } from './evaluate.ts'
import type { Signals } from './signals.ts'

const mfaDone = { satisfied: { mfa: true, combinations: ['password,softwareOath'] } }
const unmanaged = { ...compliantLaptop, isManaged: false }
const hybrid = { ...compliantLaptop, isCompliant: false, trustType: 'ServerAd' as const }

const demands = (builtInControls: readonly string[], more: object = {}) => ({ builtInControls, ...more })
const both = demands(['compliantDevice', 'mfa'], { operator: 'AND' })
const either = demands(['compliantDevice', 'mfa'], { operator: 'OR' })
const anyDevice = demands(['domainJoinedDevice', 'compliantDevice'], { operator: 'OR' })
const strong = (id: string, more: object = {}) => ({ authenticationStrength: { id }, ...more })

describe('one policy that applies', () => {
  test.each([
    { grant: demands(['block']), signals: {}, outcome: 'block', codes: [53003], reason: 'blocked: the policy' },
    { grant: demands(['block']), signals: mfaDone, outcome: 'block', codes: [53003], reason: 'blocked: the policy' },
    { grant: demands(['mfa']), signals: {}, outcome: 'challenge', codes: [50076], reason: 'unmet: mfa (the policy)' },
    {
      grant: demands(['mfa']),
      signals: { hasMfaMethods: false },
      outcome: 'challenge',
      codes: [50079],
      reason: 'unmet: mfa (the policy)',
    },
    { grant: demands(['mfa']), signals: mfaDone, outcome: 'allow', codes: [], reason: 'satisfied' },
    {
      grant: demands(['compliantDevice']),
      signals: {},
      outcome: 'challenge',
      codes: [53000],
      reason: 'unmet: compliantDevice (the policy)',
    },
    {
      grant: demands(['compliantDevice']),
      signals: { device: compliantLaptop },
      outcome: 'allow',
      codes: [],
      reason: 'satisfied',
    },
    {
      grant: demands(['compliantDevice']),
      signals: { device: unmanaged },
      outcome: 'challenge',
      codes: [53000],
      reason: 'unmet: compliantDevice (the policy)',
    },
    {
      grant: demands(['domainJoinedDevice']),
      signals: { device: compliantLaptop },
      outcome: 'challenge',
      codes: [53001],
      reason: 'unmet: domainJoinedDevice (the policy)',
    },
    {
      grant: demands(['domainJoinedDevice']),
      signals: { device: hybrid },
      outcome: 'allow',
      codes: [],
      reason: 'satisfied',
    },
    {
      grant: demands(['approvedApplication']),
      signals: {},
      outcome: 'challenge',
      codes: [53002],
      reason: 'unmet: approvedApplication (the policy)',
    },
    {
      grant: demands(['compliantApplication']),
      signals: {},
      outcome: 'challenge',
      codes: [53009],
      reason: 'unmet: compliantApplication (the policy)',
    },
    {
      grant: demands(['passwordChange'], { operator: 'AND' }),
      signals: {},
      outcome: 'challenge',
      codes: [50135],
      reason: 'unmet: passwordChange (the policy)',
    },
    {
      grant: { termsOfUse: ['terms-1'] },
      signals: {},
      outcome: 'challenge',
      codes: [50158],
      reason: 'unmet: termsOfUse (the policy)',
    },
    {
      grant: { termsOfUse: ['terms-1'] },
      signals: { satisfied: { mfa: false, combinations: [], termsOfUse: ['terms-1'] } },
      outcome: 'allow',
      codes: [],
      reason: 'satisfied',
    },
    {
      grant: { customAuthenticationFactors: ['duo'] },
      signals: {},
      outcome: 'challenge',
      codes: [50158],
      reason: 'unmet: customAuthenticationFactor (the policy)',
    },
    { grant: both, signals: {}, outcome: 'challenge', codes: [50076, 53000], reason: 'unmet: mfa (the policy)' },
    {
      grant: both,
      signals: mfaDone,
      outcome: 'challenge',
      codes: [53000],
      reason: 'unmet: compliantDevice (the policy)',
    },
    {
      grant: both,
      signals: { device: compliantLaptop },
      outcome: 'challenge',
      codes: [50076],
      reason: 'unmet: mfa (the policy)',
    },
    { grant: both, signals: { ...mfaDone, device: compliantLaptop }, outcome: 'allow', codes: [], reason: 'satisfied' },
    { grant: either, signals: {}, outcome: 'challenge', codes: [50076], reason: 'unmet: mfa (the policy)' },
    { grant: either, signals: { device: compliantLaptop }, outcome: 'allow', codes: [], reason: 'satisfied' },
    { grant: either, signals: mfaDone, outcome: 'allow', codes: [], reason: 'satisfied' },
    {
      grant: anyDevice,
      signals: {},
      outcome: 'challenge',
      codes: [53000],
      reason: 'unmet: compliantDevice (the policy)',
    },
    { grant: anyDevice, signals: { device: hybrid }, outcome: 'allow', codes: [], reason: 'satisfied' },
    {
      grant: strong(ids.strength.mfa),
      signals: {},
      outcome: 'challenge',
      codes: [50076],
      reason: 'unmet: authenticationStrength (the policy)',
    },
    { grant: strong(ids.strength.mfa), signals: mfaDone, outcome: 'allow', codes: [], reason: 'satisfied' },
    {
      grant: strong(ids.strength.mfa),
      signals: { satisfied: { mfa: true, combinations: ['password'] } },
      outcome: 'challenge',
      codes: [50076],
      reason: 'unmet: authenticationStrength (the policy)',
    },
    {
      grant: strong(ids.strength.passwordless),
      signals: { satisfied: { mfa: true, combinations: ['fido2'] } },
      outcome: 'allow',
      codes: [],
      reason: 'satisfied',
    },
    { grant: null, signals: {}, outcome: 'allow', codes: [], reason: 'satisfied' },
    { grant: demands([]), signals: {}, outcome: 'allow', codes: [], reason: 'satisfied' },
  ])('$grant for $signals → $outcome $codes', ({ grant, signals, outcome, codes, reason }) => {
    const decision = evaluateConditionalAccess([policyOf({ grant })], { ...ordinary, ...signals })
    expect(decision).toMatchObject({ outcome, reason })
    expect(decision.requires.map((each) => each.aadsts)).toEqual(codes)
    expect(decision.policies[0]?.result).toBe(outcome === 'allow' ? 'success' : 'failure')
  })
})

describe('what cannot be judged closes the door', () => {
  const filter = { applicationFilter: { mode: 'include', rule: 'CustomSecurityAttribute.A_B -eq "x"' } }
  test.each([
    {
      what: 'an application filter',
      file: { applications: { includeApplications: ['All'], ...filter } },
      gap: 'applicationFilter',
    },
    {
      what: 'a device filter nobody can read',
      file: { conditions: { devices: { deviceFilter: { mode: 'exclude', rule: 'device.x -eq 1' } } } },
      gap: 'deviceFilter',
    },
    {
      what: 'a custom strength',
      file: { grant: strong('5e1f0000-0000-4000-8000-000000000001') },
      gap: 'custom strengths',
    },
    {
      what: 'a strength beyond the methods here',
      file: { grant: strong(ids.strength.passwordless) },
      gap: 'passwordless',
    },
    {
      what: 'App Control',
      file: { session: { cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'monitorOnly' } } },
      gap: 'cloudAppSecurity',
    },
    {
      what: 'a frequency without a value',
      file: { session: { signInFrequency: { isEnabled: true } } },
      gap: 'signInFrequency',
    },
  ])('$what', ({ file, gap }) => {
    const signals = { ...ordinary, ...mfaDone }
    const decision = evaluateConditionalAccess([policyOf(file)], signals)
    expect(decision).toMatchObject({ outcome: 'block', requires: [{ aadsts: 53003 }] })
    expect(decision.policies[0]?.reason).toMatch(/^gap: /)
    expect(decision.policies[0]?.reason).toContain(gap)
    expect(decision.reason).toContain(gap)
    const reported = evaluateConditionalAccess(
      [policyOf({ ...file, state: 'enabledForReportingButNotEnforced' })],
      signals,
    )
    expect(reported).toMatchObject({ outcome: 'allow', policies: [{ result: 'unknown' }] })
    const elsewhere = evaluateConditionalAccess([policyOf({ ...file, users: { includeUsers: ['None'] } })], signals)
    expect(elsewhere).toMatchObject({ outcome: 'allow', policies: [{ result: 'notApplied' }] })
  })

  test('an alternative that can be judged stands in for one that cannot', () => {
    const grant = strong('5e1f0000-0000-4000-8000-000000000001', demands(['compliantDevice']))
    const withLaptop = { ...ordinary, device: compliantLaptop }
    expect(evaluateConditionalAccess([policyOf({ grant })], withLaptop).outcome).toBe('allow')
    expect(evaluateConditionalAccess([policyOf({ grant })], ordinary).requires).toMatchObject([{ aadsts: 53000 }])
  })
})

describe('results in the sign-in log', () => {
  const report = 'enabledForReportingButNotEnforced'
  const nobody = { includeUsers: ['None'] }
  test.each([
    { file: { state: 'disabled' }, signals: {}, result: 'notEnabled', reason: 'disabled' },
    { file: { users: nobody }, signals: {}, result: 'notApplied', reason: 'conditionNotMet: users' },
    { file: {}, signals: mfaDone, result: 'success', reason: 'satisfied' },
    { file: {}, signals: {}, result: 'failure', reason: 'unmet: mfa' },
    { file: { grant: demands(['block']) }, signals: {}, result: 'failure', reason: 'blocked' },
    {
      file: { state: report, users: nobody },
      signals: {},
      result: 'reportOnlyNotApplied',
      reason: 'conditionNotMet: users',
    },
    { file: { state: report }, signals: mfaDone, result: 'reportOnlySuccess', reason: 'satisfied' },
    { file: { state: report }, signals: {}, result: 'reportOnlyInterrupted', reason: 'unmet: mfa' },
    {
      file: { state: report, grant: both },
      signals: {},
      result: 'reportOnlyFailure',
      reason: 'unmet: mfa, compliantDevice',
    },
    { file: { state: report, grant: demands(['block']) }, signals: {}, result: 'reportOnlyFailure', reason: 'blocked' },
    {
      file: { state: report, grant: { termsOfUse: ['t'] } },
      signals: {},
      result: 'reportOnlyFailure',
      reason: 'unmet: termsOfUse',
    },
  ])('$file with $signals → $result', ({ file, signals, result, reason }) => {
    const decision = evaluateConditionalAccess([policyOf(file)], { ...ordinary, ...signals })
    expect(decision.policies).toMatchObject([{ result, reason }])
    if (result.startsWith('report') || result.startsWith('not')) {
      expect(decision).toMatchObject({ outcome: 'allow', reason: 'noPolicyApplies', requires: [] })
    }
  })

  test('name controls and conditions', () => {
    const file = {
      conditions: { clientAppTypes: ['browser'], locations: { includeLocations: ['All'] } },
      grant: both,
      session: { persistentBrowser: { isEnabled: true, mode: 'never' } },
    }
    expect(evaluateConditionalAccess([policyOf(file)], ordinary).policies).toMatchObject([
      {
        conditionsSatisfied: ['users', 'application', 'clientType', 'location'],
        conditionsNotSatisfied: [],
        enforcedGrantControls: ['mfa', 'compliantDevice'],
        enforcedSessionControls: ['persistentBrowser'],
      },
    ])
  })
})

describe('session controls', () => {
  const frequency = (value: number, type: string, more: object = {}) => ({
    signInFrequency: { isEnabled: true, value, type, ...more },
  })
  const browser = (mode: string) => ({ persistentBrowser: { isEnabled: true, mode } })
  const secondary = { authenticationType: 'secondaryAuthentication' }
  const primary = 'primaryAndSecondaryAuthentication'
  test.each([
    { sessions: [frequency(1, 'days')], want: { signInFrequency: { seconds: 86400, authenticationType: primary } } },
    {
      sessions: [frequency(9, 'hours'), frequency(1, 'days')],
      want: { signInFrequency: { seconds: 32400, authenticationType: primary } },
    },
    { sessions: [frequency(4, 'hours', secondary)], want: { signInFrequency: { seconds: 14400, ...secondary } } },
    {
      sessions: [frequency(4, 'hours', secondary), frequency(1, 'days')],
      want: { signInFrequency: { seconds: 14400, authenticationType: primary } },
    },
    {
      sessions: [{ signInFrequency: { isEnabled: true, frequencyInterval: 'everyTime' } }],
      want: { signInFrequency: { seconds: 0, authenticationType: primary } },
    },
    {
      sessions: [{ signInFrequency: { isEnabled: false, value: 1, type: 'hours' } }],
      want: { signInFrequency: undefined },
    },
    { sessions: [browser('always')], want: { persistentBrowser: 'always' } },
    { sessions: [browser('always'), browser('never')], want: { persistentBrowser: 'never' } },
    {
      sessions: [{ applicationEnforcedRestrictions: { isEnabled: true } }],
      want: { applicationEnforcedRestrictions: true },
    },
    { sessions: [{ disableResilienceDefaults: true }], want: { applicationEnforcedRestrictions: false } },
  ])('$sessions → $want', ({ sessions, want }) => {
    const policies = sessions.map((session, at) => policyOf({ displayName: `policy ${at}`, grant: null, session }))
    expect(evaluateConditionalAccess(policies, ordinary).sessionControls).toMatchObject(want)
  })

  test('of policies that do not apply count for nothing', () => {
    const policy = policyOf({ users: { includeUsers: ['None'] }, session: browser('never') })
    expect(evaluateConditionalAccess([policy], ordinary).sessionControls.persistentBrowser).toBeUndefined()
  })
})

describe('several policies', () => {
  test('must all be satisfied; what two of them require is asked once, in the order of prompts', () => {
    const policies = [
      policyOf({ displayName: 'device', grant: demands(['compliantDevice']) }),
      policyOf({ displayName: 'mfa 1' }),
      policyOf({ displayName: 'mfa 2' }),
      policyOf({ displayName: 'strength', grant: strong(ids.strength.mfa) }),
    ]
    const { requires } = evaluateConditionalAccess(policies, ordinary)
    expect(requires.map((each) => each.control)).toEqual(['mfa', 'authenticationStrength', 'compliantDevice'])
  })

  test('a block wins before anything is asked', () => {
    const policies = [policyOf({ displayName: 'mfa' }), policyOf({ displayName: 'no', grant: demands(['block']) })]
    expect(evaluateConditionalAccess(policies, ordinary)).toMatchObject({
      outcome: 'block',
      requires: [{ control: 'block', policyName: 'no' }],
    })
  })
})

test.each([
  {
    client: 'browser',
    satisfied: {},
    outcome: 'challenge',
    because: 'unmet: mfa (Require MFA for Outlook on the web)',
  },
  { client: 'browser', ...mfaDone, outcome: 'allow', because: 'satisfied' },
  { client: 'mobileAppsAndDesktopClients', satisfied: {}, outcome: 'allow', because: 'noPolicyApplies' },
] as const)('the default world: $client → $outcome', async ({ client, satisfied, outcome, because }) => {
  const { policies } = (await loadDefaultScenario()).entra.conditionalAccess
  const signals = { ...ordinary, clientAppType: client, satisfied: { ...ordinary.satisfied, ...satisfied } }
  expect(evaluateConditionalAccess(policies, signals)).toMatchObject({ outcome, reason: because })
})

describe('for any policies and signals', () => {
  const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values)
  /** Mostly the first, so that several policies apply to one sign-in. */
  const mostly = <T>(usual: T, ...others: readonly T[]) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: pick(...others) })
  const anyPolicy: fc.Arbitrary<ConditionalAccessPolicy> = fc
    .record({
      displayName: fc.uuid(),
      state: mostly('enabled', 'disabled', 'enabledForReportingButNotEnforced'),
      users: mostly<object>(
        { includeUsers: ['All'] },
        { includeGroups: [ids.staff] },
        { includeGroups: [ids.pilot] },
        { includeUsers: ['All'], excludeUsers: [ids.alice] },
      ),
      applications: mostly<object>(
        { includeApplications: ['All'] },
        { includeApplications: ['Office365'] },
        { includeApplications: [ids.graph] },
      ),
      conditions: mostly<object>(
        {},
        { clientAppTypes: ['browser'] },
        { clientAppTypes: ['other'] },
        { platforms: { includePlatforms: ['iOS'] } },
      ),
      grant: pick<object | null>(
        null,
        demands(['mfa']),
        demands(['block']),
        both,
        either,
        anyDevice,
        strong(ids.strength.mfa),
        strong(ids.strength.passwordless),
      ),
      session: pick<object | null>(
        null,
        { persistentBrowser: { isEnabled: true, mode: 'always' } },
        { persistentBrowser: { isEnabled: true, mode: 'never' } },
        { signInFrequency: { isEnabled: true, value: 1, type: 'hours' } },
      ),
    })
    .map(policyOf)
  const anySignals: fc.Arbitrary<Signals> = fc
    .record({
      clientAppType: pick('browser', 'other', 'mobileAppsAndDesktopClients'),
      platform: pick('iOS', 'windows', undefined),
      device: pick(undefined, compliantLaptop, hybrid, unmanaged),
      satisfied: pick(ordinary.satisfied, mfaDone.satisfied),
      hasMfaMethods: fc.boolean(),
    })
    .map((signals) => ({ ...ordinary, ...signals }) as Signals)
  const anyPolicies = fc.array(anyPolicy, { maxLength: 8 })
  const withoutLog = ({ policies: _log, ...decision }: ReturnType<typeof evaluateConditionalAccess>) => decision

  test('their order makes no difference', () => {
    const shuffled = anyPolicies.chain((policies) =>
      fc.tuple(fc.constant(policies), fc.shuffledSubarray(policies, { minLength: policies.length })),
    )
    fc.assert(
      fc.property(shuffled, anySignals, ([one, other], signals) => {
        const decisions = [one, other].map((policies) => evaluateConditionalAccess(policies, signals))
        expect(withoutLog(decisions[0] ?? fail())).toEqual(withoutLog(decisions[1] ?? fail()))
      }),
    )
  })

  test('a block that applies always wins', () => {
    const block = policyOf({ displayName: 'block', grant: demands(['block']) })
    fc.assert(
      fc.property(anyPolicies, anySignals, (policies, signals) => {
        const decision = evaluateConditionalAccess([...policies, block], signals)
        expect(decision.outcome).toBe('block')
        expect(decision.requires.every((each) => each.control === 'block' && each.aadsts === 53003)).toBe(true)
      }),
    )
  })

  test('a policy that does not apply, or is not enforced, changes nothing but the log', () => {
    const idle = pick(
      policyOf({ displayName: 'nobody', users: { includeUsers: ['None'] }, grant: demands(['block']) }),
      policyOf({ displayName: 'off', state: 'disabled', grant: demands(['block']) }),
      policyOf({ displayName: 'report', state: 'enabledForReportingButNotEnforced', grant: demands(['block']) }),
    )
    fc.assert(
      fc.property(anyPolicies, idle, anySignals, (policies, more, signals) => {
        const without = evaluateConditionalAccess(policies, signals)
        const including = evaluateConditionalAccess([more, ...policies], signals)
        expect(withoutLog(including)).toEqual(withoutLog(without))
        expect(including.policies).toHaveLength(without.policies.length + 1)
      }),
    )
  })

  test('adding a policy never lets in who was kept out', () => {
    const order = { allow: 0, challenge: 1, block: 2 }
    fc.assert(
      fc.property(anyPolicies, anyPolicy, anySignals, (policies, more, signals) => {
        const before = evaluateConditionalAccess(policies, signals).outcome
        expect(order[evaluateConditionalAccess([...policies, more], signals).outcome]).toBeGreaterThanOrEqual(
          order[before],
        )
      }),
    )
  })

  function fail(): never {
    throw new Error('no decision')
  }
})
