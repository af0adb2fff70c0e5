import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
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
import type { Signals } from './signals.ts'

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
  const withoutLog = ({
    policies: _log,
    applied: _applied,
    evaluated: _input,
    ...decision
  }: ReturnType<typeof evaluate>) => decision

  test('their order makes no difference', () => {
    const shuffled = anyPolicies.chain((policies) =>
      fc.tuple(fc.constant(policies), fc.shuffledSubarray(policies, { minLength: policies.length })),
    )
    fc.assert(
      fc.property(shuffled, anySignals, ([one, other], signals) => {
        const decisions = [one, other].map((policies) => evaluate(policies, signals))
        expect(withoutLog(decisions[0] ?? fail())).toEqual(withoutLog(decisions[1] ?? fail()))
      }),
    )
  })

  test('a block that applies always wins', () => {
    const block = policyOf({ displayName: 'block', grant: demands(['block']) })
    fc.assert(
      fc.property(anyPolicies, anySignals, (policies, signals) => {
        const decision = evaluate([...policies, block], signals)
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
        const without = evaluate(policies, signals)
        const including = evaluate([more, ...policies], signals)
        expect(withoutLog(including)).toEqual(withoutLog(without))
        expect(including.policies).toHaveLength(without.policies.length + 1)
      }),
    )
  })

  test('adding a policy never lets in who was kept out', () => {
    const order = { allow: 0, challenge: 1, block: 2 }
    fc.assert(
      fc.property(anyPolicies, anyPolicy, anySignals, (policies, more, signals) => {
        const before = evaluate(policies, signals).outcome
        expect(order[evaluate([...policies, more], signals).outcome]).toBeGreaterThanOrEqual(order[before])
      }),
    )
  })

  function fail(): never {
    throw new Error('no decision')
  }
})
