import { expect, test } from 'vitest'
import {
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
} from './_policies.ts'
import type { Signals } from './signals.ts'

/** What a sign-in brings; the columns of the table, in this order. */
const brought: Readonly<Record<string, Partial<Signals>>> = {
  'one factor': {},
  'two factors': mfaDone,
  'a compliant device': { device: compliantLaptop },
  'a hybrid joined device': { device: hybrid },
  'two factors and a compliant device': { ...mfaDone, device: compliantLaptop },
  'a protected app': { satisfied: { ...ordinary.satisfied, approvedApplication: true, compliantApplication: true } },
  'two factors and a new password': { satisfied: { ...mfaDone.satisfied, passwordChanged: true } },
  'accepted terms': { satisfied: { ...ordinary.satisfied, termsOfUse: ['terms'] } },
  'one factor of somebody without methods': { hasMfaMethods: false },
  'a passkey': { satisfied: { mfa: true, combinations: ['fido2'] } },
}

const strength = (name: 'mfa' | 'passwordless', more: object = {}) => strong(ids.strength[name], more)
const phishingResistant = strong('00000000-0000-0000-0000-000000000004')
const anyDeviceOrMfa = demands(['mfa', 'compliantDevice', 'domainJoinedDevice'], { operator: 'OR' })
const newPassword = demands(['mfa', 'passwordChange'], { operator: 'AND' })

/** One cell a column: the numbers of what is missing, in the order of prompts; `-` lets in. */
const table: readonly (readonly [name: string, grant: object | null, cells: string])[] = [
  ['nothing', null, '- - - - - - - - - -'],
  ['block', demands(['block']), '53003 53003 53003 53003 53003 53003 53003 53003 53003 53003'],
  ['mfa', demands(['mfa']), '50076 - 50076 50076 - 50076 - 50076 50079 -'],
  ['compliant', demands(['compliantDevice']), '53000 53000 - 53000 - 53000 53000 53000 53000 53000'],
  ['hybrid', demands(['domainJoinedDevice']), '53001 53001 53001 - 53001 53001 53001 53001 53001 53001'],
  ['approved app', demands(['approvedApplication']), '53002 53002 53002 53002 53002 - 53002 53002 53002 53002'],
  ['protected app', demands(['compliantApplication']), '53009 53009 53009 53009 53009 - 53009 53009 53009 53009'],
  ['terms', { termsOfUse: ['terms'] }, '50158 50158 50158 50158 50158 50158 50158 - 50158 50158'],
  [
    'custom control',
    { customAuthenticationFactors: ['duo'] },
    '50158 50158 50158 50158 50158 50158 50158 50158 50158 50158',
  ],
  [
    'mfa and new password',
    newPassword,
    '50076,50135 50135 50076,50135 50076,50135 50135 50076,50135 - 50076,50135 50079,50135 50135',
  ],
  ['mfa and compliant', both, '50076,53000 53000 50076 50076,53000 - 50076,53000 53000 50076,53000 50079,53000 53000'],
  ['mfa or compliant', either, '50076 - - 50076 - 50076 - 50076 50079 -'],
  ['mfa or any device', anyDeviceOrMfa, '50076 - - - - 50076 - 50076 50079 -'],
  [
    'compliant or hybrid',
    demands(['compliantDevice', 'domainJoinedDevice'], { operator: 'OR' }),
    '530003 530003 - - - 530003 530003 530003 530003 530003',
  ],
  [
    'approved or protected',
    demands(['approvedApplication', 'compliantApplication'], { operator: 'OR' }),
    '53002 53002 53002 53002 53002 - 53002 53002 53002 53002',
  ],
  ['strength mfa', strength('mfa'), '50076 - 50076 50076 - 50076 - 50076 50079 -'],
  ['strength passwordless', strength('passwordless'), '50076 50076 50076 50076 50076 50076 50076 50076 50079 -'],
  ['strength phishing-resistant', phishingResistant, '50076 50076 50076 50076 50076 50076 50076 50076 50079 -'],
  [
    'strength and compliant',
    strength('mfa', { builtInControls: ['compliantDevice'], operator: 'AND' }),
    '50076,53000 53000 50076 50076,53000 - 50076,53000 53000 50076,53000 50079,53000 53000',
  ],
  [
    'mfa and terms',
    { builtInControls: ['mfa'], termsOfUse: ['terms'], operator: 'AND' },
    '50076,50158 50158 50076,50158 50076,50158 50158 50076,50158 50158 50076 50079,50158 50158',
  ],
]

const controls: Readonly<Record<string, string>> = {
  '50076': 'mfa',
  '50079': 'mfa',
  '53000': 'compliantDevice',
  '530003': 'compliantDevice',
  '53001': 'domainJoinedDevice',
  '53002': 'approvedApplication',
  '53009': 'compliantApplication',
  '50135': 'passwordChange',
  '50158': 'termsOfUse',
}

function reasonOf(name: string, codes: readonly string[]): string {
  const [first] = codes
  if (name === 'nothing' || first === undefined) return 'satisfied'
  if (first === '53003') return 'blocked: the policy'
  if (name === 'custom control') return 'unmet: customAuthenticationFactor (the policy)'
  const isStrength = name.startsWith('strength') && first.startsWith('5007')
  return `unmet: ${isStrength ? 'authenticationStrength' : controls[first]} (the policy)`
}

const cases = table.flatMap(([name, grant, cells]) =>
  cells.split(' ').map((cell, at) => ({
    name,
    grant,
    bringing: Object.keys(brought)[at] ?? '',
    codes: cell === '-' ? [] : cell.split(','),
  })),
)

test('the table has a cell for everything that a sign-in can bring', () => {
  expect(cases).toHaveLength(table.length * Object.keys(brought).length)
})

test.each(cases)('$name, given $bringing → $codes', ({ name, grant, bringing, codes }) => {
  const decision = evaluate([policyOf({ grant })], { ...ordinary, ...brought[bringing] })
  expect(decision.requires.map(({ aadsts }) => String(aadsts))).toEqual(codes)
  expect(decision.reason).toBe(reasonOf(name, codes))
})
