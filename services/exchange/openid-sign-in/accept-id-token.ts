import { createHash, timingSafeEqual } from 'node:crypto'
import type { createLocalJWKSet, JSONWebKeySet, JWTPayload } from 'jose'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { OpenIdSignInConfig } from '../config.ts'
import { ExchangeError, type ExchangeErrorKey } from '../errors.ts'
import { PublishedKeys } from '../web-session/published-keys.ts'

const clockToleranceSeconds = 60

export interface IdTokenClaims extends JWTPayload {
  readonly iss: string
  readonly exp: number
  readonly nonce: string
  readonly oid: string
  readonly tid: string
  readonly c_hash?: string
  readonly upn?: string
  readonly unique_name?: string
  readonly amr?: readonly string[]
  readonly puid?: string
  readonly sid?: string
  readonly ipaddr?: string
  readonly aio?: string
  readonly xms_cc?: readonly string[]
}

export interface IdTokenGate {
  /** @throws ExchangeError unless Entra ID signed it, for us, for now, and for a person of the tenant. */
  accept(idToken: string): Promise<IdTokenClaims>
}

export function idTokenGate(context: DeploymentContext, config: OpenIdSignInConfig): IdTokenGate {
  const keys = new PublishedKeys(context.clock, async () => {
    const published = await fetchKeys(context, `${config.authority}/common/discovery/keys`)
    const { createLocalJWKSet } = await import('jose')
    return createLocalJWKSet(published)
  })
  return {
    accept: async (idToken) => {
      const claims = await verify(idToken, { config, keys, now: context.clock.now() })
      if (claims.tid !== config.tenantId)
        throw new ExchangeError('wrongTokenIssuer', `tid is ${claims.tid}, expected ${config.tenantId}`)
      return claims
    },
  }
}

type KeySet = ReturnType<typeof createLocalJWKSet>

interface Verification {
  readonly config: OpenIdSignInConfig
  readonly keys: PublishedKeys<KeySet>
  readonly now: Date
}

async function verify(idToken: string, { config, keys, now }: Verification): Promise<IdTokenClaims> {
  const { errors, jwtVerify } = await import('jose')
  const check = async (published: KeySet) => {
    const { payload } = await jwtVerify<IdTokenClaims>(idToken, published, {
      algorithms: ['RS256'],
      issuer: config.tokenIssuer,
      audience: config.clientId,
      currentDate: now,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'nbf', 'iat', 'nonce', 'oid', 'tid'],
    })
    return payload
  }
  try {
    return await check(await keys.current())
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error)
  }
  try {
    return await check(await keys.again())
  } catch (error) {
    throw refusalOf(error)
  }
}

/** Half the hash of the code (OpenID Connect Core §3.3.2.11): without it, codes could be swapped between answers. */
export function isHashOfCode(codeHash: string | undefined, code: string): boolean {
  const expected = Buffer.from(createHash('sha256').update(code).digest().subarray(0, 16).toString('base64url'))
  const actual = Buffer.from(codeHash ?? '')
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

async function fetchKeys(context: DeploymentContext, url: string): Promise<JSONWebKeySet> {
  try {
    const answer = await context.http.send(url)
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
    return (await answer.json()) as JSONWebKeySet
  } catch (error) {
    throw new ExchangeError('keysUnreachable', `${url}: ${(error as Error).message}`, { cause: error })
  }
}

const refusalsByCode: Readonly<Record<string, ExchangeErrorKey>> = {
  ERR_JWT_EXPIRED: 'tokenExpired',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'badTokenSignature',
  ERR_JWKS_NO_MATCHING_KEY: 'badTokenSignature',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'badTokenSignature',
  ERR_JOSE_ALG_NOT_ALLOWED: 'badTokenSignature',
}

const refusalsByClaim: Readonly<Record<string, ExchangeErrorKey>> = {
  iss: 'wrongTokenIssuer',
  aud: 'tokenForAnother',
  nbf: 'tokenNotYetValid',
  oid: 'noUserInToken',
  nonce: 'nonceMismatch',
}

function refusalOf(error: unknown): unknown {
  const { code, claim, message } = error as { code?: string; claim?: string; message: string }
  if (error instanceof ExchangeError || !code?.startsWith('ERR_J')) return error
  const key = refusalsByCode[code] ?? refusalsByClaim[claim ?? ''] ?? 'unreadableToken'
  return new ExchangeError(key, `id_token: ${message}`, { cause: error })
}
