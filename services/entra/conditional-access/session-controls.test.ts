import { describe, expect, test } from 'vitest'
import { evaluate, ordinary, policyOf } from './_policies.ts'

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
    {
      sessions: [frequency(4, 'hours', secondary)],
      want: { signInFrequency: undefined, multifactorFrequency: { seconds: 14400, ...secondary } },
    },
    {
      sessions: [frequency(4, 'hours', secondary), frequency(1, 'days')],
      want: {
        signInFrequency: { seconds: 86400, authenticationType: primary },
        multifactorFrequency: { seconds: 14400, ...secondary },
      },
    },
    {
      sessions: [frequency(2, 'days', secondary), frequency(1, 'days')],
      want: {
        signInFrequency: { seconds: 86400, authenticationType: primary },
        multifactorFrequency: undefined,
      },
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
    {
      sessions: [{ continuousAccessEvaluation: { mode: 'disabled' } }],
      want: { continuousAccessEvaluation: 'disabled' },
    },
    {
      sessions: [
        { continuousAccessEvaluation: { mode: 'disabled' } },
        { continuousAccessEvaluation: { mode: 'strictLocation' } },
      ],
      want: { continuousAccessEvaluation: 'strictLocation' },
    },
    { sessions: [{ disableResilienceDefaults: true }], want: { applicationEnforcedRestrictions: false } },
  ])('$sessions → $want', ({ sessions, want }) => {
    const policies = sessions.map((session, at) => policyOf({ displayName: `policy ${at}`, grant: null, session }))
    expect(evaluate(policies, ordinary).sessionControls).toMatchObject(want)
  })

  test.each([
    {
      session: { cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'mcasConfigured' } },
      gap: 'cloudAppSecurity (Conditional Access App Control)',
    },
    { session: { signInFrequency: { isEnabled: true } }, gap: 'signInFrequency without value and type' },
  ])('$gap is a gap, and closes the door', ({ session, gap }) => {
    const decision = evaluate([policyOf({ grant: null, session })], ordinary)
    expect(decision).toMatchObject({ outcome: 'block', reason: `blocked: the policy (gap: ${gap})` })
  })

  const control = (cloudAppSecurityType: string) => ({ cloudAppSecurity: { isEnabled: true, cloudAppSecurityType } })
  test.each([
    {
      clientAppType: 'browser',
      session: control('monitorOnly'),
      outcome: 'allow',
      because: 'watching changes nothing',
    },
    { clientAppType: 'browser', session: control('blockDownloads'), outcome: 'block', because: 'the proxy is missing' },
    {
      clientAppType: 'mobileAppsAndDesktopClients',
      session: control('blockDownloads'),
      outcome: 'allow',
      because: 'no browser',
    },
  ] as const)(
    'App Control for $clientAppType, $session: $outcome ($because)',
    ({ clientAppType, session, outcome }) => {
      const decision = evaluate([policyOf({ grant: null, session })], { ...ordinary, clientAppType })
      expect(decision.outcome).toBe(outcome)
      expect(decision.policies[0]?.enforcedSessionControls).toEqual(['cloudAppSecurity'])
    },
  )

  test('token protection blocks every session that is bound to no device, by its own number', () => {
    const decision = evaluate(
      [policyOf({ grant: null, session: { secureSignInSession: { isEnabled: true } } })],
      ordinary,
    )
    expect(decision).toMatchObject({ outcome: 'block', requires: [{ control: 'block', aadsts: 530084 }] })
    expect(decision.reason).toContain('the session is not bound to a device')
  })

  test('of policies that do not apply count for nothing', () => {
    const policy = policyOf({ users: { includeUsers: ['None'] }, session: browser('never') })
    expect(evaluate([policy], ordinary).sessionControls.persistentBrowser).toBeUndefined()
  })
})
