import { expect, test } from 'vitest'
import { builtInStrengths, knownCombinations } from '../conditional-access/authentication-strengths.ts'
import type { RegisteredMethod } from './methods.ts'
import { combinationOf, loggedResult, mightMeet } from './recorded-method.ts'

type MethodType = RegisteredMethod['type']

test.each<{ type: MethodType; federated: boolean; once: boolean; want: string }>([
  { type: 'push', federated: false, once: false, want: 'password,microsoftAuthenticatorPush' },
  { type: 'push', federated: true, once: false, want: 'microsoftAuthenticatorPush,federatedSingleFactor' },
  { type: 'totp', federated: false, once: false, want: 'password,softwareOath' },
  { type: 'totp', federated: true, once: false, want: 'softwareOath,federatedSingleFactor' },
  { type: 'sms', federated: false, once: false, want: 'password,sms' },
  { type: 'sms', federated: true, once: false, want: 'sms,federatedSingleFactor' },
  { type: 'voice', federated: false, once: false, want: 'password,voice' },
  { type: 'voice', federated: true, once: false, want: 'voice,federatedSingleFactor' },
  { type: 'fido2', federated: false, once: false, want: 'fido2' },
  { type: 'fido2', federated: true, once: false, want: 'fido2' },
  { type: 'accessPass', federated: false, once: true, want: 'temporaryAccessPassOneTime' },
  { type: 'accessPass', federated: true, once: false, want: 'temporaryAccessPassMultiUse' },
])('$type, federated $federated, one-time $once → $want', ({ type, federated, once, want }) => {
  expect(combinationOf({ type }, { federated, oneTimePass: once })).toBe(want)
  expect(knownCombinations).toContain(want)
})

const types: readonly MethodType[] = ['push', 'totp', 'sms', 'voice', 'fido2', 'accessPass']

test.each([
  { strength: 'Multifactor authentication', want: types },
  { strength: 'Passwordless MFA', want: ['fido2'] },
  { strength: 'Phishing-resistant MFA', want: ['fido2'] },
])('$strength can be met with $want', ({ strength, want }) => {
  const allowed = builtInStrengths.find(({ displayName }) => displayName === strength)?.allowedCombinations ?? []
  expect(types.filter((type) => mightMeet({ type }, allowed))).toEqual(want)
})

test.each<{ type: MethodType; want: string }>([
  { type: 'push', want: 'MFA denied; user did not respond to mobile app notification' },
  { type: 'voice', want: "MFA denied; unable to reach the user's phone" },
  { type: 'sms', want: 'MFA denied; user never entered the verification code' },
])('a $type that nobody answered is logged as "$want"', ({ type, want }) => {
  expect(loggedResult('TimedOut', { type })).toBe(want)
  expect(loggedResult('Denied', { type })).toBe('MFA denied; user declined the authentication')
})
