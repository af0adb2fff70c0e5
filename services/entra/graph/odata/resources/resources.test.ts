import { describe, expect, test } from 'vitest'
import { GraphQueryError } from '../graph-query-error.ts'
import type { GraphProperties, GraphResource } from '../graph-resource.ts'
import { readQuery } from '../read-query.ts'
import { applications, permissionGrants, servicePrincipals } from './applications.ts'
import { authenticationStrengths, conditionalAccessPolicies, namedLocations } from './conditional-access.ts'
import { devices, groups } from './groups-and-devices.ts'
import { managedDevices, signIns } from './sign-ins.ts'
import { users } from './users.ts'

const resources: readonly GraphResource[] = [
  users,
  groups,
  devices,
  applications,
  servicePrincipals,
  permissionGrants,
  conditionalAccessPolicies,
  namedLocations,
  authenticationStrengths,
  signIns,
  managedDevices,
]

type Row = readonly [resource: GraphResource, text: string, kind: 'plain' | 'advanced']

function row(given: readonly unknown[]) {
  const [resource, text, kind] = given as Row
  return { resource, name: resource.name, text, kind }
}

/** Queries that the documentation of Microsoft Graph gives as examples, and which of them need ConsistencyLevel. */
describe('answers', () => {
  test.each(
    [
      [
        users,
        "$filter=startswith(displayName,'mary') or startswith(givenName,'mary') or startswith(surname,'mary') or startswith(mail,'mary') or startswith(userPrincipalName,'mary')",
        'plain',
      ],
      [users, 'accountEnabled eq false', 'plain'],
      [users, 'accountEnabled ne true', 'advanced'],
      [users, "endswith(mail,'@hotmail.com')", 'advanced'],
      [users, "imAddresses/any(i:i eq 'admin@contoso.com')", 'plain'],
      [users, "NOT(imAddresses/any(i:i eq 'admin@contoso.com'))", 'advanced'],
      [users, 'assignedLicenses/any(s:s/skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67)', 'plain'],
      [users, 'assignedLicenses/$count eq 0', 'advanced'],
      [users, "identities/any(c:c/issuerAssignedId eq 'j.smith@yahoo.com' and c/issuer eq 'My B2C tenant')", 'plain'],
      [users, "onPremisesSamAccountName eq 'alice'", 'advanced'],
      [users, "onPremisesExtensionAttributes/extensionAttribute1 eq 'x'", 'advanced'],
      [users, "companyName ne null and NOT(companyName eq 'Microsoft')", 'advanced'],
      [users, "userPrincipalName in ('a@contoso.com','b@contoso.com')", 'plain'],
      [
        users,
        "assignedPlans/any(a:a/servicePlanId eq 2e2ddb96-6af9-4b1d-a3f0-d6ecfd22edb2 and a/capabilityStatus eq 'Enabled')",
        'plain',
      ],
      [groups, "groupTypes/any(c:c eq 'Unified')", 'plain'],
      [groups, "NOT groupTypes/any(c:c eq 'Unified')", 'advanced'],
      [groups, 'mailEnabled eq false and securityEnabled eq true', 'plain'],
      [groups, "startswith(displayName,'a')", 'plain'],
      [groups, "description eq 'testing'", 'advanced'],
      [devices, "deviceId eq 'x'", 'plain'],
      [devices, "extensionAttributes/extensionAttribute1 eq 'BYOD-Device'", 'advanced'],
      [devices, "physicalIds/any(p:startswith(p,'[ZTDId]'))", 'plain'],
      [devices, 'approximateLastSignInDateTime le 2026-01-01T00:00:00Z', 'plain'],
      [applications, "appId eq 'x'", 'plain'],
      [applications, "identifierUris/any(u:u eq 'api://x')", 'plain'],
      [applications, "web/redirectUris/any(u:startswith(u,'http://localhost'))", 'plain'],
      [servicePrincipals, "servicePrincipalNames/any(n:n eq 'https://outlook.office365.com')", 'plain'],
      [servicePrincipals, 'appOwnerOrganizationId eq 72f988bf-86f1-41af-91ab-2d7cd011db47', 'plain'],
      [servicePrincipals, "tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')", 'plain'],
      [permissionGrants, "clientId eq 'x' and consentType eq 'AllPrincipals'", 'plain'],
      [conditionalAccessPolicies, "state eq 'enabled'", 'plain'],
      [conditionalAccessPolicies, "contains(displayName,'MFA') and not (state eq 'disabled')", 'plain'],
      [namedLocations, "displayName eq 'Office'", 'plain'],
      [authenticationStrengths, "policyType eq 'custom'", 'plain'],
      [authenticationStrengths, "policyType eq 'builtIn' and allowedCombinations/any(x:x eq 'fido2')", 'plain'],
      [signIns, "startsWith(appDisplayName,'Graph')", 'plain'],
      [signIns, 'createdDateTime ge 2026-03-01T00:00:00Z and createdDateTime le 2026-03-02T00:00:00Z', 'plain'],
      [signIns, "status/errorCode ne 0 and userPrincipalName eq 'alice@contoso.com'", 'plain'],
      [signIns, "signInEventTypes/any(t:t eq 'interactiveUser')", 'plain'],
      [signIns, "location/countryOrRegion eq 'CH' and deviceDetail/isCompliant eq true", 'plain'],
      [managedDevices, "complianceState eq 'noncompliant' and contains(deviceName,'PC')", 'plain'],
    ].map(row),
  )('$name $text ($kind)', ({ resource, text, kind }) => {
    const $filter = text.replace('$filter=', '')
    expect(readQuery({ $filter, $count: 'true' }, resource, { consistencyLevel: 'eventual' }).filter).toBeDefined()
    const plain = () => readQuery({ $filter }, resource, {})
    if (kind === 'plain') expect(plain().filter).toBeDefined()
    else expect(plain).toThrow(GraphQueryError)
  })

  test.each(
    [
      [users, 'displayName', 'plain'],
      [users, 'userPrincipalName desc', 'plain'],
      [users, 'createdDateTime', 'advanced'],
      [groups, 'displayName', 'plain'],
      [groups, 'deletedDateTime', 'advanced'],
      [devices, 'displayName', 'advanced'],
      [applications, 'displayName', 'advanced'],
      [servicePrincipals, 'createdDateTime desc', 'advanced'],
      [signIns, 'createdDateTime desc', 'plain'],
      [conditionalAccessPolicies, 'displayName', 'plain'],
    ].map(row),
  )('$name sorted by $text ($kind)', ({ resource, text: $orderby, kind }) => {
    expect(readQuery({ $orderby, $count: 'true' }, resource, { consistencyLevel: 'eventual' }).orderBy).toHaveLength(1)
    const plain = () => readQuery({ $orderby }, resource, {})
    if (kind === 'plain') expect(plain().orderBy).toHaveLength(1)
    else expect(plain).toThrow(expect.objectContaining({ problem: 'sortingUnsupported' }))
  })
})

