import type { AuthToken, AuthTokenCheck } from './auth-token.ts'

/** What a client of AD FS's OAuth end points sends to a published application ([MS-ADFSPIP] §3.13.5.2.2). */
export interface CombinedToken {
  readonly proxyToken: string
  readonly accessToken: string
}

export type BearerCheck =
  | { readonly outcome: 'accepted'; readonly token: AuthToken; readonly authorization: string }
  | { readonly outcome: 'refused'; readonly reason: string }

/** The proxy's own token and the application's, which AD FS wraps together when the request came through a proxy. */
export function readCombinedToken(authorization: string | undefined): CombinedToken | undefined {
  const [, value] = /^Bearer +([\w-]+)=* *$/i.exec(authorization ?? '') ?? []
  if (value === undefined) return undefined
  try {
    const read: unknown = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'))
    const { proxy_token, access_token } = read as Record<string, unknown>
    if (typeof proxy_token !== 'string' || typeof access_token !== 'string') return undefined
    return { proxyToken: proxy_token, accessToken: access_token }
  } catch {
    return undefined
  }
}

/** The application gets its own token alone. */
export async function checkBearer(
  authorization: string | undefined,
  check: (proxyToken: string) => Promise<AuthTokenCheck>,
): Promise<BearerCheck> {
  if (authorization === undefined) return { outcome: 'refused', reason: 'no bearer token was sent' }
  const combined = readCombinedToken(authorization)
  if (!combined) return { outcome: 'refused', reason: 'no token that AD FS issued through a proxy was sent' }
  const checked = await check(combined.proxyToken)
  if (checked.outcome !== 'accepted') return { outcome: 'refused', reason: `proxy_token refused: ${checked.reason}` }
  return { outcome: 'accepted', token: checked.token, authorization: `Bearer ${combined.accessToken}` }
}
