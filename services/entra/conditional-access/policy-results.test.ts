import { describe, expect, test } from 'vitest'
import { both, demands, evaluate, mfaDone, ordinary, policyOf } from './_policies.ts'

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
    const decision = evaluate([policyOf(file)], { ...ordinary, ...signals })
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
    expect(evaluate([policyOf(file)], ordinary).policies).toMatchObject([
      {
        conditionsSatisfied: ['users', 'application', 'clientType', 'location'],
        conditionsNotSatisfied: [],
        enforcedGrantControls: ['mfa', 'compliantDevice'],
        enforcedSessionControls: ['persistentBrowser'],
      },
    ])
  })
})
