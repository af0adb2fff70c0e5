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
}

/** Values of includeApplications that are no application ([Graph] conditionalAccessApplications). */
export const applicationKeywords: ReadonlySet<string> = new Set(['All', 'None', 'Office365', 'MicrosoftAdminPortals'])
