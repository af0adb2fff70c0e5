import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DeviceSignal } from '../signals.ts'
import { laptop, phone } from './_device.ts'
import { compileDeviceFilter, matchesDeviceFilter } from './device-filter.ts'

function holds(rule: string, device: DeviceSignal | undefined): boolean {
  return matchesDeviceFilter(compileDeviceFilter({ mode: 'include', rule }), device).matches
}

describe('one comparison on a laptop, a phone and an unregistered device', () => {
  // rule, laptop (hybrid, managed), phone (registered, unmanaged, little known), unregistered
  test.each([
    ['device.deviceId -eq "8a1c5b7e-3f0d-4c6a-9e21-b4d7f0a9c3e5"', true, false, false],
    ['device.deviceid -eq "8A1C5B7E-3F0D-4C6A-9E21-B4D7F0A9C3E5"', true, false, false],
    ['device.deviceId -ne "8a1c5b7e-3f0d-4c6a-9e21-b4d7f0a9c3e5"', false, true, true],
    ['device.deviceId -in ["11111111-2222-3333-4444-555555555555"]', false, true, false],
    [
      'device.deviceId -in ["11111111-2222-3333-4444-555555555555","8a1c5b7e-3f0d-4c6a-9e21-b4d7f0a9c3e5"]',
      true,
      true,
      false,
    ],
    ['device.deviceId -notIn ["11111111-2222-3333-4444-555555555555"]', true, false, true],
    ['device.displayName -eq "iPhone"', false, true, false],
    ['device.displayName -eq "IPHONE"', false, true, false],
    ['device.displayName -eq "iPhone "', false, false, false],
    ['device.displayName -ne "iPhone"', true, false, true],
    ['device.displayName -startsWith "pc-"', true, false, false],
    ['device.displayName -startsWith ""', true, true, false],
    ['device.displayName -notStartsWith "PC-"', false, true, true],
    ['device.displayName -endsWith "phone"', false, true, false],
    ['device.displayName -notEndsWith "Phone"', true, false, true],
    ['device.displayName -contains "ALICE"', true, false, false],
    ['device.displayName -contains "alice `"DEV`""', true, false, false],
    [`device.displayName -contains 'alice "dev"'`, true, false, false],
    ['device.displayName -notContains "alice"', false, true, true],
    ['device.displayName -in ["x", "iphone"]', false, true, false],
    ['device.displayName -notIn ["x", "iphone"]', true, false, true],
    ['device.deviceOwnership -eq "Company"', true, false, false],
    ['device.deviceOwnership -eq "company"', true, false, false],
    ['device.deviceOwnership -eq "Personal"', false, false, false],
    ['device.deviceOwnership -ne "Personal"', true, true, true],
    ['device.deviceOwnership -ne "Company"', false, true, true],
    ['device.enrollmentProfileName -startsWith "AutoPilot Profile"', true, false, false],
    ['device.enrollmentProfileName -notStartsWith "AutoPilot Profile"', false, true, true],
    ['device.enrollmentProfileName -endsWith "west"', true, false, false],
    ['device.isCompliant -eq True', true, false, false],
    ['device.isCompliant -eq "True"', true, false, false],
    ['device.isCompliant -eq true', true, false, false],
    ['device.isCompliant -eq False', false, true, false],
    ['device.isCompliant -ne True', false, true, true],
    ['device.isCompliant -ne "False"', true, false, true],
    ['device.manufacturer -startsWith "Microsoft"', true, false, false],
    ['device.manufacturer -contains "soft corp"', true, false, false],
    ['device.mdmAppId -eq "0000000a-0000-0000-c000-000000000000"', true, false, false],
    ['device.mdmAppId -ne "0000000a-0000-0000-c000-000000000000"', false, true, true],
    ['device.mdmAppId -in ["0000000A-0000-0000-C000-000000000000"]', true, false, false],
    ['device.mdmAppId -notIn ["0000000a-0000-0000-c000-000000000000"]', false, true, true],
    ['device.model -eq "Surface Laptop 6"', true, false, false],
    ['device.model -notContains "Surface"', false, true, true],
    ['device.model -endsWith "6"', true, false, false],
    ['device.operatingSystem -eq "Windows"', true, false, false],
    ['device.operatingSystem -ne "Windows"', false, true, true],
    ['device.operatingSystem -in ["iOS", "Android"]', false, false, false],
    ['device.operatingSystem -notIn ["iOS", "Android"]', true, true, true],
    ['device.operatingSystemVersion -startsWith "10.0"', true, false, false],
    ['device.operatingSystemVersion -in ["10.0.18363", "10.0.22631.4460"]', true, false, false],
    ['device.operatingSystemVersion -startsWith "10.0.2.26"', false, false, false],
    ['device.physicalIds -contains "[ZTDId]:9f0a"', true, false, false],
    ['device.physicalIds -contains "[ztdid]:9F0A"', true, false, false],
    ['device.physicalIds -contains "[ZTDId]:"', false, false, false],
    ['device.physicalIds -contains "ZTDId"', false, false, false],
    ['device.physicalIds -notContains "[ZTDId]:9f0a"', false, true, true],
    ['device.physicalIds -notContains "[ZTDId]"', true, true, true],
    ['device.systemLabels -contains "M365Managed"', true, false, false],
    ['device.systemLabels -contains "M365"', false, false, false],
    ['device.systemLabels -notContains "AzureResource"', true, true, true],
    ['device.profileType -eq "RegisteredDevice"', true, true, false],
    ['device.profileType -eq "Printer"', false, false, false],
    ['device.profileType -ne "iot"', true, true, true],
    ['device.trustType -eq "ServerAD"', true, false, false],
    ['device.trustType -eq "ServerAd"', true, false, false],
    ['device.trustType -eq "AzureAD"', false, false, false],
    ['device.trustType -eq "Workplace"', false, true, false],
    ['device.trustType -ne "Workplace"', true, false, true],
    ['device.extensionAttribute1 -eq "SAW"', true, false, false],
    ['device.extensionAttribute1 -ne "SAW"', false, true, true],
    ['device.extensionAttribute1 -startsWith "s"', true, false, false],
    ['device.extensionAttribute2 -eq "SAW"', false, false, false],
    ['device.extensionAttribute2 -ne "SAW"', true, true, true],
    [`device.extensionAttribute15 -eq 'o''neil\`s'`, true, false, false],
    ['device.extensionAttribute15 -endsWith "`s"', true, false, false],
    ['device.extensionAttribute1 -eq null', false, true, false],
    ['device.extensionAttribute2 -eq null', true, true, false],
    ['device.extensionAttribute2 -ne null', false, false, true],
    ['device.model -ne null', true, false, true],
    ['device.model -eq $null', false, true, false],
    ['device.model -eq "null"', false, false, false],
    ['device.deviceOwnership -eq null', false, true, false],
  ])('%s → %s, %s, %s', (rule, onLaptop, onPhone, unregistered) => {
    expect([laptop, phone, undefined].map((device) => holds(rule, device))).toEqual([onLaptop, onPhone, unregistered])
  })
})

