import { firstPartyApplications } from '#shared/scenario/first-party-applications.ts'
import type { HostNames } from '#shared/scenario/world.ts'
import { adminUrls, deviceRegistrationAudience } from '../urls.ts'
import { type Application, administratorScopes, type RedirectKind } from './application.ts'
import type { ServicePrincipalObject } from './application-objects.ts'
import { noExtraClaims } from './claims-configuration.ts'

export const exchangeOnlineId = '00000002-0000-0ff1-ce00-000000000000'
/** Outlook for iOS and Android. */
export const outlookMobileId = '27922004-5251-4030-b22d-91ecd9a37ea4'
export const graphId = '00000003-0000-0000-c000-000000000000'
export const deviceRegistrationId = '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9'
/** "My Sign-Ins": where people see and change what they prove themselves with. */
export const securityInfoId = '19db86c3-b2b9-44cc-b339-36da233a3be2'
export const securityInfoPage = 'https://mysignins.microsoft.com/security-info'
/** "Azure Portal": the Microsoft Entra admin center signs people in as it. */
export const adminPortalId = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c'
/** Conditional Access judges sign-ins that ask for no API by this resource. */
export const directoryGraphId = '00000002-0000-0000-c000-000000000000'

const nativeLanding = 'https://login.microsoftonline.com/common/oauth2/nativeclient'
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'
const mailHosts = ['https://outlook.office.com', 'https://outlook.office365.com', 'https://outlook.cloud.microsoft']

const exchangeScopes = `EAS.AccessAsUser.All EWS.AccessAsUser.All Mail.Read Mail.ReadWrite Mail.Send Calendars.Read
  Calendars.ReadWrite Contacts.ReadWrite MailboxSettings.ReadWrite OWA.AccessAsUser.All OutlookService.AccessAsUser.All
  MapiHttp.AccessAsUser.All Oab.AccessAsUser.All user_impersonation full_access_as_user Exchange.Manage
  AdminApi.AccessAsUser.All FfoPowerShell.AccessAsUser.All RemotePowerShell.AccessAsUser.All IMAP.AccessAsUser.All
  POP.AccessAsUser.All SMTP.Send Group.ReadWrite.All Files.ReadWrite People.Read People.ReadWrite Place.Read.All`.split(
  /\s+/,
)

interface FirstPartyClient {
  readonly displayName: string
  readonly redirects: Partial<Record<RedirectKind, readonly string[]>>
  readonly family?: true
}

