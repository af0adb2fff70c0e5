import { z } from 'zod'
import { signInAudiences } from '../../applications/application-objects.ts'

const text = z.string().max(1024)
const uri = z.string().min(1).max(2048)
const redirectUris = z.array(uri).max(256)

const permissionScope = z.strictObject({
  id: z.guid(),
  value: text.min(1),
  type: z.enum(['User', 'Admin']).default('User'),
  isEnabled: z.boolean().default(true),
  adminConsentDisplayName: text.default(''),
  adminConsentDescription: text.default(''),
  userConsentDisplayName: text.nullable().default(null),
  userConsentDescription: text.nullable().default(null),
  origin: z.unknown().optional(),
})

const appRole = z.strictObject({
  id: z.guid(),
  value: text.nullable().default(null),
  displayName: text.min(1),
  description: text.default(''),
  isEnabled: z.boolean().default(true),
  allowedMemberTypes: z.array(z.enum(['User', 'Application'])).min(1),
  origin: z.unknown().optional(),
})

const requiredAccess = z.strictObject({
  resourceAppId: z.guid(),
  resourceAccess: z.array(z.strictObject({ id: z.guid(), type: z.enum(['Scope', 'Role']) })),
})

/** A certificate as clients send it: DER or PEM in base64. */
export const keyCredentialSchema = z.strictObject({
  key: z.base64().min(1),
  type: z.literal('AsymmetricX509Cert'),
  usage: z.literal('Verify'),
  displayName: text.nullish(),
  keyId: z.guid().optional(),
  customKeyIdentifier: z.string().nullish(),
  startDateTime: z.string().nullish(),
  endDateTime: z.string().nullish(),
})

/** [Graph] application: what may be set of it. Undefined members stay as they are. */
export const applicationSchema = z.strictObject({
  displayName: z.string().min(1).max(256).optional(),
  description: text.nullish(),
  notes: text.nullish(),
  signInAudience: z.enum(signInAudiences).optional(),
  identifierUris: z.array(uri).optional(),
  tags: z.array(text).optional(),
  web: z
    .strictObject({
      redirectUris: redirectUris.optional(),
      redirectUriSettings: z.unknown().optional(),
      logoutUrl: z.url().nullish(),
      homePageUrl: z.url().nullish(),
      implicitGrantSettings: z
        .strictObject({
          enableIdTokenIssuance: z.boolean().optional(),
          enableAccessTokenIssuance: z.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
  spa: z.strictObject({ redirectUris: redirectUris.optional() }).optional(),
  publicClient: z.strictObject({ redirectUris: redirectUris.optional() }).optional(),
  isFallbackPublicClient: z.boolean().nullish(),
  api: z
    .strictObject({
      requestedAccessTokenVersion: z.union([z.literal(1), z.literal(2)]).nullish(),
      acceptMappedClaims: z.boolean().nullish(),
      knownClientApplications: z.array(z.guid()).optional(),
      oauth2PermissionScopes: z.array(permissionScope).optional(),
      preAuthorizedApplications: z
        .array(z.strictObject({ appId: z.guid(), delegatedPermissionIds: z.array(z.guid()) }))
        .optional(),
    })
    .optional(),
  appRoles: z.array(appRole).optional(),
  requiredResourceAccess: z.array(requiredAccess).optional(),
  keyCredentials: z.array(keyCredentialSchema).optional(),
  groupMembershipClaims: z.enum(['None', 'SecurityGroup', 'All', 'DirectoryRole', 'ApplicationGroup']).nullish(),
  optionalClaims: z.record(z.string(), z.unknown()).nullish(),
})

export type ApplicationBody = z.output<typeof applicationSchema>

/** [Graph] servicePrincipal: what may be set of it. */
export const servicePrincipalSchema = z.strictObject({
  accountEnabled: z.boolean().optional(),
  appRoleAssignmentRequired: z.boolean().optional(),
  displayName: z.string().min(1).max(256).optional(),
  homepage: z.url().nullish(),
  notes: text.nullish(),
  preferredSingleSignOnMode: z.enum(['password', 'saml', 'notSupported', 'oidc']).nullish(),
  servicePrincipalNames: z.array(uri).optional(),
  tags: z.array(text).optional(),
})
