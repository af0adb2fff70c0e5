import { z } from 'zod'
import { accessControlPolicySchema } from './schema-adfs-policy.ts'
import { guid, url } from './schema-values.ts'

const redirectUri = z
  .string()
  .regex(/^[a-z][a-z0-9+.-]*:\S+$/i, 'expected a redirect URI')
  .refine((value) => !value.includes('#'), 'a redirect URI has no fragment')

const clientFields = {
  name: z.string().min(1).describe('The name of the application, which pages show.'),
  clientId: z.string().min(1).max(200).describe('The client identifier, a GUID by custom.'),
  redirectUris: z.array(redirectUri).default([]).describe('Where answers may be sent; an exact match is needed.'),
  logoutUri: url.optional().describe('What a sign-out loads in a frame (front-channel logout).'),
}

const nativeApplicationSchema = z.strictObject(clientFields)

const serverApplicationSchema = z.strictObject({
  ...clientFields,
  secret: z.string().min(1).optional().describe('The shared secret of the client.'),
  signingCertificates: z
    .array(z.string().includes('BEGIN CERTIFICATE'))
    .default([])
    .describe('The certificates, in PEM, with which the client signs its assertions.'),
})

const permissionSchema = z.strictObject({
  client: z.string().min(1).describe('The client, by its identifier.'),
  scopes: z.array(z.string().regex(/^\S+$/)).min(1).describe('The scopes that the client may ask for.'),
})

const webApiSchema = z.strictObject({
  name: z.string().min(1).describe('The name of the Web API, which pages show.'),
  identifiers: z.array(z.string().min(1)).min(1).describe('The identifiers that resource may name.'),
  objectIdentifier: guid.optional().describe('The GUID of the Web API; derived when left out.'),
  enabled: z.boolean().default(true).describe('Whether AD FS issues tokens for the Web API.'),
  permissions: z.array(permissionSchema).default([]).describe('Which clients may have tokens, and for what.'),
  issueOAuthRefreshTokensTo: z
    .enum(['NoDevice', 'WorkplaceJoinedDevices', 'AllDevices'])
    .default('AllDevices')
    .describe('Which devices get refresh tokens.'),
  tokenLifetimeMinutes: z.int().min(0).default(60).describe('Minutes for which access tokens are valid; 0 means 60.'),
  notBeforeSkewMinutes: z.int().min(0).max(15).default(0).describe('Minutes by which validity begins earlier.'),
  alwaysRequireAuthentication: z.boolean().default(false).describe('Whether single sign-on is ignored.'),
  accessControlPolicy: accessControlPolicySchema
    .prefault({ name: 'Permit everyone' })
    .describe('Who gets a token, and who needs multifactor authentication for it.'),
  issuanceTransformRules: z
    .string()
    .default('')
    .describe('The claims of the access token, in the claim rule language of AD FS.'),
  additionalAuthenticationRules: z
    .string()
    .default('')
    .describe('Rules that ask for multifactor authentication for this Web API.'),
})

/** Application groups of AD FS 2016 and later ("AD FS OpenID Connect/OAuth concepts"). */
export const applicationGroupSchema = z.strictObject({
  name: z.string().min(1).describe('The name of the application group.'),
  nativeApplications: z.array(nativeApplicationSchema).default([]).describe('Public clients, which hold no secret.'),
  serverApplications: z.array(serverApplicationSchema).default([]).describe('Confidential clients.'),
  webApis: z.array(webApiSchema).default([]).describe('The resources for which the clients get access tokens.'),
})
