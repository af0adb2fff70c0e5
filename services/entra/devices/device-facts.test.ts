import { expect, test } from 'vitest'
import { userAgents } from '#test/actors/web-view.ts'
import type { DirectoryDevice } from '../people/devices.ts'
import { deviceDetail, deviceSignal, deviceStates } from './device-facts.ts'

const device: DirectoryDevice = {
  objectId: 'o',
  deviceId: 'd',
  displayName: 'PC',
  operatingSystem: 'Windows',
  trustType: 'AzureAd',
  deviceOwnership: 'Company',
  accountEnabled: true,
  isManaged: false,
  isCompliant: false,
  source: 'cloud',
  thumbprint: 'AA',
  model: 'Surface',
}

test.each([
  { state: undefined, want: [] },
  { state: {}, want: [] },
  { state: { isManaged: true }, want: ['dvc_mngd'] },
  { state: { isManaged: true, isCompliant: true }, want: ['dvc_mngd', 'dvc_cmp'] },
  { state: { trustType: 'ServerAd' as const }, want: ['dvc_dmjd'] },
])('signin_state of $state is $want', ({ state, want }) => {
  expect(deviceStates(state && { ...device, ...state })).toEqual(want)
})

test.each([
  { userAgent: userAgents.outlookAndroid, operatingSystem: 'Android 16', browser: 'Chrome 126.0.0' },
  { userAgent: userAgents.outlookIos, operatingSystem: 'Ios 18.5', browser: '' },
  { userAgent: userAgents.safariIos, operatingSystem: 'Ios 18.5', browser: 'Mobile Safari 18.5' },
  { userAgent: userAgents.edgeWindows, operatingSystem: 'Windows10', browser: 'Edge 126.0.0' },
  {
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
    operatingSystem: 'Linux',
    browser: 'Firefox 127.0',
  },
  {
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15',
    operatingSystem: 'MacOs',
    browser: 'Safari 17.5',
  },
  { userAgent: 'Outlook-iOS/2.0', operatingSystem: 'Ios', browser: '' },
  { userAgent: 'curl/8', operatingSystem: '', browser: '' },
])('the sign-in log reads $operatingSystem and $browser off a user agent', ({ userAgent, ...want }) => {
  expect(deviceDetail(undefined, userAgent)).toEqual({
    deviceId: '',
    displayName: '',
    isCompliant: false,
    isManaged: false,
    trustType: '',
    ...want,
  })
})

test.each([
  { trustType: 'AzureAd' as const, want: 'Azure AD joined' },
  { trustType: 'ServerAd' as const, want: 'Hybrid Azure AD joined' },
  { trustType: 'Workplace' as const, want: 'Azure AD registered' },
])('$trustType is "$want" in the log', ({ trustType, want }) => {
  expect(deviceDetail(deviceSignal({ ...device, trustType }), '').trustType).toBe(want)
})

test('what proves a device stays out of the signals that the log keeps', () => {
  expect(deviceSignal(device)).not.toHaveProperty('thumbprint')
  expect(deviceSignal(device)).toMatchObject({ deviceId: 'd', model: 'Surface' })
})
