import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AuthenticatingRequest } from '../authentication/authenticating-request.ts'
import type { AccessTokenConfig } from '../config.ts'

/** Claims of a token that was verified, by which Entra ID knows what became of its person and its sign-in. */
export interface WatchedClaims {
  readonly oid: string
  readonly iat?: number | undefined
  readonly sid?: unknown
  readonly ipaddr?: unknown
  readonly aio?: unknown
  readonly appidacr?: unknown
  readonly xms_cc?: string | readonly string[] | undefined
}

export type Judgement =
  | { readonly outcome: 'accept' }
  | { readonly outcome: 'challenge'; readonly claims: object; readonly text: string; readonly reason: string }

/**
 * "Continuous access evaluation": whether a token still is good. Clients that could not answer a challenge keep theirs
 * to its end; so does everybody while Entra ID cannot be reached.
 */
export async function askEvaluation(
  context: DeploymentContext,
  { evaluationUrl: url, clientId: resourceId }: Pick<AccessTokenConfig, 'evaluationUrl' | 'clientId'>,
  request: AuthenticatingRequest,
  claims: WatchedClaims,
): Promise<Judgement> {
  if (url === undefined || !isCapable(claims)) return { outcome: 'accept' }
  const asked = { claims, resourceId, callerAddress: request.caller.address }
  const trail = { parent: request.id, correlationId: request.correlationId }
  try {
    const answer = await context.http.send(url, { method: 'POST', authenticate: true, json: asked, ...trail })
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
    return (await answer.json()) as Judgement
  } catch (error) {
    request.recording.note({ decision: 'evaluationUnavailable', reason: (error as Error).message })
    return { outcome: 'accept' }
  }
}

function isCapable({ xms_cc }: WatchedClaims): boolean {
  return [xms_cc].flat().some((each) => String(each).toLowerCase() === 'cp1')
}