describe('extension attributes count on managed, compliant or hybrid joined devices only', () => {
  const registered = { ...phone, trustType: 'AzureAd' } as const
  test.each([
    { device: registered, equal: false, notEqual: true },
    { device: { ...registered, isManaged: true }, equal: true, notEqual: false },
    { device: { ...registered, isCompliant: true }, equal: true, notEqual: false },
    { device: { ...registered, trustType: 'ServerAd' } as const, equal: true, notEqual: false },
  ])('$device.trustType managed $device.isManaged compliant $device.isCompliant → $equal', (row) => {
    expect(holds('device.extensionAttribute1 -eq "SAW"', row.device)).toBe(row.equal)
    expect(holds('device.extensionAttribute1 -ne "SAW"', row.device)).toBe(row.notEqual)
  })
})

describe('logic and precedence', () => {
  const yes = 'device.isCompliant -eq True'
  const no = 'device.isCompliant -eq False'
  test.each([
    [`${yes} -and ${yes}`, true],
    [`${yes} -and ${no}`, false],
    [`${no} -or ${yes}`, true],
    [`${no} -or ${no}`, false],
    [`-not ${yes}`, false],
    [`-not ${no}`, true],
    [`-not -not ${yes}`, true],
    [`-not (${yes} -and ${no})`, true],
    [`-not ${no} -and ${yes}`, true],
    [`-not ${yes} -and ${no}`, false],
    [`-not (${yes} -or ${no})`, false],
    [`-not ${yes} -or ${yes}`, true],
    [`${yes} -or ${yes} -and ${no}`, true],
    [`(${yes} -or ${yes}) -and ${no}`, false],
    [`${no} -and ${yes} -or ${yes}`, true],
    [`${no} -and (${yes} -or ${yes})`, false],
    [`${no} -or ${no} -or ${yes}`, true],
    [`${yes} -and ${yes} -and ${no}`, false],
    [`${yes} and not ${no} or ${no}`, true],
    [`${yes} -AND -NOT ${no}`, true],
    [`((((${yes}))))`, true],
    [`(${yes})-and(${yes})`, true],
    [`  ${yes}\n\t-and\n${yes}  `, true],
    ['device.model startsWith "surface"', true],
    ['Device.MODEL -STARTSWITH "surface"', true],
    ['device.model -endsWith"6"', true],
    ['device.model -in["Surface Laptop 6"]', true],
  ])('%s → %s', (rule, expected) => {
    expect(holds(rule, laptop)).toBe(expected)
  })

  test.each([
    ['-not (device.isCompliant -eq True)', true],
    ['-not (device.isCompliant -ne True)', false],
    ['device.isCompliant -ne True -or device.trustType -eq "AzureAD"', true],
    ['device.isCompliant -ne True -and device.trustType -eq "AzureAD"', false],
  ])('of an unregistered device %s → %s', (rule, expected) => {
    expect(holds(rule, undefined)).toBe(expected)
  })
})

