import { describe, expect, test } from 'vitest'
import { compliantLaptop, evaluate, ids, ordinary, policyOf } from './_policies.ts'
import type { Signals } from './signals.ts'

/** The condition that keeps the policy away, or `applies`. */
function verdict(policy: Parameters<typeof policyOf>[0], signals: Partial<Signals>): string {
  const [applied] = evaluate([policyOf(policy)], { ...ordinary, ...signals }).policies
  return applied?.result === 'notApplied' ? applied.conditionsNotSatisfied.join() : 'applies'
}

const guest = { type: 'b2bCollaborationGuest', tenantId: 'tenant-1' } as const
const user = ordinary.user

describe('users', () => {
  test.each([
    { policy: { includeUsers: ['All'] }, who: {}, want: 'applies' },
    { policy: { includeUsers: ['None'] }, who: {}, want: 'users' },
    { policy: { includeUsers: [] }, who: {}, want: 'users' },
    { policy: { includeUsers: [ids.alice] }, who: {}, want: 'applies' },
    { policy: { includeUsers: [ids.alice.toUpperCase()] }, who: {}, want: 'applies' },
    { policy: { includeUsers: ['somebody else'] }, who: {}, want: 'users' },
    { policy: { includeUsers: ['All'], excludeUsers: [ids.alice] }, who: {}, want: 'users' },
    { policy: { includeUsers: [ids.alice], excludeUsers: [ids.alice] }, who: {}, want: 'users' },
    { policy: { includeGroups: [ids.staff] }, who: {}, want: 'applies' },
    { policy: { includeGroups: [ids.pilot] }, who: {}, want: 'users' },
    { policy: { includeUsers: ['All'], excludeGroups: [ids.staff] }, who: {}, want: 'users' },
    { policy: { includeUsers: ['All'], excludeGroups: [ids.pilot] }, who: {}, want: 'applies' },
    { policy: { includeRoles: [ids.administrator] }, who: {}, want: 'users' },
    { policy: { includeRoles: [ids.administrator] }, who: { roles: [ids.administrator] }, want: 'applies' },
    {
      policy: { includeUsers: ['All'], excludeRoles: [ids.administrator] },
      who: { roles: [ids.administrator] },
      want: 'users',
    },
    { policy: { includeUsers: ['GuestsOrExternalUsers'] }, who: {}, want: 'users' },
    { policy: { includeUsers: ['GuestsOrExternalUsers'] }, who: { guest }, want: 'applies' },
    { policy: { includeUsers: ['All'], excludeUsers: ['GuestsOrExternalUsers'] }, who: { guest }, want: 'users' },
    { policy: guests('internalGuest,b2bCollaborationGuest'), who: { guest }, want: 'applies' },
    { policy: guests('internalGuest'), who: { guest }, want: 'users' },
    { policy: guests('b2bCollaborationGuest', ['tenant-1']), who: { guest }, want: 'applies' },
    { policy: guests('b2bCollaborationGuest', ['tenant-2']), who: { guest }, want: 'users' },
    { policy: guests('b2bCollaborationGuest'), who: {}, want: 'users' },
  ])('$policy for $who → $want', ({ policy, who, want }) => {
    expect(verdict({ users: policy }, { user: { ...user, ...who } })).toBe(want)
  })

  function guests(guestOrExternalUserTypes: string, members?: readonly string[]) {
    const externalTenants = members && { membershipKind: 'enumerated', members }
    return { includeGuestsOrExternalUsers: { guestOrExternalUserTypes, ...(members && { externalTenants }) } }
  }
})

describe('applications', () => {
  const registration = 'urn:user:registersecurityinfo' as const
  test.each([
    { policy: { includeApplications: ['All'] }, signals: {}, want: 'applies' },
    { policy: { includeApplications: ['None'] }, signals: {}, want: 'application' },
    { policy: { includeApplications: [ids.exchange] }, signals: {}, want: 'applies' },
    { policy: { includeApplications: [ids.graph] }, signals: {}, want: 'application' },
    { policy: { includeApplications: ['Office365'] }, signals: {}, want: 'applies' },
    {
      policy: { includeApplications: ['Office365'] },
      signals: { application: { appId: ids.graph } },
      want: 'application',
    },
    { policy: { includeApplications: ['All'], excludeApplications: ['Office365'] }, signals: {}, want: 'application' },
    {
      policy: { includeApplications: ['Office365'], excludeApplications: [ids.exchange] },
      signals: {},
      want: 'application',
    },
    {
      policy: { includeApplications: ['MicrosoftAdminPortals'] },
      signals: { application: { appId: ids.azurePortal } },
      want: 'applies',
    },
    { policy: { includeApplications: ['MicrosoftAdminPortals'] }, signals: {}, want: 'application' },
    { policy: { includeUserActions: [registration] }, signals: {}, want: 'application' },
    { policy: { includeUserActions: [registration] }, signals: { userAction: registration }, want: 'applies' },
    { policy: { includeApplications: ['All'] }, signals: { userAction: registration }, want: 'application' },
    {
      policy: { includeUserActions: ['urn:user:registerdevice'] },
      signals: { userAction: registration },
      want: 'application',
    },
    { policy: { includeAuthenticationContextClassReferences: ['c1'] }, signals: {}, want: 'application' },
    {
      policy: { includeAuthenticationContextClassReferences: ['c1'] },
      signals: { authenticationContexts: ['c1'] },
      want: 'applies',
    },
    {
      policy: { includeAuthenticationContextClassReferences: ['c1'] },
      signals: { authenticationContexts: ['c2'] },
      want: 'application',
    },
  ])('$policy for $signals → $want', ({ policy, signals, want }) => {
    expect(verdict({ applications: policy }, signals)).toBe(want)
  })
})

