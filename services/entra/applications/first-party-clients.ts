import type { RedirectKind } from './application.ts'

/** Outlook for iOS and Android. */
export const outlookMobileId = '27922004-5251-4030-b22d-91ecd9a37ea4'
/** "My Sign-Ins": where people see and change what they prove themselves with. */
export const securityInfoId = '19db86c3-b2b9-44cc-b339-36da233a3be2'
export const securityInfoPage = 'https://mysignins.microsoft.com/security-info'

const nativeLanding = 'https://login.microsoftonline.com/common/oauth2/nativeclient'
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'
export const mailHosts = [
  'https://outlook.office.com',
  'https://outlook.office365.com',
  'https://outlook.cloud.microsoft',
]

const brokered = (appId: string) => `ms-appx-web://Microsoft.AAD.BrokerPlugin/${appId}`

interface FirstPartyClient {
  readonly displayName: string
  readonly redirects: Partial<Record<RedirectKind, readonly string[]>>
  readonly family?: true
}

/** Further members of the family: their refresh tokens serve all of it. */
const family: Readonly<Record<string, readonly [displayName: string, ...redirectUris: string[]]>> = {
  'ab9b8c07-8f02-4f72-87fa-80105867a763': [
    'OneDrive SyncEngine',
    nativeLanding,
    'msauth.com.microsoft.OneDrive://auth',
  ],
  '872cd9fa-d31f-45e0-9eab-6e460a02d1f1': ['Visual Studio - Legacy', nativeLanding, outOfBand, 'http://localhost'],
  'af124e86-4e96-495a-b70a-90f90ab96707': ['OneDrive iOS App', 'ms-onedrive-auth://com.microsoft.skydrive'],
  'b26aadf8-566f-4478-926f-589f601d9c74': [
    'OneDrive',
    outOfBand,
    'msauth://com.microsoft.skydrive/ODD3OR3tCemNTgxEX1K6yZVHByw%3D',
  ],
  'a40d7d7d-59aa-447e-a655-679a4107e548': ['Accounts Control UI', brokered('a40d7d7d-59aa-447e-a655-679a4107e548')],
  'd326c1ce-6cc6-4de2-bebc-4591e5e13ef0': ['SharePoint', 'ms-sharepoint-auth://com.microsoft.sharepoint'],
  '22098786-6e16-43cc-a27d-191a01a1e3b5': [
    'Microsoft To-Do client',
    'x-msauth-to-do://com.microsoft.to-do',
    'msauth://com.microsoft.todos/IBg3lquLY63SvE6%2FUSAIumJ5y0I%3D',
  ],
  '66375f6b-983f-4c2c-9701-d680650f588f': [
    'Microsoft Planner',
    'x-msauth-planner://com.microsoft.PlannerMobile',
    'msauth.com.microsoft.PlannerMobile://auth',
  ],
  'ecd6b820-32c2-49b6-98a6-444530e5a77a': ['Microsoft Edge', nativeLanding, 'msauth.com.microsoft.edgemac://auth'],
  'e9c51622-460d-4d3d-952d-966a5b1da34c': ['Microsoft Edge', brokered('e9c51622-460d-4d3d-952d-966a5b1da34c')],
  'f44b1140-bc5e-48c6-8dc0-5cf5a53c0e34': [
    'Microsoft Edge',
    'msauth://com.microsoft.emmx/P2QOJ59jvOpxCCrn6MfvotoBTK0%3D',
  ],
  '26a7ee05-5602-4d76-a7ba-eae8b7b67941': ['Windows Search', brokered('26a7ee05-5602-4d76-a7ba-eae8b7b67941')],
  'dd47d17a-3194-4d86-bfd5-c6ae6f5651e3': ['Microsoft Defender for Mobile', 'msauth.com.microsoft.scmx://auth'],
  'c0d2a505-13b8-4ae0-aa9e-cddd5eab0b12': [
    'Microsoft Power BI',
    nativeLanding,
    'mspbi-adal://com.microsoft.powerbimobile',
  ],
  '00b41c95-dab0-4487-9791-b9d2c32c80f2': [
    'Office 365 Management',
    outOfBand,
    'x-msauth-o365adminapp://com.microsoft.o365shdmobileapp',
  ],
}

