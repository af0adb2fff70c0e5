import { describe, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import {
  anyDevice,
  both,
  compliantLaptop,
  demands,
  either,
  evaluate,
  hybrid,
  ids,
  mfaDone,
  ordinary,
  policyOf,
  strong,
  unmanaged,
} from './_policies.ts'

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
      codes: [530003],
      reason: 'unmet: compliantDevice (the policy)',
    },
    {
      grant: anyDevice,
      signals: { device: unmanaged },
      outcome: 'challenge',
      codes: [53000],
      reason: 'unmet: compliantDevice (the policy)',
    },
    {
      grant: anyDevice,
      signals: { deviceHasNoCertificate: true },
      outcome: 'challenge',
      codes: [50129],
      reason: 'unmet: compliantDevice (the policy)',
    },
    {
      grant: demands(['compliantDevice']),
      signals: { deviceHasNoCertificate: true },
      outcome: 'challenge',
      codes: [50129],
      reason: 'unmet: compliantDevice (the policy)',
    },
    {
      grant: demands(['compliantDevice']),
      signals: { platform: 'windowsPhone' as const },
      outcome: 'challenge',
      codes: [50005],
      reason: 'unmet: compliantDevice (the policy)',
    },
    {
      grant: demands(['domainJoinedDevice']),
      signals: { deviceHasNoCertificate: true },
      outcome: 'challenge',
      codes: [53001],
      reason: 'unmet: domainJoinedDevice (the policy)',
    },
    {
      grant: demands(['approvedApplication']),
      signals: { clientApp: { isManaged: true, isBrokered: false } },
      outcome: 'challenge',
      codes: [530021],
      reason: 'unmet: approvedApplication (the policy)',
    },
    {
      grant: demands(['approvedApplication']),
      signals: { clientApp: { isManaged: false, isBrokered: true } },
      outcome: 'challenge',
      codes: [53002],
      reason: 'unmet: approvedApplication (the policy)',
    },
    {
      grant: demands(['compliantApplication']),
      signals: { clientApp: { isManaged: true, isBrokered: true } },
      outcome: 'challenge',
      codes: [53005],
      reason: 'unmet: compliantApplication (the policy)',
    },
    {
      grant: demands(['compliantApplication']),
      signals: { clientApp: { isManaged: true, isBrokered: true, protection: 'notCompliant' as const } },
      outcome: 'challenge',
      codes: [53009],
      reason: 'unmet: compliantApplication (the policy)',
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
    const decision = evaluate([policyOf({ grant })], { ...ordinary, ...signals })
    expect(decision).toMatchObject({ outcome, reason })
    expect(decision.requires.map((each) => each.aadsts)).toEqual(codes)
    expect(decision.policies[0]?.result).toBe(outcome === 'allow' ? 'success' : 'failure')
  })
})

describe('what cannot be judged closes the door', () => {
  const filter = { applicationFilter: { mode: 'include', rule: 'CustomSecurityAttribute.A -eq "x"' } }
  test.each([
    {
      what: 'an application filter nobody can read',
      file: { applications: { includeApplications: ['All'], ...filter } },
      gap: 'applicationFilter',
    },
    {
      what: 'a device filter nobody can read',
      file: { conditions: { devices: { deviceFilter: { mode: 'exclude', rule: 'device.x -eq 1' } } } },
      gap: 'deviceFilter',
    },
    {
      what: 'a strength that does not exist',
      file: { grant: strong('5e1f0000-0000-4000-8000-000000000001') },
      gap: 'there is none of that id',
    },
    {
      what: 'App Control',
      file: { session: { cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'blockDownloads' } } },
      gap: 'cloudAppSecurity',
    },
    {
      what: 'a frequency without a value',
      file: { session: { signInFrequency: { isEnabled: true } } },
      gap: 'signInFrequency',
    },
  ])('$what', ({ file, gap }) => {
    const signals = { ...ordinary, ...mfaDone }
    const decision = evaluate([policyOf(file)], signals)
    expect(decision).toMatchObject({ outcome: 'block', requires: [{ aadsts: 53003 }] })
    expect(decision.policies[0]?.reason).toMatch(/^gap: /)
    expect(decision.policies[0]?.reason).toContain(gap)
    expect(decision.reason).toContain(gap)
    const reported = evaluate([policyOf({ ...file, state: 'enabledForReportingButNotEnforced' })], signals)
    expect(reported).toMatchObject({ outcome: 'allow', policies: [{ result: 'unknown' }] })
    const elsewhere = evaluate([policyOf({ ...file, users: { includeUsers: ['None'] } })], signals)
    expect(elsewhere).toMatchObject({ outcome: 'allow', policies: [{ result: 'notApplied' }] })
  })

  test('an alternative that can be judged stands in for one that cannot', () => {
    const grant = strong('5e1f0000-0000-4000-8000-000000000001', demands(['compliantDevice']))
    const withLaptop = { ...ordinary, device: compliantLaptop }
    expect(evaluate([policyOf({ grant })], withLaptop).outcome).toBe('allow')
    expect(evaluate([policyOf({ grant })], ordinary).requires).toMatchObject([{ aadsts: 53000 }])
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
    const { requires } = evaluate(policies, ordinary)
    expect(requires.map((each) => each.control)).toEqual(['mfa', 'authenticationStrength', 'compliantDevice'])
  })

  test('a block wins before anything is asked', () => {
    const policies = [policyOf({ displayName: 'mfa' }), policyOf({ displayName: 'no', grant: demands(['block']) })]
    expect(evaluate(policies, ordinary)).toMatchObject({
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
  expect(evaluate(policies, signals)).toMatchObject({ outcome, reason: because })
})
