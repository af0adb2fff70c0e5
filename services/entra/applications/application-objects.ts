import type { TenantObject } from '../objects/object-table.ts'

/** [Graph] application: the registration, with secrets by their digest. */
export interface ApplicationObject extends TenantObject {
  readonly appId: string
  readonly displayName: string
  readonly description: string | null
  readonly notes: string | null
  readonly createdDateTime: string
  readonly signInAudience: SignInAudience
  readonly identifierUris: readonly string[]
  readonly tags: readonly string[]
  readonly web: {
    readonly redirectUris: readonly string[]
    readonly logoutUrl: string | null
    readonly homePageUrl: string | null
    readonly implicitGrantSettings: {
      readonly enableIdTokenIssuance: boolean
      readonly enableAccessTokenIssuance: boolean
    }
  }
  readonly spa: { readonly redirectUris: readonly string[] }
  readonly publicClient: { readonly redirectUris: readonly string[] }
  readonly isFallbackPublicClient: boolean | null
  readonly api: {
    /** Null is 1: what the API's access tokens look like. */
    readonly requestedAccessTokenVersion: number | null
    readonly acceptMappedClaims: boolean | null
    readonly knownClientApplications: readonly string[]
    readonly oauth2PermissionScopes: readonly PermissionScope[]
    readonly preAuthorizedApplications: readonly {
      readonly appId: string
      readonly delegatedPermissionIds: readonly string[]
    }[]
  }
  readonly appRoles: readonly AppRole[]
  readonly requiredResourceAccess: readonly RequiredResourceAccess[]
  readonly passwordCredentials: readonly StoredSecret[]
  readonly keyCredentials: readonly StoredCertificate[]
  readonly groupMembershipClaims: string | null
  readonly optionalClaims: Readonly<Record<string, unknown>> | null
}

export const signInAudiences = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
] as const
export type SignInAudience = (typeof signInAudiences)[number]

/** [Graph] requiredResourceAccess: permissions by the ids of the resource's scopes and roles. */
export interface RequiredResourceAccess {
  readonly resourceAppId: string
  readonly resourceAccess: readonly { readonly id: string; readonly type: 'Scope' | 'Role' }[]
}

/** [Graph] servicePrincipal: the application as it is in this tenant. */
export interface ServicePrincipalObject extends TenantObject {
  readonly appId: string
  readonly displayName: string
  readonly createdDateTime: string
  readonly accountEnabled: boolean
  /** Tenant of Microsoft's own services, or this one. */
  readonly appOwnerOrganizationId: string
  readonly appRoleAssignmentRequired: boolean
  readonly servicePrincipalNames: readonly string[]
  readonly tags: readonly string[]
  readonly notes: string | null
  readonly homepage: string | null
  readonly preferredSingleSignOnMode: string | null
  readonly passwordCredentials: readonly StoredSecret[]
  readonly keyCredentials: readonly StoredCertificate[]
  /** [Graph] customSecurityAttributes: values by attribute set and attribute. */
  readonly customSecurityAttributes?: AssignedAttributes | undefined
  /** Template ids of the directory roles that it was given. */
  readonly directoryRoles?: readonly string[] | undefined
  /** Of Microsoft's own services; those of a registration are read from it. */
  readonly oauth2PermissionScopes?: readonly PermissionScope[] | undefined
  readonly appRoles?: readonly AppRole[] | undefined
}

export type AttributeValue = string | number | boolean | readonly string[] | readonly number[]
export type AssignedAttributes = Readonly<Record<string, Readonly<Record<string, AttributeValue>>>>

/** [Graph] attributeSet. */
export interface AttributeSet extends TenantObject {
  /** As it was written; the id is in lower case. */
  readonly name: string
  readonly description: string | null
  readonly maxAttributesPerSet: number | null
}

/** [Graph] customSecurityAttributeDefinition; its id is `set_name`. */
export interface AttributeDefinition extends TenantObject {
  readonly attributeSet: string
  readonly name: string
  readonly description: string | null
  readonly type: 'String' | 'Integer' | 'Boolean'
  readonly status: 'Available' | 'Deprecated'
  readonly isCollection: boolean
  readonly isSearchable: boolean
  readonly usePreDefinedValuesOnly: boolean
}

/** [Graph] passwordCredential; the secret itself is shown once, when it is made. */
export interface StoredSecret {
  readonly keyId: string
  readonly displayName: string | null
  /** The first three characters. */
  readonly hint: string
  /** SHA-256, base64url: secrets are long and random, or of a test. */
  readonly digest: string
  readonly startDateTime: string
  readonly endDateTime: string
}

/** [Graph] keyCredential: a certificate that the client signs assertions with. */
export interface StoredCertificate {
  readonly keyId: string
  readonly displayName: string | null
  readonly type: 'AsymmetricX509Cert'
  readonly usage: 'Verify'
  /** DER, base64. */
  readonly key: string
  /** SHA-1 of the certificate, base64. */
  readonly customKeyIdentifier: string
  readonly startDateTime: string
  readonly endDateTime: string
}

/** [Graph] appRoleAssignment: who has a role of an API or application. */
export interface AppRoleAssignment extends TenantObject {
  readonly principalId: string
  readonly principalType: 'ServicePrincipal' | 'User' | 'Group'
  readonly principalDisplayName: string
  readonly resourceId: string
  readonly resourceDisplayName: string
  readonly appRoleId: string
  readonly createdDateTime: string
}

/** [Graph] permissionScope. */
export interface PermissionScope {
  readonly id: string
  readonly value: string
  /** Who may consent. */
  readonly type: 'User' | 'Admin'
  readonly isEnabled: boolean
  readonly adminConsentDisplayName: string
  readonly adminConsentDescription: string
  readonly userConsentDisplayName: string | null
  readonly userConsentDescription: string | null
}

/** [Graph] appRole. */
export interface AppRole {
  readonly id: string
  readonly value: string | null
  readonly displayName: string
  readonly description: string
  readonly isEnabled: boolean
  readonly allowedMemberTypes: readonly string[]
}

export function permissionScope(
  id: string,
  value: string,
  { type, name = value }: { readonly type: 'User' | 'Admin'; readonly name?: string | undefined },
): PermissionScope {
  return {
    id,
    value,
    type,
    isEnabled: true,
    adminConsentDisplayName: name,
    adminConsentDescription: name,
    userConsentDisplayName: type === 'User' ? name : null,
    userConsentDescription: type === 'User' ? name : null,
  }
}

/** A permission that applications hold in their own name. */
export function applicationRole(id: string, value: string, name: string = value): AppRole {
  return { id, value, displayName: name, description: name, isEnabled: true, allowedMemberTypes: ['Application'] }
}
