/**
 * Microsoft's own applications that a policy may name. They exist in every tenant, so no scenario file declares them.
 * Ids from "Verify first-party Microsoft applications in sign-in reports".
 */
export const firstPartyApplications: Readonly<Record<string, string>> = {
  'Office 365 Exchange Online': '00000002-0000-0ff1-ce00-000000000000',
  'Office 365 SharePoint Online': '00000003-0000-0ff1-ce00-000000000000',
  'Skype for Business Online': '00000004-0000-0ff1-ce00-000000000000',
  'Microsoft Graph': '00000003-0000-0000-c000-000000000000',
  'Windows Azure Active Directory': '00000002-0000-0000-c000-000000000000',
  'Windows Azure Service Management API': '797f4846-ba00-4fd7-ba43-dac1f8f63013',
  'Device Registration Service': '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9',
  'Microsoft Intune': '0000000a-0000-0000-c000-000000000000',
  'Microsoft Teams Services': 'cc15fd57-2c6c-4117-a88c-83b1d56b4bbe',
  'One Outlook Web': '9199bf20-a13f-4107-85dc-02114787ef48',
  OfficeHome: '4765445b-32c6-49b0-83e6-1d93765276ca',
  'Azure Portal': 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  'Azure DevOps': '499b84ac-1321-427f-aa17-267ca6975798',
  'Azure Key Vault': 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093',
  'Azure SQL Database': '022907d3-0f1b-48f7-badc-1ba6abab6d66',
  'Azure Storage': 'e406a681-f3d4-42a8-90b6-c2b029497af1',
  'Azure Virtual Desktop': '9cdead84-a844-4324-93f2-b2e6bb768d07',
  'Azure Windows VM Sign-In': '372140e0-b3b7-4226-8ef9-d57986796201',
  Dataverse: '00000007-0000-0000-c000-000000000000',
  'Microsoft App Access Panel': '0000000c-0000-0000-c000-000000000000',
  'Microsoft Cloud App Security': '05a65629-4c1b-48c1-a78b-804c4abdd4af',
  'Microsoft Flow': '7df0a125-d3be-4c96-aa54-591f83ff541c',
  'Microsoft Forms': 'c9a559d2-7aab-4f13-a6ed-e7e9c52aec87',
  'Microsoft Intune Enrollment': 'd4ebce55-015a-49b5-a083-c84d1797ae8c',
  'Microsoft Office 365 Portal': '00000006-0000-0ff1-ce00-000000000000',
  'Microsoft Planner': '09abbdfd-ed23-44ee-a2d9-a627aa1c90f3',
  'Microsoft Remote Desktop': 'a4a365df-50f1-4397-bc59-1a1564b8bb9c',
  'Microsoft Rights Management Services': '00000012-0000-0000-c000-000000000000',
  'Microsoft Stream': '2634dd23-5e5a-431c-81ca-11710d9079f4',
  'My Apps': '2793995e-0a7d-40d7-bd35-6968ba142197',
  'My Profile': '8c59ead7-d703-4a27-9e55-c96a0054c8d2',
  'My Signins': '19db86c3-b2b9-44cc-b339-36da233a3be2',
  'Office 365 Yammer': '00000005-0000-0ff1-ce00-000000000000',
  'Power BI Service': '00000009-0000-0000-c000-000000000000',
  'PowerApps Service': '475226c6-020e-4fb2-8a90-7a972cbfc1d4',
  'Windows 365': '0af06dc6-e4b5-4f28-818e-e78e62d137a5',
  'Windows Cloud Login': '270efc09-cd0d-444b-a71f-39af4910ec45',
  'Windows Store for Business': '45a330b1-b1ec-4cc1-9161-9f03992aa49f',
}

/** Values of includeApplications that are no application ([Graph] conditionalAccessApplications). */
export const applicationKeywords: ReadonlySet<string> = new Set(['All', 'None', 'Office365', 'MicrosoftAdminPortals'])
