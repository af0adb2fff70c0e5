import { z } from 'zod'

export const directoryUserSchema = z.looseObject({
  userPrincipalName: z.string(),
  displayName: z.string(),
  enabled: z.boolean(),
  passwordExpired: z.boolean(),
  lockedOut: z.boolean(),
  synchronized: z.boolean().describe('Whether Entra Connect takes the account to Entra ID.'),
})

export const newUserSchema = z.strictObject({
  userPrincipalName: z.string().min(3).describe('In a domain of the scenario.'),
  password: z.string().min(1),
  displayName: z.string().optional(),
  givenName: z.string().optional(),
  surname: z.string().optional(),
  samAccountName: z.string().describe('The part before the @ when left out.').optional(),
  groups: z.array(z.string()).describe('Groups to join, by name.').optional(),
  enabled: z.boolean().optional(),
})

export const userChangeSchema = z.strictObject({
  enabled: z.boolean().optional(),
  password: z.string().min(1).optional(),
  lockedOut: z.boolean().optional(),
  passwordExpired: z.boolean().optional(),
  displayName: z.string().min(1).optional(),
})

export const cycleSchema = z.looseObject({
  startedAt: z.string(),
  kind: z.string().describe('`initial` or `delta`.'),
  result: z.string().describe('`success`, or what went wrong.'),
  counts: z.object({ added: z.int(), updated: z.int(), deleted: z.int(), unchanged: z.int() }),
})

export const usersSchema = z.object({ users: z.array(directoryUserSchema) })

export const registeredDeviceSchema = z.looseObject({
  deviceId: z.string(),
  displayName: z.string(),
  osType: z.string(),
  trustType: z.string().describe('`AzureAd`, `ServerAd` or `Workplace`.'),
  enabled: z.boolean(),
  isManaged: z.boolean(),
  isCompliant: z.boolean(),
  thumbprint: z.string().describe('Upper-case hexadecimal SHA-1 of its certificate.'),
  owner: z.object({ sid: z.string(), userPrincipalName: z.string() }).optional(),
})

export const registeredDevicesSchema = z.object({ devices: z.array(registeredDeviceSchema) })
export const registeredDeviceChangeSchema = z.strictObject({ enabled: z.boolean() })

export type RegisteredDevice = z.output<typeof registeredDeviceSchema>
export type DirectoryUser = z.output<typeof directoryUserSchema>
export type Cycle = z.output<typeof cycleSchema>
