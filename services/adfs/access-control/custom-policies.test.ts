import { expect, test } from 'vitest'
import type { CustomAccessControlPolicy } from '#shared/scenario/world.ts'
import { claimOf } from '../claim-rules/claim.ts'
import type { AccessFacts } from './conditions.ts'
import { evaluateAccessControlPolicy } from './evaluate.ts'

type Condition = CustomAccessControlPolicy['rules'][number]['conditions'][number]

const role = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'
const facts: AccessFacts = {
  insideCorporateNetwork: false,
  groupNames: ['Sales', 'CONTOSO\\Sales'],
  userNames: ['alice@contoso.com', 'CONTOSO\\alice', 'S-1-5-21-1-2-3-1101'],
  clientAddress: '198.51.100.20',
  deviceAuthenticated: true,
  deviceManaged: true,
  deviceCompliant: false,
  deviceRegistration: false,
  claims: [claimOf(role, 'Admins')],
}

function decide(rules: CustomAccessControlPolicy['rules'], who: AccessFacts = facts, groups?: readonly string[]) {
  const policy = { name: 'Mine', description: '', rules }
  return evaluateAccessControlPolicy({ name: 'Mine', parameters: { groups } }, who, [policy])
}

const rule = (
  conditions: readonly Condition[],
  more: { exceptions?: readonly Condition[]; requireMfa?: boolean } = {},
) => ({
  conditions,
  exceptions: [],
  requireMfa: false,
  ...more,
})

test.each<{ condition: Condition; holds: boolean; because: string }>([
  { condition: { kind: 'everyone' }, holds: true, because: 'permit everyone' },
  { condition: { kind: 'intranet' }, holds: false, because: 'no rule of "Mine"' },
  { condition: { kind: 'extranet' }, holds: true, because: 'from the extranet' },
  { condition: { kind: 'networks', ranges: ['198.51.100.0/24'] }, holds: true, because: 'from 198.51.100.0/24' },
  { condition: { kind: 'networks', ranges: ['198.51.100.1-198.51.100.20'] }, holds: true, because: '198.51.100.1-' },
  { condition: { kind: 'networks', ranges: ['198.51.100.21-198.51.100.30'] }, holds: false, because: 'no rule' },
  { condition: { kind: 'networks', ranges: ['10.0.0.1', '198.51.100.20'] }, holds: true, because: '10.0.0.1, 198' },
  { condition: { kind: 'networks', ranges: ['2001:db8::/32'] }, holds: false, because: 'no rule' },
  { condition: { kind: 'groups', groups: ['contoso\\sales'] }, holds: true, because: 'members of contoso\\sales' },
  { condition: { kind: 'groups', groups: ['Finance'] }, holds: false, because: 'no rule' },
  { condition: { kind: 'users', users: ['ALICE@contoso.com'] }, holds: true, because: 'ALICE@contoso.com' },
  { condition: { kind: 'users', users: ['S-1-5-21-1-2-3-1101'] }, holds: true, because: 'S-1-5-21-1-2-3-1101' },
  { condition: { kind: 'users', users: ['bob@contoso.com'] }, holds: false, because: 'no rule' },
  { condition: { kind: 'device', trust: 'authenticated' }, holds: true, because: 'from authenticated devices' },
  { condition: { kind: 'device', trust: 'managed' }, holds: true, because: 'from managed devices' },
  { condition: { kind: 'device', trust: 'compliant' }, holds: false, because: 'no rule' },
  { condition: { kind: 'claim', type: role, operator: 'IsPresent' }, holds: true, because: 'IsPresent' },
  { condition: { kind: 'claim', type: 'urn:other', operator: 'IsPresent' }, holds: false, because: 'no rule' },
  {
    condition: { kind: 'claim', type: role, operator: 'Equals', value: 'admins' },
    holds: true,
    because: 'Equals "admins"',
  },
  {
    condition: { kind: 'claim', type: role, operator: 'NotEquals', value: 'admins' },
    holds: false,
    because: 'no rule',
  },
  { condition: { kind: 'claim', type: role, operator: 'Contains', value: 'DMI' }, holds: true, because: 'Contains' },
  { condition: { kind: 'claim', type: role, operator: 'StartsWith', value: 'ad' }, holds: true, because: 'StartsWith' },
  { condition: { kind: 'claim', type: role, operator: 'EndsWith', value: 'ad' }, holds: false, because: 'no rule' },
  {
    condition: { kind: 'claim', type: role, operator: 'RegExMatch', value: '^(?i)ADMINS$' },
    holds: true,
    because: 'RegExMatch',
  },
])('$condition → $holds', ({ condition, holds, because }) => {
  const decision = decide([rule([condition])])
  expect(decision).toMatchObject({ outcome: holds ? 'permit' : 'deny', reason: expect.stringContaining(because) })
  expect(decide([rule([{ kind: 'everyone' }], { exceptions: [condition] })]).outcome).toBe(holds ? 'deny' : 'permit')
})

test.each([
  {
    name: 'conditions are joined by AND',
    rules: [rule([{ kind: 'extranet' }, { kind: 'users', users: ['bob@contoso.com'] }])],
    outcome: 'deny',
  },
  {
    name: 'rules by OR',
    rules: [rule([{ kind: 'intranet' }]), rule([{ kind: 'extranet' }])],
    outcome: 'permit',
    number: 2,
  },
  {
    name: 'a second factor where every match wants one',
    rules: [rule([{ kind: 'extranet' }], { requireMfa: true })],
    outcome: 'permitWithMfa',
    number: 1,
  },
  {
    name: 'a match without one wins',
    rules: [rule([{ kind: 'everyone' }], { requireMfa: true }), rule([{ kind: 'groups', groups: ['Sales'] }])],
    outcome: 'permit',
    number: 2,
  },
  { name: 'no rules permit nobody', rules: [], outcome: 'deny' },
] as const)('$name', ({ rules, outcome, ...more }) => {
  const decision = decide(rules)
  expect(decision.outcome).toBe(outcome)
  expect(decision.rule).toBe('number' in more ? more.number : undefined)
})

test.each([
  { groups: ['Sales'], outcome: 'permit' },
  { groups: ['Finance'], outcome: 'deny' },
  { groups: undefined, outcome: 'deny' },
])('groups that the trust gives: $groups → $outcome', ({ groups, outcome }) => {
  expect(decide([rule([{ kind: 'groups' }])], facts, groups).outcome).toBe(outcome)
})

test('what is not known permits nobody', () => {
  const unknown = {
    insideCorporateNetwork: true,
    groupNames: [],
    deviceAuthenticated: false,
    deviceRegistration: false,
  }
  const conditions: readonly Condition[] = [
    { kind: 'users', users: ['alice@contoso.com'] },
    { kind: 'networks', ranges: ['0.0.0.0/0'] },
    { kind: 'device', trust: 'managed' },
    { kind: 'claim', type: role, operator: 'IsPresent' },
  ]
  for (const condition of conditions) expect(decide([rule([condition])], unknown).outcome).toBe('deny')
})

test('a policy of one’s own cannot replace a built-in one', () => {
  const policy = { name: 'Permit everyone for intranet access', description: '', rules: [rule([{ kind: 'everyone' }])] }
  expect(evaluateAccessControlPolicy({ name: policy.name, parameters: {} }, facts, [policy]).outcome).toBe('deny')
})