/** "Application IDs of commonly used Microsoft applications"; redirect URIs as observed in the clients. */
export const firstPartyClients: Readonly<Record<string, FirstPartyClient>> = {
  [outlookMobileId]: {
    displayName: 'Outlook Mobile',
    family: true,
    redirects: {
      publicClient: [
        'x-msauth-outlook-prod://com.microsoft.Office.Outlook',
        'msauth://code/x-msauth-outlook-prod%3A%2F%2Fcom.microsoft.Office.Outlook',
        'msauth://com.microsoft.office.outlook/fcg80qvoM1YMKJZibjBwQcDfOno%3D',
        'msauth.com.microsoft.MacDockerApp://auth',
        outOfBand,
        // The simulated app of the lab; no browser could follow the others.
        'http://localhost/outlook-mobile/return',
        'http://127.0.0.1/outlook-mobile/return',
      ],
    },
  },
  'd3590ed6-52b3-4102-aeff-aad2292ab01c': {
    displayName: 'Microsoft Office',
    family: true,
    redirects: {
      publicClient: [
        outOfBand,
        brokered('d3590ed6-52b3-4102-aeff-aad2292ab01c'),
        'msauth.com.microsoft.Outlook://auth',
      ],
    },
  },
  'e9b154d0-7658-433b-bb25-6b8e0a8a7c59': {
    displayName: 'Outlook Lite',
    family: true,
    redirects: { publicClient: ['msauth://com.microsoft.outlooklite/fcg80qvoM1YMKJZibjBwQcDfOno%3D'] },
  },
  // The new Outlook for Windows.
  '5d661950-3475-41cd-a2c3-d671a3162bc1': {
    displayName: 'Microsoft Outlook',
    redirects: { publicClient: [brokered('5d661950-3475-41cd-a2c3-d671a3162bc1')] },
  },
  '4813382a-8fa7-425e-ab75-3b753aab3abb': {
    displayName: 'Microsoft Authenticator App',
    family: true,
    redirects: {
      publicClient: ['msauth.com.microsoft.azureauthenticator://auth', 'msauth://code/urn:ietf:wg:oauth:2.0:oob'],
    },
  },
  '1fec8e78-bce4-4aaf-ab1b-5451cc387264': {
    displayName: 'Microsoft Teams',
    family: true,
    redirects: {
      publicClient: [
        nativeLanding,
        'msauth.com.microsoft.teams://auth',
        'msauth.com.microsoft.teams2://auth',
        'msauth://com.microsoft.teams/VCpKgbYCXucoq1mZ4BZPsh5taNE%3D',
      ],
    },
  },
  'b743a22d-6705-4147-8670-d92fa515ee2b': {
    displayName: 'Microsoft Intune Company Portal for Linux',
    redirects: { publicClient: [nativeLanding] },
  },
  // The mail app of Android devices, which publishes no address of its own.
  'e0ee12cb-2032-40fc-a44f-d6d9f3fad1eb': { displayName: 'Email', redirects: { publicClient: [outOfBand] } },
  '4d2f5175-f06b-49e2-9f4a-8e614a8abc03': {
    displayName: 'Microsoft Exchange Hybrid Wizard',
    redirects: { publicClient: [nativeLanding] },
  },
  '1b730954-1685-4b74-9bfd-dac224a7b894': {
    displayName: 'Azure Active Directory PowerShell',
    redirects: { publicClient: [outOfBand, nativeLanding] },
  },
  '4765445b-32c6-49b0-83e6-1d93765276ca': {
    displayName: 'OfficeHome',
    redirects: { web: ['https://www.office.com/landingv2'] },
  },
  '38aa3b87-a06d-4817-b275-7a316988d93b': { displayName: 'Windows Sign In', redirects: {} },
  [securityInfoId]: { displayName: 'My Signins', redirects: { spa: [securityInfoPage] } },
  '9199bf20-a13f-4107-85dc-02114787ef48': {
    displayName: 'One Outlook Web',
    redirects: {
      spa: [
        ...mailHosts.flatMap((host) => [`${host}/mail/`, `${host}/mail/oauthRedirect.html`]),
        'https://outlook.office.com/owa/auth/dt.aspx',
        'brk-multihub://outlook.office.com',
      ],
    },
  },
  '29d9ed98-a469-4536-ade2-f981bc1d605e': {
    displayName: 'Microsoft Authentication Broker',
    redirects: {
      publicClient: [
        'ms-appx-web://Microsoft.AAD.BrokerPlugin/DRS',
        outOfBand,
        'ms-aadj-redir://auth/drs',
        'msauth://Microsoft.AAD.BrokerPlugin',
        'https://login.microsoftonline.com/applebroker/msauth',
        'https://login.microsoftonline.com/androidbroker/com.azure.authenticator',
        'https://login.microsoftonline.com/androidbroker/com.microsoft.windowsintune.companyportal',
      ],
    },
  },
  '9ba1a5c7-f17a-4de9-a1f1-6178c8d51223': {
    displayName: 'Microsoft Intune Company Portal',
    family: true,
    redirects: {
      publicClient: [
        'companyportal://com.microsoft.CompanyPortal',
        'msauth://com.microsoft.windowsintune.companyportal/1L4Z9FJCgn5c0VLhyAxC5O9LdlE%3D',
        'msauth://code/companyportal%3A%2F%2Fcom.microsoft.CompanyPortal',
      ],
    },
  },
  'f8d98a96-0999-43f5-8af3-69971c7bb423': {
    displayName: 'Apple Internet Accounts',
    redirects: { publicClient: [outOfBand, 'com.apple.Preferences://oauth-redirect'] },
  },
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46': {
    displayName: 'Microsoft Azure CLI',
    redirects: { publicClient: ['http://localhost', nativeLanding] },
  },
  '1950a258-227b-4e31-a9cf-717495945fc2': {
    displayName: 'Microsoft Azure PowerShell',
    redirects: { publicClient: ['http://localhost', outOfBand, nativeLanding] },
  },
  '14d82eec-204b-4c2f-b7e8-296a70dab67e': {
    displayName: 'Microsoft Graph Command Line Tools',
    redirects: { publicClient: ['http://localhost', nativeLanding] },
  },
  'fb78d390-0c51-40cd-8e17-fdbfab77341b': {
    displayName: 'Microsoft Exchange REST API Based Powershell',
    redirects: { publicClient: ['http://localhost', nativeLanding, nativeLanding.replace('common', 'organizations')] },
  },
  'a0c73c16-a7e3-4564-9a95-2bdf47383716': {
    displayName: 'Microsoft Exchange Online Remote PowerShell',
    redirects: { publicClient: [outOfBand] },
  },
  '981f26a1-7f43-403b-a875-f8b09b8cd720': { displayName: 'Azure Multi-Factor Auth Client', redirects: {} },
  ...Object.fromEntries(
    Object.entries(family).map(([appId, [displayName, ...publicClient]]) => [
      appId,
      { displayName, family: true, redirects: { publicClient } },
    ]),
  ),
}
