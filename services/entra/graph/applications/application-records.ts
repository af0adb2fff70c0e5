import type {
  ApplicationObject,
  AppRole,
  PermissionScope,
  ServicePrincipalObject,
  StoredSecret,
} from '../../applications/application-objects.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { attributesRecord } from './assigned-attributes.ts'

/** [Graph] application. */
export function applicationRecord({ config }: Pick<GraphServices, 'config'>, object: ApplicationObject): GraphRecord {
  return {
    deletedDateTime: null,
    addIns: [],
    applicationTemplateId: null,
    certification: null,
    defaultRedirectUri: null,
    disabledByMicrosoftStatus: null,
    info: emptyInfo,
    isDeviceOnlyAuthSupported: null,
    oauth2RequirePostResponse: false,
    parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: 'Allow' },
    publisherDomain: config.tenant.initialDomain,
    samlMetadataUrl: null,
    serviceManagementReference: null,
    tokenEncryptionKeyId: null,
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
    ...object,
    passwordCredentials: object.passwordCredentials.map(secretView),
    keyCredentials: object.keyCredentials.map((each) => ({ ...each, key: null })),
  }
}

/** [Graph] passwordCredential, as it is read. */
export function secretView({ digest: _digest, ...secret }: StoredSecret) {
  return { customKeyIdentifier: null, ...secret, secretText: null }
}

const emptyInfo = {
  logoUrl: null,
  marketingUrl: null,
  privacyStatementUrl: null,
  supportUrl: null,
  termsOfServiceUrl: null,
}

/** [Graph] servicePrincipal; what its registration says is read from there. */
export function servicePrincipalRecord(
  { applications }: Pick<GraphServices, 'applications'>,
  principal: ServicePrincipalObject,
): GraphRecord {
  const registration = applications.applications.all().find(({ appId }) => appId === principal.appId)
  const application = applications.registry.byId(principal.appId)
  const redirects = application ? Object.values(application.redirectUris).flat() : []
  return {
    deletedDateTime: null,
    addIns: [],
    alternativeNames: [],
    appDescription: null,
    appDisplayName: registration?.displayName ?? principal.displayName,
    applicationTemplateId: null,
    description: null,
    disabledByMicrosoftStatus: null,
    info: emptyInfo,
    loginUrl: null,
    logoutUrl: registration?.web.logoutUrl ?? null,
    notificationEmailAddresses: [],
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: redirects,
    resourceSpecificApplicationPermissions: [],
    samlSingleSignOnSettings: null,
    servicePrincipalType: 'Application',
    signInAudience: registration?.signInAudience ?? 'AzureADMultipleOrgs',
    tokenEncryptionKeyId: null,
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
    ...principal,
    customSecurityAttributes: attributesRecord(principal.customSecurityAttributes),
    oauth2PermissionScopes: scopesOf(registration, principal),
    appRoles: rolesOf(registration, principal),
    passwordCredentials: principal.passwordCredentials.map(secretView),
    keyCredentials: principal.keyCredentials.map((each) => ({ ...each, key: null })),
  }
}

type Registration = ApplicationObject | undefined

function scopesOf(registration: Registration, principal: ServicePrincipalObject): readonly PermissionScope[] {
  return registration?.api.oauth2PermissionScopes ?? principal.oauth2PermissionScopes ?? []
}

export function rolesOf(registration: Registration, principal: ServicePrincipalObject): readonly AppRole[] {
  return registration?.appRoles ?? principal.appRoles ?? []
}
