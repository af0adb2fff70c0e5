import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Authority, SigningKey } from '#certs/authority.ts'
import type { TrustType } from '../people/devices.ts'

/** The issuer of device certificates, as challenges name it to clients ([MS-PKAP] §2.2.1, CertAuthorities). */
export const deviceAuthorityName = 'OU=82dbaca4-3e81-46ca-9c73-0950c1eaca97,CN=MS-Organization-Access,DC=windows,DC=net'

export interface DeviceCertificate {
  readonly der: Buffer
  /** SHA-1, upper-case hexadecimal. */
  readonly thumbprint: string
}

export interface CertificateRequest {
  /** PKCS #10. */
  readonly der: Buffer
  readonly deviceId: string
  /** Whoever registered the device. */
  readonly userObjectId: string
  readonly trustType: TrustType
  readonly now: Date
}

/** The tenant's certificate authority for devices. Its key is opened with the first certificate. */
export interface DeviceAuthority {
  /** Undefined when the request is not one, is not signed by its own key, or has no RSA key of 2048 bits or more. */
  issue(request: CertificateRequest): Promise<DeviceCertificate | undefined>
  isIssuerOf(certificate: X509Certificate): Promise<boolean>
  /** Its own certificate, DER. */
  certificate(): Promise<Buffer>
}

export function createDeviceAuthority(parts: {
  readonly authority: Authority
  readonly tenant: { readonly id: string; readonly countryCode: string }
}): DeviceAuthority {
  const { authority, tenant } = parts
  const key = (): Promise<SigningKey> =>
    authority.signingKeyFor({ name: `entra-devices-${tenant.id}`, subject: deviceAuthorityName })
  return {
    async issue(request) {
      // The X.509 library is slow to load, and most stacks register no device.
      const { issueDeviceCertificate } = await import('./issue-device-certificate.ts')
      const der = await issueDeviceCertificate(await key(), { ...request, tenant })
      return der && { der, thumbprint: thumbprintOf(new X509Certificate(der)) }
    },
    async isIssuerOf(certificate) {
      return certificate.verify(publicKeyOf(await key()))
    },
    certificate: async () => (await key()).certificateDer,
  }
}

export function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint.replaceAll(':', '')
}

function publicKeyOf({ certificatePem }: SigningKey): KeyObject {
  return createPublicKey(certificatePem)
}
