import type { JSONWebKeySet, JWTPayload } from 'jose'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccessTokenConfig } from '../config.ts'
import { PublishedKeys } from '../web-session/published-keys.ts'
import { BearerRefusal } from './bearer-refusal.ts'

const clockToleranceSeconds = 300

/** What Entra ID writes into an access token of version 1 for a person ("Access token claims reference"). */
export interface AccessTokenClaims extends JWTPayload {
  readonly iss: string
  readonly aud: string
  readonly iat: number
  readonly exp: number
  readonly oid: string
  readonly tid: string
  readonly upn?: string
  readonly onprem_sid?: string
  readonly appid?: string
  readonly scp?: string
  readonly xms_cc?: string | readonly string[]
}

export interface TokenVerifier {
  /** @throws BearerRefusal unless Entra ID signed it, for this server under this name, for now. */
  verify(token: string, host: string): Promise<AccessTokenClaims>
}

/** The order is that of the diagnostics: readable, issuer, signature and times, audience. */
export function accessTokenVerifier(context: DeploymentContext, config: AccessTokenConfig): TokenVerifier {
  const keys = new PublishedKeys(context.clock, () => fetchKeys(context, config.keysUrl))
  return {
    async verify(token, host) {
      const { decodeJwt } = await import('jose')
      checkIssuer(
        config,
        readable(() => decodeJwt<AccessTokenClaims>(token)),
      )
      const claims = await verified(token, keys, context.clock.now())
      checkAudience(config, claims.aud, host)
      return claims
    },
  }
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new BearerRefusal('unreadable', { reason: `the token is no JWT: ${(cause as Error).message}`, cause })
  }
}

function checkIssuer({ issuer, tenantId }: AccessTokenConfig, { iss = '' }: Partial<AccessTokenClaims>): void {
  if (iss === issuer) return
  const tenant = /^https:\/\/sts\.windows\.net\/([^/]+)\/$/.exec(iss)?.[1]
  if (tenant !== undefined)
    throw new BearerRefusal('tenant', {
      values: { value: tenant },
      reason: `tid of iss is ${tenant}, expected ${tenantId}`,
    })
  throw new BearerRefusal('issuer', { values: { value: iss }, reason: `iss is ${iss}, expected ${issuer}` })
}

async function verified(token: string, keys: PublishedKeys<JSONWebKeySet>, now: Date): Promise<AccessTokenClaims> {
  const { createLocalJWKSet, errors, jwtVerify } = await import('jose')
  const check = async (published: JSONWebKeySet) => {
    const { payload } = await jwtVerify<AccessTokenClaims>(token, createLocalJWKSet(published), {
      algorithms: ['RS256'],
      currentDate: now,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'nbf', 'iat', 'aud', 'oid', 'tid'],
    })
    return payload
  }
  try {
    return await check(await keys.current()).catch(async (error) => {
      if (error instanceof errors.JWKSNoMatchingKey) return check(await keys.again())
      throw error
    })
  } catch (cause) {
    if (cause instanceof errors.JOSEError) throw new BearerRefusal('invalid', { reason: cause.message, cause })
    throw cause
  }
}

/** `https://host`, with or without a slash, under which the server is asked; or one of its own names. */
function checkAudience({ audiences }: AccessTokenConfig, audience: string, host: string): void {
  const expected = `https://${host}`
  const plain = String(audience).replace(/\/$/, '')
  if (plain === expected || audiences.includes(plain)) return
  const isUrl = /^https?:\/\//.test(plain)
  const reason = `aud is ${audience}, expected ${[expected, ...audiences].join(' or ')}`
  throw new BearerRefusal(isUrl ? 'audienceHost' : 'audience', { values: { expected, value: plain }, reason })
}

async function fetchKeys(context: DeploymentContext, url: string): Promise<JSONWebKeySet> {
  const answer = await context.http.send(url)
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  return (await answer.json()) as JSONWebKeySet
}
