import { expect, test } from 'vitest'
import { builtInAccessControlPolicies } from '#shared/scenario/access-control-policies.ts'
import type { AccessFacts } from './conditions.ts'
import { evaluateAccessControlPolicy } from './evaluate.ts'
import { builtInPolicies } from './policies.ts'

const inside: AccessFacts = {
  insideCorporateNetwork: true,
  groupNames: ['All Staff', 'CONTOSO\\All Staff', 'S-1-5-21-1-2-3-2001'],
  deviceAuthenticated: false,
  deviceRegistration: false,
}
const outside: AccessFacts = { ...inside, insideCorporateNetwork: false }
const registered = { ...outside, deviceAuthenticated: true }
const registering = { ...outside, deviceRegistration: true }
const finance = (facts: AccessFacts) => ({ ...facts, groupNames: [...facts.groupNames, 'Finance', 'CONTOSO\\Finance'] })

test.each([
  { policy: 'Permit everyone', facts: outside, outcome: 'permit', rule: 1 },
  { policy: 'Permit everyone and require MFA', facts: inside, outcome: 'permitWithMfa', rule: 1 },
  { policy: 'Permit everyone and require MFA from extranet access', facts: inside, outcome: 'permit', rule: 1 },
  { policy: 'Permit everyone and require MFA from extranet access', facts: outside, outcome: 'permitWithMfa', rule: 2 },
  {
    policy: 'Permit everyone and require MFA for specific group',
    groups: ['Finance'],
    facts: outside,
    outcome: 'permit',
    rule: 2,
  },
  {
    policy: 'Permit everyone and require MFA for specific group',
    groups: ['finance'],
    facts: finance(inside),
    outcome: 'permitWithMfa',
    rule: 1,
  },
  {
    policy: 'Permit everyone and require MFA for specific group',
    groups: ['Sales', 'CONTOSO\\Finance'],
    facts: finance(inside),
    outcome: 'permitWithMfa',
    rule: 1,
  },
  {
    policy: 'Permit everyone and require MFA from unauthenticated devices',
    facts: registered,
    outcome: 'permit',
    rule: 1,
  },
  {
    policy: 'Permit everyone and require MFA from unauthenticated devices',
    facts: outside,
    outcome: 'permitWithMfa',
    rule: 2,
  },
  {
    policy: 'Permit everyone and require MFA, allow automatic device registration',
    facts: registering,
    outcome: 'permit',
    rule: 1,
  },
  {
    policy: 'Permit everyone and require MFA, allow automatic device registration',
    facts: outside,
    outcome: 'permitWithMfa',
    rule: 2,
  },
  { policy: 'Permit everyone for intranet access', facts: inside, outcome: 'permit', rule: 1 },
  { policy: 'Permit everyone for intranet access', facts: outside, outcome: 'deny', rule: undefined },
  { policy: 'Permit specific group', groups: ['Finance'], facts: finance(outside), outcome: 'permit', rule: 1 },
  { policy: 'Permit specific group', groups: ['Finance'], facts: outside, outcome: 'deny', rule: undefined },
  { policy: 'Permit specific group', groups: ['S-1-5-21-1-2-3-2001'], facts: outside, outcome: 'permit', rule: 1 },
])('$policy $groups → $outcome by rule $rule', ({ policy, groups, facts, outcome, rule }) => {
  const decision = evaluateAccessControlPolicy({ name: policy, parameters: { groups } }, facts)
  expect(decision).toMatchObject({ outcome, reason: expect.stringContaining(`"${policy}"`) })
  expect(decision.rule).toBe(rule)
})

test.each([
  { policy: 'Permit nobody', groups: undefined, reason: 'there is no access control policy "Permit nobody"' },
  { policy: 'toString', groups: undefined, reason: 'there is no access control policy "toString"' },
  { policy: 'Permit specific group', groups: undefined, reason: 'without its GroupParameter' },
  { policy: 'Permit everyone and require MFA for specific group', groups: [], reason: 'without its GroupParameter' },
])('denies when "$policy" with $groups cannot be understood', ({ policy, groups, reason }) => {
  const decision = evaluateAccessControlPolicy({ name: policy, parameters: { groups } }, inside)
  expect(decision).toEqual({ outcome: 'deny', reason: expect.stringContaining(reason) })
})

test('has rules for every policy that a scenario may name', () => {
  expect(Object.keys(builtInPolicies)).toEqual(Object.keys(builtInAccessControlPolicies))
})
