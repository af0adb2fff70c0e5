import { expect, test } from 'vitest'
import { compliantLaptop } from './_policies.ts'
import { judgeDeviceFilter } from './device-filter.ts'

const phone = {
  ...compliantLaptop,
  displayName: "Erin's Pixel",
  operatingSystem: 'Android',
  trustType: 'Workplace',
  deviceOwnership: 'Personal',
  isCompliant: false,
  isManaged: false,
  extensionAttributes: { extensionAttribute1: 'SAW' },
  physicalIds: ['[ZTDId]:1', '[HWID]:2'],
} as const

/** Rule → matches the laptop, the unmanaged phone, a device that did not identify itself. */
test.each([
  ['device.isCompliant -eq True', true, false, false],
  ['device.isCompliant -ne True', false, true, true],
  ['device.isCompliant -eq "False"', false, true, false],
  ['device.trustType -eq "AzureAD"', true, false, false],
  ['device.trustType -in ["AzureAD"]', 'gap', 'gap', 'gap'],
  ['device.deviceOwnership -eq "personal"', false, true, false],
  ['device.operatingSystem -in ["Windows", "iOS"]', true, false, false],
  ['device.operatingSystem -notIn ["Windows", "iOS"]', false, true, true],
  ['device.displayName -startsWith "alice"', true, false, false],
  ['device.displayName -notStartsWith "alice"', false, true, true],
  ['device.displayName -endsWith "PIXEL"', false, true, false],
  ['device.displayName -contains "-"', true, false, false],
  ['device.displayName -notContains "-"', false, true, true],
  ['device.model -eq "X"', false, false, false],
  ['device.model -ne "X"', true, true, true],
  ['device.profileType -eq "RegisteredDevice"', true, true, false],
  ['device.physicalIds -contains "[ZTDId]:1"', false, true, false],
  ['device.extensionAttribute1 -eq "SAW"', false, false, false],
  ['device.extensionAttribute1 -ne "SAW"', true, true, true],
  ['device.operatingSystemVersion -startsWith "10.0.2"', true, true, false],
  ['device.isCompliant -eq True -and device.trustType -eq "Workplace"', false, false, false],
  ['device.isCompliant -eq True -or device.trustType -eq "Workplace"', true, true, false],
  [
    'device.isCompliant -eq True -or device.isCompliant -eq False -and device.trustType -eq "ServerAD"',
    true,
    false,
    false,
  ],
  [
    '(device.isCompliant -eq True -or device.isCompliant -eq False) -and device.trustType -eq "ServerAD"',
    false,
    false,
    false,
  ],
  ['-not (device.isCompliant -eq True)', false, true, true],
  ['(device.DISPLAYNAME -EQ "alice-laptop")', true, false, false],
  ['device.displayName -eq "a \\"quoted\\" name"', false, false, false],
  ['device.extensionAttribute16 -eq "x"', 'gap', 'gap', 'gap'],
  ['device.color -eq "red"', 'gap', 'gap', 'gap'],
  ['device.isCompliant -startsWith "T"', 'gap', 'gap', 'gap'],
  ['device.isCompliant -eq True device.isCompliant', 'gap', 'gap', 'gap'],
  ['device.isCompliant -eq', 'gap', 'gap', 'gap'],
  ['(device.isCompliant -eq True', 'gap', 'gap', 'gap'],
  ['device.model -in ["a" "b"]', 'gap', 'gap', 'gap'],
  ['device.model -eq red', 'gap', 'gap', 'gap'],
  ['user.department -eq "x"', 'gap', 'gap', 'gap'],
  ['device.model -eq "unfinished', 'gap', 'gap', 'gap'],
  ['', 'gap', 'gap', 'gap'],
])('%s', (rule, ...want) => {
  const found = [compliantLaptop, phone, undefined].map((device) => {
    const verdict = judgeDeviceFilter({ mode: 'include', rule }, device)
    return typeof verdict === 'object' ? 'gap' : verdict === 'met'
  })
  expect(found).toEqual(want)
})

test('extension attributes count for a device that the organization vouches for', () => {
  const rule = 'device.extensionAttribute1 -eq "SAW"'
  for (const vouched of [{ isManaged: true }, { isCompliant: true }, { trustType: 'ServerAd' as const }]) {
    expect(judgeDeviceFilter({ mode: 'include', rule }, { ...phone, ...vouched })).toBe('met')
  }
})

test('a rule that cannot be read says what is wrong with it', () => {
  const verdict = judgeDeviceFilter({ mode: 'include', rule: 'device.color -eq "red"' }, undefined)
  expect(verdict).toEqual({ gap: 'deviceFilter: device.color is no property of a device' })
})
