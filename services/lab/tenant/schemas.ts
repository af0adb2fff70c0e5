import { z } from 'zod'

const riskLevel = z.enum(['none', 'low', 'medium', 'high', 'hidden'])

export const riskSchema = z.object({
  userPrincipalName: z.string(),
  user: riskLevel,
  signIn: riskLevel,
  insider: z.enum(['minor', 'moderate', 'elevated']).nullable(),
  nextSignIns: z
    .int()
    .nullable()
    .describe('For how many sign-ins the risk of a sign-in still counts; null: until remediated.'),
})

export const riskChangeSchema = z.strictObject({
  user: riskLevel.describe('Of the person; a new password remediates it.').default('none'),
  signIn: riskLevel.describe('Of sign-ins; a second factor remediates it.').default('none'),
  insider: z.enum(['minor', 'moderate', 'elevated']).optional(),
  nextSignIns: z.int().min(1).describe('Only for so many sign-ins.').optional(),
})

export const whereaboutsSchema = z.object({ userPrincipalName: z.string(), address: z.string().nullable() })

export const whereaboutsChangeSchema = z.strictObject({
  address: z
    .union([z.ipv4(), z.ipv6()])
    .nullable()
    .describe('Where the person stands; null: where the connection comes from.'),
})

export const accessPassSchema = z.looseObject({
  id: z.string(),
  startDateTime: z.string(),
  lifetimeInMinutes: z.int(),
  isUsableOnce: z.boolean(),
  isUsable: z.boolean(),
  methodUsabilityReason: z.string(),
})

export const newAccessPassSchema = z
  .strictObject({
    lifetimeInMinutes: z.int().min(10).max(43_200).optional(),
    isUsableOnce: z.boolean().optional(),
    startDateTime: z.iso.datetime().optional(),
  })
  .prefault({})

export const createdAccessPassSchema = accessPassSchema.extend({
  temporaryAccessPass: z.string().describe('Told once.'),
})

export const deviceSchema = z.looseObject({
  deviceId: z.string(),
  displayName: z.string(),
  operatingSystem: z.string(),
  trustType: z.string(),
  isCompliant: z.boolean(),
  isManaged: z.boolean(),
  accountEnabled: z.boolean(),
  registered: z.boolean().describe('Whether it holds a certificate to prove itself with.'),
  ownerId: z.string().optional(),
})

const text = z.string().max(256)

export const deviceChangeSchema = z.strictObject({
  isCompliant: z.boolean().optional(),
  isManaged: z.boolean().optional(),
  accountEnabled: z.boolean().optional(),
  displayName: text.min(1).optional(),
  operatingSystem: text.min(1).optional(),
  operatingSystemVersion: text.min(1).optional(),
  deviceOwnership: z.enum(['Company', 'Personal']).optional(),
  manufacturer: text.optional(),
  model: text.optional(),
  enrollmentProfileName: text.optional(),
  mdmAppId: z.guid().optional(),
  profileType: text.optional(),
  physicalIds: z.array(text).optional(),
  systemLabels: z.array(text).optional(),
  extensionAttributes: z.record(z.string(), text).optional(),
})

const authentication = z.enum(['federated', 'passwordHashSync', 'passThrough'])

export const domainSchema = z.looseObject({
  name: z.string(),
  authentication: z
    .string()
    .describe('Where passwords are checked: `federated`, `passwordHashSync`, `passThrough`, or `cloudOnly`.'),
  isInitial: z.boolean(),
  federation: z.looseObject({}).nullable(),
})

export const domainChangeSchema = z.strictObject({
  authentication: authentication.optional(),
  federation: z.looseObject({}).describe('Settings of the trust; those left out stay.').optional(),
})

const effect = z.discriminatedUnion('effect', [
  z.strictObject({ effect: z.literal('error'), aadsts: z.int().describe('The number after AADSTS.') }),
  z.strictObject({ effect: z.enum(['consent', 'registration']) }),
  z.strictObject({
    effect: z.literal('claimsChallenge'),
    claims: z.string().describe('JSON; of the authentication when left out.').optional(),
  }),
])

export const newOutcomeSchema = z.strictObject({
  user: z.string().min(1).describe('The user principal name; everybody when left out.').optional(),
  appId: z.string().min(1).describe('The client; every application when left out.').optional(),
  where: z.enum(['signIn', 'token']),
  times: z.int().min(1).max(1_000_000).default(1),
  outcome: effect,
})

export const outcomeSchema = z.looseObject({
  id: z.string(),
  user: z.string().optional(),
  appId: z.string().optional(),
  where: z.enum(['signIn', 'token']),
  times: z.int().describe('How often it is still to happen.'),
  outcome: z.looseObject({ effect: z.string(), aadsts: z.int().optional(), claims: z.string().optional() }),
})

export const outcomesSchema = z.object({ outcomes: z.array(outcomeSchema) })

export const keysSchema = z.looseObject({
  signing: z.string().describe('The x5t of the key that signs now.'),
  published: z.array(z.string()),
})

export const rollOverSchema = z
  .strictObject({
    afterMinutes: z
      .number()
      .min(0)
      .max(43_200)
      .describe('How long the new key is published before it signs.')
      .default(0),
  })
  .prefault({})

export const tenantUserSchema = z.looseObject({
  userPrincipalName: z.string(),
  objectId: z.string(),
  displayName: z.string(),
  source: z.string(),
  enabled: z.boolean(),
  licensed: z.boolean(),
})

export type Risk = z.output<typeof riskSchema>
export type AccessPass = z.output<typeof accessPassSchema>
export type Device = z.output<typeof deviceSchema>
export type TenantDomain = z.output<typeof domainSchema>
export type ForcedOutcome = z.output<typeof outcomeSchema>
export type Keys = z.output<typeof keysSchema>
export type TenantUser = z.output<typeof tenantUserSchema>

export const licenceSchema = z.strictObject({ licensed: z.boolean() })
