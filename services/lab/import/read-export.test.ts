import { expect, test } from 'vitest'
import { cutShortAt } from './clean-object.ts'
import { readExport } from './read-export.ts'
import { adaptPolicy } from './references.ts'

const conditions = {
  users: { includeUsers: ['All'] },
  applications: { includeApplications: ['All'] },
  clientAppTypes: ['all'],
}
const policy = {
  displayName: 'CA001',
  state: 'enabled',
  conditions,
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
}

/** As the beta of Graph and its clients write it. */
const ofBeta = {
  ...policy,
  '@odata.context': 'https://graph.microsoft.com/beta/$metadata#identity/conditionalAccess/policies/$entity',
  '#microsoft.graph.restore': { title: 'microsoft.graph.restore' },
  conditions: {
    ...conditions,
    'clientAppTypes@odata.type': '#Collection(microsoft.graph.conditionalAccessClientApp)',
    times: null,
    devices: { includeDevices: [], excludeDevices: [], includeDeviceStates: [] },
    agents: null,
  },
  GrantControls: {},
}

/** Get-MgIdentityConditionalAccessPolicy | ConvertTo-Json -Depth 10 */
const ofPowerShell = {
  AdditionalProperties: {},
  Conditions: {
    AdditionalProperties: {},
    Applications: { ApplicationFilter: { Mode: null, Rule: null }, IncludeApplications: ['All'] },
    ClientAppTypes: ['all'],
    Users: { ExcludeGroups: [], IncludeUsers: ['All'] },
  },
  DisplayName: 'CA001',
  GrantControls: { BuiltInControls: ['mfa'], Operator: 'OR', TermsOfUse: [] },
  State: 'enabled',
}

const desiredState = `# Generated with Microsoft365DSC
Configuration Tenant_export
{
    Node localhost
    {
        AADConditionalAccessPolicy "AADConditionalAccessPolicy-CA001"
        {
            ApplicationEnforcedRestrictionsIsEnabled = $False;
            ApplicationId                            = $ConfigurationData.NonNodeData.ApplicationId;
            BuiltInControls                          = @("mfa");
            ClientAppTypes                           = @("all");
            CloudAppSecurityType                     = "";
            DisplayName                              = "CA001";
            ExcludeGroups                            = @();
            GrantControlOperator                     = "OR";
            IncludeApplications                      = @("All");
            IncludeUsers                             = @("All");
            State                                    = "enabled";
        }
        AADNamedLocationPolicy "AADNamedLocationPolicy-Office"
        {
            DisplayName = "The \`"old\`" office";
            IpRanges    = @("192.0.2.0/24",
                            '198.51.100.0/24');
            IsTrusted   = $True;
            OdataType   = "#microsoft.graph.ipNamedLocation"
        }
    }
}`

function ofTerraform(more: object = {}) {
  const values = {
    display_name: 'CA001',
    state: 'enabled',
    conditions: [
      {
        applications: [{ included_applications: ['All'], excluded_applications: null, filter: [] }],
        client_app_types: ['all'],
        platforms: [],
        users: [{ included_users: ['All'], excluded_groups: null }],
      },
    ],
    grant_controls: [{ built_in_controls: ['mfa'], operator: 'OR', authentication_strength_policy_id: null }],
    session_controls: [],
  }
  const resources = [
    { address: 'azuread_conditional_access_policy.a', type: 'azuread_conditional_access_policy', values },
  ]
  return {
    terraform_version: '1.9.5',
    planned_values: { root_module: { child_modules: [{ resources }] } },
    ...more,
  }
}

test.each([
  { form: 'Graph v1.0', policies: policy },
  { form: 'Graph beta, in a list', policies: { value: [ofBeta] } },
  { form: 'the PowerShell module', policies: [ofPowerShell] },
  { form: 'the text of a file with a byte order mark', policies: `\uFEFF${JSON.stringify([policy])}` },
  { form: 'several files', policies: [JSON.stringify(policy), ''] },
  { form: 'Microsoft365DSC', policies: desiredState },
  { form: 'a plan of Terraform', policies: ofTerraform() },
])('$form gives the same policy', ({ policies }) => {
  expect(readExport({ policies }).policies).toEqual([expect.objectContaining({ object: policy })])
})

