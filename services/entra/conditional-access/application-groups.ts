/** Application ids that stand behind a keyword of `includeApplications`. */
export const applicationGroups: Readonly<Record<'Office365' | 'MicrosoftAdminPortals', ReadonlySet<string>>> = {
  /** "Apps included in Conditional Access Office 365 app suite": those that exist in this world. */
  Office365: new Set([
    '00000002-0000-0ff1-ce00-000000000000', // Office 365 Exchange Online
    '00000003-0000-0ff1-ce00-000000000000', // Office 365 SharePoint Online
    '00000004-0000-0ff1-ce00-000000000000', // Skype for Business Online
    'cc15fd57-2c6c-4117-a88c-83b1d56b4bbe', // Microsoft Teams Services
    '9199bf20-a13f-4107-85dc-02114787ef48', // One Outlook Web
    '4765445b-32c6-49b0-83e6-1d93765276ca', // OfficeHome
  ]),
  /** "Conditional Access: Target resources", Microsoft Admin Portals. */
  MicrosoftAdminPortals: new Set([
    'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', // Azure Portal and Microsoft Entra admin center
    '00000006-0000-0ff1-ce00-000000000000', // Microsoft 365 admin center
    '497effe9-df71-4043-a8bb-14cf78c4b63b', // Exchange admin center
  ]),
}
