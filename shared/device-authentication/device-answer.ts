import type { IncomingHttpHeaders } from 'node:http'

/** [MS-PKAP] §2.2.1: a client says that it answers challenges, by a header or in the name of its web view. */
export function announcesDeviceAuthentication(headers: IncomingHttpHeaders): boolean {
  return headers['x-ms-pkeyauth'] === '1.0' || /\bPKeyAuth\/1\.0\b/i.test(headers['user-agent'] ?? '')
}

/** What a client answers a challenge with; without a token it has no certificate of the tenant. */
export interface DeviceAnswer {
  readonly context: string | undefined
  readonly token: string | undefined
}

/** `PKeyAuth AuthToken="…",Context="…",Version="1.0"`; undefined when the header is another scheme's. */
export function readDeviceAnswer(authorization: string | undefined): DeviceAnswer | undefined {
  const [, parameters] = /^PKeyAuth\s+(.*)$/is.exec(authorization ?? '') ?? []
  if (parameters === undefined) return undefined
  const named = [...parameters.matchAll(/(\w+)\s*=\s*"([^"]*)"/g)].map(([, name = '', value = '']) => [
    name.toLowerCase(),
    value,
  ])
  const { authtoken, context } = Object.fromEntries(named) as Partial<Record<string, string>>
  return { context: context || undefined, token: authtoken || undefined }
}
