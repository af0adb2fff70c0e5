import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { RemoteRefusal } from './remote-refusal.ts'

export interface TokenPair {
  readonly accessToken: string
  readonly expiresAt: number
  readonly refreshToken: string
}

export interface TokenCaller {
  readonly context: DeploymentContext
  readonly tenantId: string
  /** appId of Exchange Online. */
  readonly clientId: string
  /** The request on whose behalf; none in the background. */
  readonly parent?: string | undefined
}

/** MOBILE-ONPREM-17: the second pair, on behalf of whoever called with `assertion`, for the servers on-premises. */
export function onBehalfOf(caller: TokenCaller, assertion: string, resource: string): Promise<TokenPair> {
  return ask(caller, {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    requested_token_use: 'on_behalf_of',
    assertion,
    scope: `${resource}/EAS.AccessAsUser.All offline_access`,
  })
}

/** MOBILE-ONPREM-19: a new access token, without the person. */
export function renew(caller: TokenCaller, refreshToken: string, resource: string): Promise<TokenPair> {
  return ask(caller, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    scope: `${resource}/EAS.AccessAsUser.All offline_access`,
  })
}

interface Answer {
  readonly access_token?: string
  readonly refresh_token?: string
  readonly expires_in?: number
  readonly error?: string
  readonly error_description?: string
  readonly error_codes?: readonly number[]
  readonly claims?: string
}

/** Exchange Online proves itself as a machine of the cloud: its own registration has no secret to keep. */
async function ask(
  { context, tenantId, clientId, parent }: TokenCaller,
  form: Record<string, string>,
): Promise<TokenPair> {
  const { http, clock } = context
  const url = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`
  const options = { method: 'POST', authenticate: true, form: { client_id: clientId, ...form } } as const
  const answer = await reached(() => http.send(url, { ...options, ...(parent && { parent }) }))
  const body = (await answer.json().catch(() => ({}))) as Answer
  if (answer.status === 200 && body.access_token && body.refresh_token)
    return {
      accessToken: body.access_token,
      refreshToken: body.refresh_token,
      expiresAt: clock.now().getTime() + (body.expires_in ?? 0) * 1000,
    }
  const text = body.error_description ?? `Entra ID answered ${answer.status}`
  // An Entra ID that is down or busy has refused nobody.
  if (answer.status >= 500 || answer.status === 429)
    throw new RemoteRefusal('unreachable', `Entra ID answered ${answer.status}`)
  if (body.error_codes?.includes(500011)) throw new RemoteRefusal('resourceUnknown', text)
  throw new RemoteRefusal('signInRequired', text, { claims: body.claims })
}

export async function reached<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw new RemoteRefusal('unreachable', (error as Error).message)
  }
}
