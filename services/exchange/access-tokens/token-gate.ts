import type { FastifyRequest } from 'fastify'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccessTokenConfig } from '../config.ts'
import { BearerRefusal, ClaimsChallenge } from './bearer-refusal.ts'
import { type AccessTokenClaims, accessTokenVerifier } from './verify-access-token.ts'

/*
 * Access tokens that programs present: whether they are good, for what, and whether they still are.
 * Owns verifying them, asking Entra ID about them where this deployment evaluates access continuously, and the headers
 * of a refusal; whose mailbox it is, and challenges without a token, are others'.
 * Serves no URL itself: the protocols ask `accept` for each request.
 */
export interface TokenGate {
  /**
   * The claims of the request's bearer token; undefined when it brings none, or an empty one.
   * @param permissions scopes of which the token must have one.
   * @throws BearerRefusal for a token that is not good, ClaimsChallenge for one that is not any more.
   */
  accept(request: FastifyRequest, permissions: readonly string[]): Promise<AccessTokenClaims | undefined>
}

export function tokenGate(context: DeploymentContext, config: AccessTokenConfig): TokenGate {
  const verifier = accessTokenVerifier(context, config)
  return {
    async accept(request, permissions) {
      const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
      if (token === undefined) return undefined
      const claims = await verifier.verify(token, request.hostname)
      checkPermission(claims, permissions)
      if (config.evaluationUrl !== undefined && isCapable(claims))
        await evaluate(context, { config, url: config.evaluationUrl }, request, claims)
      return claims
    },
  }
}

function checkPermission({ scp = '' }: AccessTokenClaims, permissions: readonly string[]): void {
  const granted = scp.split(' ')
  if (permissions.some((permission) => granted.includes(permission))) return
  throw new BearerRefusal('permission', { values: { expected: permissions.join(' or '), value: scp } })
}

/** "Continuous access evaluation": others could not answer a challenge, and keep their token to its end. */
function isCapable({ xms_cc }: AccessTokenClaims): boolean {
  return [xms_cc].flat().some((each) => String(each).toLowerCase() === 'cp1')
}

interface Judgement {
  readonly outcome: 'accept' | 'challenge'
  readonly reason: string
  readonly claims?: object
  readonly text?: string
}

async function evaluate(
  context: DeploymentContext,
  { config, url }: { readonly config: AccessTokenConfig; readonly url: string },
  request: FastifyRequest,
  claims: AccessTokenClaims,
): Promise<void> {
  const answer = await context.http.send(url, {
    method: 'POST',
    authenticate: true,
    json: { claims, resourceId: config.clientId, callerAddress: request.caller.address },
    parent: request.id,
    correlationId: request.correlationId,
  })
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  const { outcome, reason, claims: demanded = {}, text = '' } = (await answer.json()) as Judgement
  if (outcome === 'challenge') throw new ClaimsChallenge(demanded, text, reason)
}
