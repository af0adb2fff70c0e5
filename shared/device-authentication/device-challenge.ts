import type { DeviceToken } from './device-token.ts'

export interface DeviceChallenge {
  readonly nonce: string
  readonly context: string
  /** Where the answer goes; the `aud` of its token. */
  readonly submitUrl: string
}

export interface ChallengeAsker {
  /** The names of the issuers whose certificates will do, joined by semicolons. */
  readonly certificateAuthorities: string
  readonly tenantId?: string
}

/** [MS-PKAP] §3.1.5.1: for web views, which cannot read the headers of a navigation. */
export function challengeLocation({ nonce, context, submitUrl }: DeviceChallenge, asker: ChallengeAsker): string {
  const parameters = {
    Nonce: nonce,
    CertAuthorities: asker.certificateAuthorities,
    Version: '1.0',
    SubmitUrl: submitUrl,
    Context: context,
    ...(asker.tenantId !== undefined && { TenantId: asker.tenantId }),
  }
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `urn:http-auth:PKeyAuth?${query.join('&')}`
}

/** The value of WWW-Authenticate, for clients that call the token endpoint. */
export function challengeHeader({ nonce, context, submitUrl }: DeviceChallenge, asker: ChallengeAsker): string {
  const parameters = [
    `Nonce="${nonce}"`,
    'Version="1.0"',
    `CertAuthorities="${asker.certificateAuthorities}"`,
    `Context="${context}"`,
    `SubmitUrl="${submitUrl}"`,
  ]
  return `PKeyAuth ${parameters.join(', ')}`
}

/** How far the clock of a device may be off, in seconds. */
const toleratedSkew = 5 * 60

/**
 * Why an answer does not belong to the challenge whose nonce it carries; undefined when it does. `challenge` is
 * undefined when the nonce was never given out, was used, or is too old; `now` is in epoch seconds.
 */
export function faultOfAnswer(
  { audience, issuedAt }: Pick<DeviceToken, 'audience' | 'issuedAt'>,
  context: string | undefined,
  challenge: DeviceChallenge | undefined,
  now: number,
): string | undefined {
  if (!challenge) return 'the nonce was never given out, was used before, or is older than five minutes'
  if (context !== challenge.context) return 'the nonce was given out in another Context'
  if (withoutQuery(audience) !== withoutQuery(challenge.submitUrl))
    return `aud is "${audience}", expected the SubmitUrl ${challenge.submitUrl}`
  if (!(Math.abs(now - issuedAt) <= toleratedSkew)) return `iat is ${issuedAt}; it is ${now} now`
  return undefined
}

/** Clients append their request id to the URL that they call, and may sign what they called. */
function withoutQuery(url: string): string {
  return (url.split('?')[0] ?? '').toLowerCase()
}