test('a user shows eleven properties unless asked for more', () => {
  const shown = Object.entries(users.properties).filter(([, { onlyOnSelect }]) => !onlyOnSelect)
  expect(shown.map(([name]) => name).sort()).toEqual([
    'businessPhones',
    'displayName',
    'givenName',
    'id',
    'jobTitle',
    'mail',
    'mobilePhone',
    'officeLocation',
    'preferredLanguage',
    'surname',
    'userPrincipalName',
  ])
})

describe.each(resources)('the declaration of $type', ({ properties, directoryObject, pageSize, largestPage }) => {
  test('is sound', () => {
    expect(properties.id?.type).toBe('string')
    expect(pageSize).toBeLessThanOrEqual(largestPage)
    expect(faults(properties, directoryObject)).toEqual([])
  })
})

/** Operators that no value of the type could satisfy, and advanced ones where nothing is advanced. */
function faults(properties: GraphProperties, directoryObject: boolean): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const taken = [...(property.filter ?? []), ...(property.advancedFilter ?? []).filter((each) => each !== 'count')]
    const textual = taken.some((each) => ['startswith', 'endswith', 'contains'].includes(each))
    const found = [
      textual && property.type !== 'string' && `${name} is no string`,
      taken.includes('any') && !property.collection && `${name} is no collection`,
      property.collection && taken.length > 0 && !taken.includes('any') && `${name} needs any`,
      property.type === 'enum' && !property.values && `${name} has no values`,
      !directoryObject && property.orderBy === 'advanced' && `${name} is never advanced`,
      ...faults(property.properties ?? {}, directoryObject),
    ]
    return found.filter((each) => typeof each === 'string')
  })
}