test('locations and strengths are known by what they say, wherever they stand', () => {
  const location = {
    DisplayName: 'HQ',
    Id: '1',
    AdditionalProperties: {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      ipRanges: [{ cidrAddress: '192.0.2.0/24' }],
    },
  }
  const strength = { id: '2', displayName: 'Keys', allowedCombinations: ['fido2'] }
  const read = readExport({ policies: [policy, location, strength] })
  expect(read).toMatchObject({
    policies: [{ object: { displayName: 'CA001' } }],
    namedLocations: [{ object: { displayName: 'HQ', '@odata.type': '#microsoft.graph.ipNamedLocation' } }],
    strengths: [{ object: { displayName: 'Keys' } }],
  })
})

test('lists over several lines, and quotes in strings, of a configuration', () => {
  expect(readExport({ policies: desiredState }).namedLocations).toMatchObject([
    {
      object: {
        displayName: 'The "old" office',
        isTrusted: true,
        ipRanges: [{ cidrAddress: '192.0.2.0/24' }, { cidrAddress: '198.51.100.0/24' }],
      },
    },
  ])
})

test.each([
  { written: desiredState.replace('@("mfa")', '@("mfa"'), problem: /^Line 11 of the configuration/ },
  { written: desiredState.replace('$False;', '(Get-Date);'), problem: /^Line 8 of the configuration/ },
  { written: '{ "displayName": ', problem: /^This is not JSON/ },
  { written: 'nonsense', problem: /^This is not JSON/ },
  { written: '7', problem: /^This is neither an object nor a list/ },
])('what cannot be read is told by its place: $problem', ({ written, problem }) => {
  expect(() => readExport({ policies: written })).toThrow(problem)
})

test('a property of a configuration that has no place in a policy is not passed over', () => {
  const written = desiredState.replace('CloudAppSecurityType   ', 'MagicSecurityType      ').replace('= "";', '= "x";')
  expect(readExport({ policies: written }).policies).toMatchObject([{ problem: /MagicSecurityType/ }])
})

test('what a plan leaves open until it is applied is not passed over', () => {
  const after_unknown = { id: true, conditions: [{ users: [{ excluded_groups: true }] }] }
  const plan = ofTerraform({
    resource_changes: [{ address: 'azuread_conditional_access_policy.a', change: { after_unknown } }],
  })
  expect(readExport({ policies: plan }).policies).toMatchObject([{ problem: /excluded_groups after apply only/ }])
})

test.each([
  { cut: { conditions: { users: { includeUsers: 'All' } } }, at: 'conditions.users.includeUsers' },
  { cut: { conditions: { users: 'Microsoft.Graph.PowerShell.Models.MicrosoftGraph1' } }, at: 'conditions.users' },
  { cut: { grantControls: '@{BuiltInControls=System.Object[]; Operator=OR}' }, at: 'grantControls' },
  { cut: policy, at: undefined },
])('ConvertTo-Json without enough depth: $at', ({ cut, at }) => {
  expect(cutShortAt(cut)).toBe(at)
})

const nobody = new Map<string, string>()
const tenant = {
  ...{ users: nobody, roles: nobody, applications: nobody, servicePrincipals: nobody, strengths: nobody },
  ...{ groups: new Map([['pilot', 'g1']]), locations: nobody },
}

test.each([
  { list: { includeGroups: ['Pilot', 'x'] }, left: ['x'], unknown: [] },
  { list: { excludeGroups: ['x'] }, left: ['x'], unknown: [] },
  { list: { includeGroups: ['x'] }, left: [], unknown: ['x'] },
])('of $list only what leaves the condition as it was is left out', ({ list, left, unknown }) => {
  const adapted = adaptPolicy({ conditions: { users: list } }, { tenant, map: {}, leaveOutUnknown: true })
  expect(adapted.leftOut.map(({ id }) => id)).toEqual(left)
  expect(adapted.unknown.map(({ id }) => id)).toEqual(unknown)
})
