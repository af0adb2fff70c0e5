import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AuthenticatingRequest } from '../authentication/authenticating-request.ts'
import type { AccessTokenConfig } from '../config.ts'
import { askEvaluation } from './ask-evaluation.ts'
import type { ModernAuthentication } from './auth-server.ts'
import { BearerRefusal, ClaimsChallenge, RefusedBearer } from './bearer-refusal.ts'
import { challengeDiagnostics, challengeLines, type Presented } from './challenge.ts'
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
   * @throws RefusedBearer for a token that is not good, or not any more, with the headers of the answer.
   */
  accept(request: AuthenticatingRequest, permissions: Permissions): Promise<AccessTokenClaims | undefined>
  /** The WWW-Authenticate lines for a request that brings no token. */
  challenge(presented: Presented): Promise<readonly string[]>
  /** `x-ms-diagnostics` of that challenge, where it has one. */
  diagnostics(presented: Presented, host: string): Promise<string | undefined>
}

/** A token must have one of these: delegated scopes for a person, roles for an application without one. */
export interface Permissions {
  readonly scopes: readonly string[]
  readonly roles?: readonly string[]
  /** The challenges of a refusal beside that for bearer tokens. */
  readonly offered?: readonly string[]
}

export function tokenGate(
  context: DeploymentContext,
  config: AccessTokenConfig,
  modern: () => Promise<ModernAuthentication>,
): TokenGate {
  const verifier = accessTokenVerifier(context, config)
  const accepted = async (token: string, request: AuthenticatingRequest, permissions: Permissions) => {
    const claims = await verifier.verify(token, request.hostname, await modern())
    checkPermission(claims, permissions)
    const judgement = await askEvaluation(context, config, request, claims)
    if (judgement.outcome === 'challenge') throw new ClaimsChallenge(judgement.claims, judgement.text, judgement.reason)
    return claims
  }
  const challenge = async (presented: Presented) => challengeLines({ ...config, modern: await modern() }, presented)
  return {
    challenge,
    diagnostics: async (presented, host) => challengeDiagnostics({ modern: await modern() }, presented, host),
    async accept(request, permissions) {
      const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
      if (token === undefined) return undefined
      try {
        return await accepted(token, request, permissions)
      } catch (error) {
        if (!(error instanceof BearerRefusal || error instanceof ClaimsChallenge)) throw error
        throw new RefusedBearer(
          error,
          await challenge({ bearer: true, refused: saidOf(error), offered: permissions.offered }),
        )
      }
    },
  }
}

function saidOf(error: BearerRefusal | ClaimsChallenge): Readonly<Record<string, string>> {
  if (error instanceof BearerRefusal) return { error: 'invalid_token' }
  return { error: 'insufficient_claims', claims: Buffer.from(error.claims).toString('base64') }
}

function checkPermission({ scp, roles = [] }: AccessTokenClaims, permissions: Permissions): void {
  const [granted, needed] = scp === undefined ? [roles, permissions.roles ?? []] : [scp.split(' '), permissions.scopes]
  if (needed.some((permission) => granted.includes(permission))) return
  const expected = [...permissions.scopes, ...(permissions.roles ?? [])].join(' or ')
  throw new BearerRefusal('permission', { values: { expected, value: granted.join(' ') } })
}
