import { z } from 'zod'

const minutes = z.number().int().min(1)

const lockoutSchema = z.strictObject({
  enabled: z.boolean().describe('Whether failed sign-ins from outside lock an account out.'),
  mode: z
    .enum(['ADPasswordCounter', 'ADFSSmartLockoutLogOnly', 'ADFSSmartLockoutEnforce'])
    .describe('How failures are counted.'),
  threshold: minutes.describe('Failures from unknown places until the lockout.'),
  thresholdFamiliarLocation: minutes.optional().describe('Failures from familiar places; the threshold when left out.'),
  observationWindowMinutes: minutes.describe('Minutes for which failures count.'),
})

const persistentSsoSchema = z.strictObject({
  enabled: z.boolean().describe('Whether registered devices stay signed in.'),
  lifetimeMinutes: minutes.describe('Minutes for which they do.'),
  deviceUsageWindowDays: minutes.describe('Days of disuse after which they do not.'),
  cutoffTime: z.string().optional().describe('Kept sign-ins from before this instant end.'),
})

const deviceAuthenticationSchema = z.strictObject({
  enabled: z.boolean().describe('Whether devices that are registered prove themselves.'),
  method: z.enum(['All', 'ClientTLS', 'PKeyAuth']).describe('How they may.'),
})

const updatePasswordSchema = z.strictObject({
  enabled: z.boolean().describe('Whether people may change their password at AD FS.'),
  throughProxy: z.boolean().describe('Whether they may from outside.'),
})

const rollOverSchema = z.strictObject({
  autoRollover: z.boolean().describe('Whether AD FS replaces its certificates by itself.'),
  durationDays: minutes.describe('Days for which a certificate is valid.'),
  generationThresholdDays: minutes.describe('Days before the end at which a new one appears.'),
  promotionThresholdDays: z.number().int().min(0).describe('Days until the new one becomes primary.'),
})

const agents = z
  .array(z.string())
  .describe('Parts of user agents, or =~ and a regular expression, that get Windows authentication inside.')

const plain = {
  singleSignOnMinutes: minutes.describe('SsoLifetime.'),
  keepSignedInOffered: z.boolean().describe('KmsiEnabled.'),
  keepSignedInMinutes: minutes.describe('KmsiLifetimeMins.'),
}

export const propertiesSchema = z.object({
  ...plain,
  extranetLockout: lockoutSchema,
  bannedAddresses: z.array(z.string()).describe('BannedIpList.'),
  deviceAuthentication: deviceAuthenticationSchema,
  persistentSso: persistentSsoSchema,
  updatePassword: updatePasswordSchema,
  tokenCertificates: rollOverSchema,
  wiaSupportedUserAgents: agents,
})

export const propertyChangeSchema = z
  .strictObject({
    ...plain,
    extranetLockout: lockoutSchema.partial(),
    addBannedAddresses: z.array(z.string()).describe('Single addresses or CIDR blocks.'),
    removeBannedAddresses: z.array(z.string()).describe('As they were added.'),
    deviceAuthentication: deviceAuthenticationSchema.partial(),
    persistentSso: persistentSsoSchema.partial(),
    updatePassword: updatePasswordSchema.partial(),
    tokenCertificates: rollOverSchema.partial(),
    wiaSupportedUserAgents: agents,
  })
  .partial()

export const activitySchema = z.object({
  userPrincipalName: z.string(),
  badPwdCountFamiliar: z.number().describe('Wrong passwords from familiar locations.'),
  badPwdCountUnknown: z.number().describe('Wrong passwords from unknown locations.'),
  lastFailedAuthFamiliar: z.string().nullable(),
  lastFailedAuthUnknown: z.string().nullable(),
  familiarLockout: z.boolean(),
  unknownLockout: z.boolean(),
  familiarIps: z.array(z.string()),
})

const certificateSchema = z.object({
  isPrimary: z.boolean(),
  thumbprint: z.string().describe('Upper-case hexadecimal SHA-1.'),
  notBefore: z.string(),
  notAfter: z.string(),
  certificate: z.string().describe('In PEM.'),
})

export const certificatesSchema = z.object({
  signing: z.array(certificateSchema),
  decrypting: z.array(certificateSchema),
})
