import { z } from 'zod'
import { isPasswordHash } from '../people/password-hash.ts'

const anchor = z.string().min(1).max(512)
const text = z.string().min(1).max(1024)

const syncedUserSchema = z.strictObject({
  sourceAnchor: anchor,
  userPrincipalName: z.string().regex(/^[^@\s]+@[^@\s]+$/, 'expected a user principal name'),
  displayName: text,
  givenName: z.string().optional(),
  surname: z.string().optional(),
  mail: z.string().optional(),
  jobTitle: z.string().optional(),
  department: z.string().optional(),
  mobilePhone: z.string().optional(),
  accountEnabled: z.boolean(),
  onPremisesSamAccountName: text,
  onPremisesSecurityIdentifier: text,
  onPremisesDomainName: text,
  passwordHash: z.string().refine(isPasswordHash, 'expected v1;PPH1_MD4,<salt>,<iterations>,<key>;').optional(),
  forceChangePassword: z.boolean().default(false),
})

const syncedGroupSchema = z.strictObject({
  sourceAnchor: anchor,
  displayName: text,
  description: z.string().optional(),
  onPremisesSamAccountName: text,
  onPremisesSecurityIdentifier: text,
  memberAnchors: z.array(anchor),
})

const syncedDeviceSchema = z.strictObject({
  deviceId: z.guid().transform((id) => id.toLowerCase()),
  displayName: text,
  sourceAnchor: anchor,
  operatingSystem: text,
  operatingSystemVersion: z.string().optional(),
  ownerAnchor: anchor.optional(),
  trustType: z.enum(['AzureAd', 'ServerAd', 'Workplace']),
  isCompliant: z.boolean(),
  isManaged: z.boolean(),
  accountEnabled: z.boolean(),
})

/** What Entra Connect exports in one cycle. */
export const synchronizeSchema = z.strictObject({
  full: z.boolean(),
  users: z.array(syncedUserSchema),
  groups: z.array(syncedGroupSchema),
  devices: z.array(syncedDeviceSchema),
  deletedAnchors: z.array(anchor),
})

export type SynchronizeRequest = z.output<typeof synchronizeSchema>
export type SyncedUser = SynchronizeRequest['users'][number]
export type SyncedGroup = SynchronizeRequest['groups'][number]
export type SyncedDevice = SynchronizeRequest['devices'][number]