describe('modes, and the reason given', () => {
  const rule = 'device.trustType -eq "ServerAD"'
  test.each([
    { mode: 'include', device: laptop, matches: true, reason: `include: rule is true (${rule}: "ServerAd")` },
    { mode: 'include', device: phone, matches: false, reason: `include: rule is false (${rule}: "Workplace")` },
    {
      mode: 'include',
      device: undefined,
      matches: false,
      reason: `include: rule is false (${rule}: unregistered device)`,
    },
    { mode: 'exclude', device: laptop, matches: false, reason: `exclude: rule is true (${rule}: "ServerAd")` },
    { mode: 'exclude', device: phone, matches: true, reason: `exclude: rule is false (${rule}: "Workplace")` },
    {
      mode: 'exclude',
      device: undefined,
      matches: true,
      reason: `exclude: rule is false (${rule}: unregistered device)`,
    },
  ] as const)('$mode → $matches because $reason', ({ mode, device, matches, reason }) => {
    expect(matchesDeviceFilter(compileDeviceFilter({ mode, rule }), device)).toEqual({ matches, reason })
  })

  test.each([
    {
      rule: 'device.model -startsWith "X" -and device.isCompliant -eq True',
      reason: 'include: rule is false (device.model -startsWith "X": "Surface Laptop 6")',
    },
    {
      rule: 'device.model -startsWith "X" -or device.isCompliant -eq True',
      reason: 'include: rule is true (device.isCompliant -eq True: True)',
    },
    {
      rule: 'device.model -ne null -and device.isCompliant -eq True',
      reason: 'include: rule is true (device.model -ne null: "Surface Laptop 6"; device.isCompliant -eq True: True)',
    },
    {
      rule: 'device.extensionAttribute2 -ne "a" -and device.model -ne "b" -and device.model -ne "c" -and device.model -ne "d"',
      reason:
        'include: rule is true (device.extensionAttribute2 -ne "a": null; device.model -ne "b": "Surface Laptop 6"; device.model -ne "c": "Surface Laptop 6"; …)',
    },
    {
      rule: 'device.systemLabels -notContains "MultiUser"',
      reason: 'include: rule is true (device.systemLabels -notContains "MultiUser": ["M365Managed"])',
    },
  ])('names the comparisons that decided: $rule', ({ rule: decided, reason }) => {
    const filter = compileDeviceFilter({ mode: 'include', rule: decided })
    expect(matchesDeviceFilter(filter, laptop).reason).toBe(reason)
  })

  test('include and exclude are opposites, on every device', () => {
    const rules = fc.constantFrom(
      rule,
      'device.model -ne "x"',
      '-not device.isCompliant -eq True',
      'device.model -eq null',
    )
    fc.assert(
      fc.property(rules, fc.constantFrom(laptop, phone, undefined), (text, device) => {
        const [included, excluded] = (['include', 'exclude'] as const).map((mode) =>
          matchesDeviceFilter(compileDeviceFilter({ mode, rule: text }), device),
        )
        expect(included?.matches).toBe(!excluded?.matches)
      }),
    )
  })
})
