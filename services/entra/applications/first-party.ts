import { firstPartyApplications } from '#shared/scenario/first-party-applications.ts'
import type { HostNames } from '#shared/scenario/world.ts'
import { adminUrls, deviceRegistrationAudience } from '../urls.ts'
import { type Application, administratorScopes, type RedirectKind } from './application.ts'
import type { ServicePrincipalObject } from './application-objects.ts'
import { noExtraClaims } from './claims-configuration.ts'
import { firstPartyClients, mailHosts } from './first-party-clients.ts'

export const exchangeOnlineId = '00000002-0000-0ff1-ce00-000000000000'
export const graphId = '00000003-0000-0000-c000-000000000000'
export const deviceRegistrationId = '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9'
/** "Azure Portal": the Microsoft Entra admin center signs people in as it. */
export const adminPortalId = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c'
/** Conditional Access judges sign-ins that ask for no API by this resource. */
export const directoryGraphId = '00000002-0000-0000-c000-000000000000'

const exchangeScopes = `EAS.AccessAsUser.All EWS.AccessAsUser.All Mail.Read Mail.ReadWrite Mail.Send Calendars.Read
  Calendars.ReadWrite Contacts.ReadWrite MailboxSettings.ReadWrite OWA.AccessAsUser.All OutlookService.AccessAsUser.All
  MapiHttp.AccessAsUser.All Oab.AccessAsUser.All user_impersonation full_access_as_user Exchange.Manage
  AdminApi.AccessAsUser.All FfoPowerShell.AccessAsUser.All RemotePowerShell.AccessAsUser.All IMAP.AccessAsUser.All
  POP.AccessAsUser.All SMTP.Send Group.ReadWrite.All Files.ReadWrite People.Read People.ReadWrite Place.Read.All`.split(
  /\s+/,
)

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
    {
      appId: adminPortalId,
      identifierUris: [],
      scopes: 'any',
      redirects: { web: [adminUrls.signInReturn, 'https://portal.azure.com/signin/index/'] },
    },
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
  const asClients = Object.entries(firstPartyClients).map(([appId, { displayName, redirects, family }]) =>
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
