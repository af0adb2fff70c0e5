import { z } from 'zod'
import type { TrustType } from '../../people/devices.ts'
import { RegistrationRefusal } from './registration-refusal.ts'

/** What a device that wants to be known says of itself. */
export interface RegistrationRequest {
  readonly certificateRequest: Buffer
  readonly displayName: string
  readonly deviceType: string
  readonly operatingSystemVersion: string | undefined
  readonly trustType: TrustType
}

/** [MS-DVRJ] §2.2.2 and the values that later clients send: 0 and 8 join, 4 registers, 6 joins what is in AD already. */
const trustTypes: Readonly<Record<number, TrustType>> = { 0: 'AzureAd', 8: 'AzureAd', 4: 'Workplace', 6: 'ServerAd' }

const text = z.string().trim().min(1).max(256)

const schema = z.object({
  CertificateRequest: z.object({
    Type: z.string().regex(/^pkcs10$/i, 'must be pkcs10'),
    Data: z.string().min(1).max(8192),
  }),
  DeviceDisplayName: text,
  DeviceType: text,
  JoinType: z.int().refine((type) => Object.hasOwn(trustTypes, type), 'must be 0, 4, 6 or 8'),
  OSVersion: text.optional(),
  TargetDomain: text.optional(),
  /** Of clients that later ask for a primary refresh token. */
  TransportKey: z.string().max(8192).optional(),
})

/** @throws RegistrationRefusal */
export function readRegistrationRequest(body: unknown): RegistrationRequest {
  const read = schema.safeParse(body)
  if (!read.success) {
    const [issue] = read.error.issues
    const problem = `${issue?.path.join('.') || 'the body'}: ${issue?.message ?? ''}`
    throw new RegistrationRefusal('requestMalformed', problem, { problem })
  }
  const { CertificateRequest, DeviceDisplayName, DeviceType, OSVersion, JoinType } = read.data
  return {
    certificateRequest: Buffer.from(CertificateRequest.Data, 'base64'),
    displayName: DeviceDisplayName,
    deviceType: DeviceType,
    operatingSystemVersion: OSVersion,
    trustType: trustTypes[JoinType] ?? 'Workplace',
  }
}