/** "Application IDs of commonly used Microsoft applications"; redirect URIs as observed in the clients. */
const clients: Readonly<Record<string, FirstPartyClient>> = {
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
        'ms-appx-web://Microsoft.AAD.BrokerPlugin/d3590ed6-52b3-4102-aeff-aad2292ab01c',
        'msauth.com.microsoft.Outlook://auth',
      ],
    },
  },
  [securityInfoId]: { displayName: 'My Signins', redirects: { spa: [securityInfoPage] } },
  '9199bf20-a13f-4107-85dc-02114787ef48': {
    displayName: 'One Outlook Web',
    redirects: { spa: mailHosts.flatMap((host) => [`${host}/mail/`, `${host}/mail/oauthRedirect.html`]) },
  },
  '29d9ed98-a469-4536-ade2-f981bc1d605e': {
    displayName: 'Microsoft Authentication Broker',
    redirects: {
      publicClient: [
        'ms-appx-web://Microsoft.AAD.BrokerPlugin/DRS',
        outOfBand,
        'ms-aadj-redir://auth/drs',
        'msauth://Microsoft.AAD.BrokerPlugin',
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
}

interface FirstPartyResource {
  readonly appId: string
  readonly identifierUris: readonly string[]
  readonly scopes: readonly string[] | 'any'
  readonly redirects?: Partial<Record<RedirectKind, readonly string[]>>
}

/** Exchange Online also answers for every on-premises namespace (hybrid modern authentication). */
function resources(hosts: HostNames): readonly FirstPartyResource[] {
  const onPremises = [hosts.mail, hosts.autodiscover].map((host) => `https://${host}/`)
  return [
    {
      appId: exchangeOnlineId,
      identifierUris: [
        'https://outlook.office365.com',
        'https://outlook.office.com',
        'https://outlook.com',
        'https://ps.outlook.com',
        'https://outlook.cloud.microsoft',
        'https://autodiscover-s.outlook.com',
        ...onPremises,
      ],
      scopes: exchangeScopes,
      redirects: {
        web: mailHosts.flatMap((host) => [`${host}/owa/`, `${host}/ecp/`, `${host}/owa/auth/signout.aspx`]),
      },
    },
    { appId: graphId, identifierUris: ['https://graph.microsoft.com'], scopes: 'any' },
    { appId: directoryGraphId, identifierUris: ['https://graph.windows.net'], scopes: 'any' },
    {
      appId: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
      identifierUris: ['https://management.azure.com', 'https://management.core.windows.net'],
      scopes: ['user_impersonation'],
    },
    { appId: adminPortalId, identifierUris: [], scopes: 'any', redirects: { web: [adminUrls.signInReturn] } },
    {
      appId: deviceRegistrationId,
      identifierUris: [deviceRegistrationAudience],
      scopes: 'any',
    },
    {
      appId: '1f5530b3-261a-47a9-b357-ded261e17918',
      identifierUris: ['https://adnotifications.windowsazure.com/StrongAuthenticationService.svc/Connector'],
      scopes: 'any',
    },
  ]
}

const resourceNames = new Map(Object.entries(firstPartyApplications).map(([name, appId]) => [appId, name]))

export function firstPartyCatalogue(hosts: HostNames): readonly Application[] {
  const asResources = resources(hosts).map(({ appId, identifierUris, scopes, redirects = {} }) =>
    firstParty({
      appId,
      displayName: resourceNames.get(appId) ?? 'Azure Multi-Factor Auth Connector',
      identifierUris,
      scopes,
      redirects,
      family: false,
    }),
  )
  const asClients = Object.entries(clients).map(([appId, { displayName, redirects, family }]) =>
    firstParty({ appId, displayName, identifierUris: [], scopes: [], redirects, family: family === true }),
  )
  return [...asResources, ...asClients]
}

function firstParty(
  facts: Pick<Application, 'appId' | 'displayName' | 'identifierUris' | 'scopes' | 'family'> & {
    redirects: Partial<Record<RedirectKind, readonly string[]>>
  },
): Application {
  const { redirects, ...rest } = facts
  const hasWeb = (redirects.web ?? []).length > 0
  return {
    ...rest,
    origin: 'firstParty',
    multiTenant: true,
    redirectUris: { web: [], spa: [], publicClient: [], ...redirects },
    fallbackPublic: (redirects.publicClient ?? []).length > 0,
    secrets: [],
    certificates: [],
    appRoles: [],
    implicit: { idToken: hasWeb, accessToken: false },
    // Exchange and Graph take the older dialect even from the v2 endpoints.
    accessTokenVersion: 1,
    administratorScopes: [],
    preAuthorized: [],
    requiredScopes: [],
    requiredRoles: [],
    claims: noExtraClaims,
    servicePrincipal: undefined,
  }
}

/** One of Microsoft's applications as it is in this tenant: administrators add names to it, and switch it off. */
export function installedApplication(catalogued: Application, principal: ServicePrincipalObject): Application {
  const names = principal.servicePrincipalNames.filter((name) => name !== catalogued.appId)
  return {
    ...catalogued,
    identifierUris: [...new Set([...catalogued.identifierUris, ...names])],
    secrets: principal.passwordCredentials,
    certificates: principal.keyCredentials,
    administratorScopes: administratorScopes(principal.oauth2PermissionScopes ?? []),
    appRoles: principal.appRoles ?? [],
    servicePrincipal: principal,
  }
}