describe('client, platform, flow and risk', () => {
  test.each([
    { policy: { clientAppTypes: ['all'] }, signals: { clientAppType: 'other' }, want: 'applies' },
    { policy: { clientAppTypes: ['browser'] }, signals: {}, want: 'applies' },
    {
      policy: { clientAppTypes: ['browser'] },
      signals: { clientAppType: 'mobileAppsAndDesktopClients' },
      want: 'clientType',
    },
    {
      policy: { clientAppTypes: ['exchangeActiveSync', 'other'] },
      signals: { clientAppType: 'other' },
      want: 'applies',
    },
    { policy: { clientAppTypes: ['exchangeActiveSync', 'other'] }, signals: {}, want: 'clientType' },
    { policy: { clientAppTypes: ['easSupported'] }, signals: { clientAppType: 'exchangeActiveSync' }, want: 'applies' },
    { policy: { platforms: { includePlatforms: ['all'] } }, signals: { platform: undefined }, want: 'applies' },
    { policy: { platforms: { includePlatforms: ['iOS', 'android'] } }, signals: {}, want: 'devicePlatform' },
    { policy: { platforms: { includePlatforms: ['iOS', 'android'] } }, signals: { platform: 'iOS' }, want: 'applies' },
    { policy: { platforms: { includePlatforms: ['iOS'] } }, signals: { platform: undefined }, want: 'devicePlatform' },
    {
      policy: { platforms: { includePlatforms: ['all'], excludePlatforms: ['windows'] } },
      signals: {},
      want: 'devicePlatform',
    },
    {
      policy: { platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS'] } },
      signals: { platform: undefined },
      want: 'applies',
    },
    { policy: { platforms: {} }, signals: {}, want: 'applies' },
    {
      policy: { authenticationFlows: { transferMethods: 'deviceCodeFlow' } },
      signals: {},
      want: 'authenticationFlows',
    },
    {
      policy: { authenticationFlows: { transferMethods: 'deviceCodeFlow,authenticationTransfer' } },
      signals: { authenticationFlow: 'deviceCodeFlow' },
      want: 'applies',
    },
    {
      policy: { authenticationFlows: { transferMethods: 'authenticationTransfer' } },
      signals: { authenticationFlow: 'deviceCodeFlow' },
      want: 'authenticationFlows',
    },
    { policy: { signInRiskLevels: ['high', 'medium'] }, signals: {}, want: 'signInRisk' },
    { policy: { signInRiskLevels: ['high', 'medium'] }, signals: { signInRisk: 'high' }, want: 'applies' },
    { policy: { signInRiskLevels: ['none'] }, signals: {}, want: 'applies' },
    { policy: { userRiskLevels: ['high'] }, signals: { userRisk: 'low' }, want: 'userRisk' },
    { policy: { userRiskLevels: ['high'] }, signals: { userRisk: 'high' }, want: 'applies' },
    { policy: { insiderRiskLevels: 'moderate,elevated' }, signals: {}, want: 'insiderRisk' },
    { policy: { insiderRiskLevels: 'moderate,elevated' }, signals: { insiderRisk: 'elevated' }, want: 'applies' },
    { policy: { servicePrincipalRiskLevels: ['high'] }, signals: {}, want: 'servicePrincipalRisk' },
    {
      policy: { clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] } },
      signals: {},
      want: 'servicePrincipals',
    },
    { policy: { clientApplications: {} }, signals: {}, want: 'applies' },
  ] as const)('$policy for $signals → $want', ({ policy, signals, want }) => {
    expect(verdict({ conditions: policy }, signals as Partial<Signals>)).toBe(want)
  })
})

describe('locations', () => {
  const inOffice = { address: '10.20.0.10', namedLocationIds: [ids.office], isTrusted: true }
  test.each([
    { policy: { includeLocations: ['All'] }, signals: {}, want: 'applies' },
    { policy: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] }, signals: {}, want: 'applies' },
    {
      policy: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
      signals: { location: inOffice },
      want: 'location',
    },
    { policy: { includeLocations: [ids.office] }, signals: { location: inOffice }, want: 'applies' },
    { policy: { includeLocations: [ids.office] }, signals: {}, want: 'location' },
    { policy: { includeLocations: ['AllTrusted'] }, signals: { location: inOffice }, want: 'applies' },
    {
      policy: { includeLocations: ['All'], excludeLocations: [ids.office] },
      signals: { location: inOffice },
      want: 'location',
    },
    {
      policy: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
      signals: { location: { ...inOffice, isTrusted: false } },
      want: 'applies',
    },
    // No multifactor-trusted addresses exist here, so their well-known id holds nobody.
    {
      policy: { includeLocations: ['00000000-0000-0000-0000-000000000000'] },
      signals: { location: inOffice },
      want: 'location',
    },
  ])('$policy for $signals → $want', ({ policy, signals, want }) => {
    expect(verdict({ conditions: { locations: policy } }, signals)).toBe(want)
  })
})

test.each([
  { mode: 'include', device: compliantLaptop, want: 'applies' },
  { mode: 'include', device: undefined, want: 'deviceState' },
  { mode: 'exclude', device: compliantLaptop, want: 'deviceState' },
  { mode: 'exclude', device: undefined, want: 'applies' },
])('a device filter that must $mode → $want', ({ mode, device, want }) => {
  const deviceFilter = { mode, rule: 'device.isCompliant -eq True' }
  expect(verdict({ conditions: { devices: { deviceFilter } } }, { device })).toBe(want)
})

test('every condition that is not met is named', () => {
  const policy = { users: { includeUsers: ['None'] }, conditions: { clientAppTypes: ['other'] } }
  expect(verdict(policy, {})).toBe('users,clientType')
})
