import { z } from 'zod'

const optionalText = z.string().nullish()

/** A device object as the domain controller describes it; what AD FS does not read is ignored. */
export const registeredDeviceSchema = z.object({
  deviceId: z.string(),
  displayName: z.string(),
  osType: z.string(),
  osVersion: optionalText,
  /** AzureAd, ServerAd or Workplace. */
  trustType: z.string(),
  enabled: z.boolean(),
  isManaged: z.boolean(),
  isCompliant: z.boolean(),
  /** SHA-1 of its certificate, upper-case hexadecimal. */
  thumbprint: z.string(),
  owner: z.object({ sid: z.string() }).nullish(),
})

export type RegisteredDevice = Readonly<z.output<typeof registeredDeviceSchema>>

/** What a browser session remembers of device authentication; without `deviceId` the client said that it has no key. */
export interface DeviceProof {
  readonly deviceId?: string
  readonly method: 'PKeyAuth' | 'ClientTLS'
  /** ISO instant. */
  readonly instant: string
}

/** A device that proved itself, as the directory knows it now, beside the person who signs in. */
export interface ProvedDevice {
  readonly device: RegisteredDevice
  /** Whether the person is the one who registered it. */
  readonly registeredUser: boolean
}

/** Undefined for what proves nothing any more. */
export function provedDevice(device: RegisteredDevice | undefined, userSid: string): ProvedDevice | undefined {
  return device?.enabled ? { device, registeredUser: device.owner?.sid === userSid } : undefined
}
