import { describe, expect, test } from 'vitest'
import { evaluate, ordinary, policyOf } from './_policies.ts'
import { compileApplicationRule, ruleHolds } from './application-filter.ts'

const attributes = { Engineering_Project: ['Baker', 'Cascade'], Engineering_Level: 'High', HR_Zone: 'eu-west' }

test.each([
  { rule: 'CustomSecurityAttribute.Engineering_Project -contains "Baker"', holds: true, because: 'one whole value' },
  { rule: 'CustomSecurityAttribute.Engineering_Project -contains "Bak"', holds: false, because: 'a part of a value' },
  {
    rule: 'CustomSecurityAttribute.Engineering_Project -notContains "Alpine"',
    holds: true,
    because: 'it is not there',
  },
  { rule: 'customsecurityattribute.engineering_level -eq "high"', holds: true, because: 'case does not matter' },
  { rule: 'CustomSecurityAttribute.Engineering_Level -ne "High"', holds: false, because: 'it is High' },
  { rule: 'CustomSecurityAttribute.HR_Zone -startsWith "eu"', holds: true, because: 'it does' },
  { rule: 'CustomSecurityAttribute.HR_Zone -in ["us", "eu-west"]', holds: true, because: 'it is in the list' },
  { rule: 'CustomSecurityAttribute.HR_Missing -eq "x"', holds: false, because: 'it is not assigned' },
  { rule: 'CustomSecurityAttribute.HR_Missing -ne "x"', holds: true, because: 'it is not assigned' },
  {
    rule: 'CustomSecurityAttribute.HR_Zone -eq "us" -or CustomSecurityAttribute.Engineering_Level -eq "High"',
    holds: true,
    because: 'the second holds',
  },
])('$rule: $holds ($because)', ({ rule, holds }) => {
  expect(ruleHolds(compileApplicationRule(rule), attributes)).toBe(holds)
})

test.each([
  'device.isCompliant -eq True',
  'CustomSecurityAttribute.Engineering -eq "x"',
  'CustomSecurityAttribute.A_B',
  '',
])('%s is no rule about attributes', (rule) => expect(() => compileApplicationRule(rule)).toThrow(/Line 1/))

describe('a policy with a filter for applications', () => {
  const rule = 'CustomSecurityAttribute.Engineering_Project -contains "Baker"'
  const appId = '00000002-0000-0ff1-ce00-000000000000'
  const other = '00000003-0000-0000-c000-000000000000'

  test.each([
    { mode: 'include', includeApplications: [], has: attributes, applies: true, because: 'the filter brings it in' },
    { mode: 'include', includeApplications: [], has: undefined, applies: false, because: 'nothing brings it in' },
    { mode: 'include', includeApplications: [appId], has: undefined, applies: true, because: 'the list names it' },
    { mode: 'exclude', includeApplications: ['All'], has: attributes, applies: false, because: 'the filter spares it' },
    { mode: 'exclude', includeApplications: ['All'], has: undefined, applies: true, because: 'nothing spares it' },
    { mode: 'exclude', includeApplications: [other], has: undefined, applies: false, because: 'it is another one' },
  ])('$mode, $includeApplications: $applies ($because)', ({ mode, includeApplications, has, applies }) => {
    const policy = policyOf({ applications: { includeApplications, applicationFilter: { mode, rule } } })
    const decision = evaluate([policy], { ...ordinary, application: { appId, attributes: has } })
    expect(decision.applied.length > 0).toBe(applies)
  })

  test('an application that is excluded by name is out, whatever the filter says', () => {
    const applications = {
      includeApplications: [],
      excludeApplications: [appId],
      applicationFilter: { mode: 'include', rule },
    }
    const decision = evaluate([policyOf({ applications })], { ...ordinary, application: { appId, attributes } })
    expect(decision.reason).toBe('noPolicyApplies')
  })
})
