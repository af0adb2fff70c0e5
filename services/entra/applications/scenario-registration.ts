import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { readCertificate } from '#shared/scenario/schema-values.ts'
import type { Application as ScenarioApplication } from '#shared/scenario/world.ts'
import {
  type ApplicationObject,
  applicationRole,
  type RequiredResourceAccess,
  type StoredCertificate,
  type StoredSecret,
} from './application-objects.ts'
import { certificateCredential, newApplication, secretDigest } from './new-objects.ts'
import { type ResourceFinder, roleIdOf, scopeIdOf, scopeOf } from './permission-ids.ts'

/** When the objects of the scenario were made; its secrets last as long as they are needed. */
export const seededAt = '2020-01-01T00:00:00Z'
const farAway = '2299-12-31T00:00:00Z'

/** An app registration of the scenario file, as Microsoft Graph has it. */
export function registrationOf(tenantId: string, given: ScenarioApplication, find: ResourceFinder): ApplicationObject {
  const appId = given.appId.toLowerCase()
  const { redirectUris, implicitGrant } = given
  const blank = newApplication({ appId, displayName: given.displayName, createdDateTime: seededAt })
  const scopes = given.exposedScopes.map(({ value, type, displayName }) => scopeOf(appId, value, type, displayName))
  return {
    id: derivedGuid(`application:${tenantId}`, appId),
    ...blank,
    signInAudience: given.signInAudience,
    identifierUris: given.identifierUris,
    web: {
      ...blank.web,
      redirectUris: redirectUris.web,
      logoutUrl: given.logoutUrl ?? null,
      implicitGrantSettings: {
        enableIdTokenIssuance: implicitGrant.idToken,
        enableAccessTokenIssuance: implicitGrant.accessToken,
      },
    },
    spa: { redirectUris: redirectUris.spa },
    publicClient: { redirectUris: redirectUris.publicClient },
    isFallbackPublicClient: given.isFallbackPublicClient,
    api: { ...blank.api, requestedAccessTokenVersion: 2, oauth2PermissionScopes: scopes },
    appRoles: given.appRoles.map(({ value, displayName, allowedMemberTypes }) => ({
      ...applicationRole(roleIdOf(appId, value), value, displayName),
      allowedMemberTypes,
    })),
    requiredResourceAccess: requiredAccess(given, find),
    passwordCredentials: given.secrets.map((secret) => storedSecret(appId, secret)),
    keyCredentials: given.certificates.map((each) => storedCertificate(appId, each)),
  }
}

function requiredAccess(given: ScenarioApplication, find: ResourceFinder): readonly RequiredResourceAccess[] {
  const wanted = [
    ...given.requiredScopes.map(find).map(({ appId, name }) => ({
      appId,
      access: { id: scopeIdOf(appId, name), type: 'Scope' as const },
    })),
    ...given.applicationPermissions.map(find).map(({ appId, name }) => ({
      appId,
      access: { id: roleIdOf(appId, name), type: 'Role' as const },
    })),
  ]
  return [...Map.groupBy(wanted, ({ appId }) => appId)].map(([resourceAppId, items]) => ({
    resourceAppId,
    resourceAccess: items.map(({ access }) => access),
  }))
}

function storedSecret(appId: string, { displayName, value }: ScenarioApplication['secrets'][number]): StoredSecret {
  return {
    keyId: derivedGuid(`secret:${appId}`, displayName),
    displayName,
    hint: value.slice(0, 3),
    digest: secretDigest(value),
    startDateTime: seededAt,
    endDateTime: farAway,
  }
}

function storedCertificate(
  appId: string,
  { displayName, certificate: text }: ScenarioApplication['certificates'][number],
): StoredCertificate {
  const certificate = readCertificate(text)
  if (!certificate) throw new Error(`a certificate of the application ${appId} cannot be read`)
  return certificateCredential(certificate, { keyId: derivedGuid(`certificate:${appId}`, text), displayName })
}
