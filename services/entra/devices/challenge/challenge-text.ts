import { deviceAuthorityName } from '../device-authority.ts'

export interface DeviceChallenge {
  readonly nonce: string
  readonly context: string
  /** Where the answer goes; the `aud` of its token. */
  readonly submitUrl: string
}

/** [MS-PKAP] §3.1.5.1: for web views, which cannot read the headers of a navigation. */
export function challengeLocation({ nonce, context, submitUrl }: DeviceChallenge, tenantId: string): string {
  const parameters = {
    Nonce: nonce,
    CertAuthorities: deviceAuthorityName,
    Version: '1.0',
    SubmitUrl: submitUrl,
    Context: context,
    TenantId: tenantId,
  }
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `urn:http-auth:PKeyAuth?${query.join('&')}`
}

/** The value of WWW-Authenticate, for clients that call the token endpoint. */
export function challengeHeader({ nonce, context, submitUrl }: DeviceChallenge): string {
  const parameters = [
    `Nonce="${nonce}"`,
    'Version="1.0"',
    `CertAuthorities="${deviceAuthorityName}"`,
    `Context="${context}"`,
    `SubmitUrl="${submitUrl}"`,
  ]
  return `PKeyAuth ${parameters.join(', ')}`
}
