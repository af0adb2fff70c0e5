import { expect, test } from 'vitest'
import { admitRegistration, type RegistrationFacts } from './admit-registration.ts'
import { cloudSecurityIdentifier } from './security-identifiers.ts'

const open: RegistrationFacts = {
  trustType: 'Workplace',
  devicesOwned: 0,
  amr: ['pwd'],
  policy: {
    userDeviceQuota: 2,
    multiFactorAuthConfiguration: 'notRequired',
    azureADJoin: 'allowed',
    azureADRegistration: 'allowed',
  },
}
const closed = { ...open.policy, azureADJoin: 'notAllowed', azureADRegistration: 'notAllowed' } as const
const strict = { ...open.policy, multiFactorAuthConfiguration: 'required' } as const

test.each<{ facts: Partial<RegistrationFacts>; want: string }>([
  { facts: {}, want: 'admit' },
  { facts: { devicesOwned: 1 }, want: 'admit' },
  { facts: { devicesOwned: 2 }, want: 'quotaReached' },
  { facts: { policy: closed }, want: 'notAllowed' },
  { facts: { policy: closed, trustType: 'AzureAd' }, want: 'notAllowed' },
  { facts: { policy: { ...closed, azureADJoin: 'allowed' }, trustType: 'AzureAd' }, want: 'admit' },
  { facts: { policy: { ...closed, azureADRegistration: 'allowed' } }, want: 'admit' },
  { facts: { policy: closed, trustType: 'ServerAd', devicesOwned: 9 }, want: 'admit' },
  { facts: { policy: strict }, want: 'multifactorRequired' },
  { facts: { policy: strict, trustType: 'ServerAd' }, want: 'multifactorRequired' },
  { facts: { policy: strict, amr: ['pwd', 'mfa'] }, want: 'admit' },
])('$facts → $want', ({ facts, want }) => {
  const admission = admitRegistration({ ...open, ...facts })
  expect(admission.outcome === 'admit' ? 'admit' : admission.refusal).toBe(want)
})

test('the security identifier of an object is its id in four numbers', () => {
  // 0x03020100 read from the text, 0x07060504 with its halves swapped, and two numbers in little-endian order.
  expect(cloudSecurityIdentifier('03020100-0504-0706-0809-0a0b0c0d0e0f')).toBe(
    'S-1-12-1-50462976-117835012-185207048-252579084',
  )
})
