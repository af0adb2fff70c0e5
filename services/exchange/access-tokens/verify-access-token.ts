import type { JWTPayload } from 'jose'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccessTokenConfig } from '../config.ts'
import { PublishedKeys } from '../web-session/published-keys.ts'
import type { AuthServer, ModernAuthentication } from './auth-server.ts'
import { BearerRefusal } from './bearer-refusal.ts'
import { KnownSignatures } from './known-signatures.ts'
import { fetchSigningKeys, type SigningCertificate } from './signing-certificates.ts'

const clockToleranceSeconds = 300

/** What Entra ID writes into an access token of version 1 ("Access token claims reference"). */
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
  readonly roles?: readonly string[]
  readonly wids?: readonly string[]
  readonly xms_cc?: string | readonly string[]
}

export interface TokenVerifier {
  /** @throws BearerRefusal unless a server of `modern` signed it, for this server under this name, for now. */
  verify(token: string, host: string, modern: ModernAuthentication): Promise<AccessTokenClaims>
}

/** The order is that of the diagnostics: readable, issuer, signature and times, audience. */
export function accessTokenVerifier(context: DeploymentContext, config: AccessTokenConfig): TokenVerifier {
  const known = new Map<string, Keys>()
  const signatures = new KnownSignatures()
  const keysOf = ({ authMetadataUrl }: AuthServer): Keys => {
    const keys =
      known.get(authMetadataUrl) ?? new PublishedKeys(context.clock, () => fetchSigningKeys(context, authMetadataUrl))
    known.set(authMetadataUrl, keys)
    return keys
  }
  return {
    async verify(token, host, { authServers }) {
      const before = signatures.find(token)
      const server = issuerAmong(authServers, before?.claims.iss ?? (await issuerOf(token)), config.tenantId)
      const verification = { keys: keysOf(server), type: server.type, now: context.clock.now() }
      const isKnown = before && (await stillHolds(before, verification))
      const claims = isKnown ? before.claims : await verified(token, verification, signatures)
      checkAudience(config, claims.aud, host)
      return claims
    },
  }
}

async function issuerOf(token: string): Promise<string | undefined> {
  const { decodeJwt } = await import('jose')
  return readable(() => decodeJwt<AccessTokenClaims>(token)).iss
}

/** As `jwtVerify` judges the times; one that fails is verified anew, so that the refusal says why. */
async function stillHolds(
  { claims, thumbprint }: NonNullable<ReturnType<KnownSignatures['find']>>,
  { keys, now }: Verification,
): Promise<boolean> {
  const seconds = Math.floor(now.getTime() / 1000)
  const { exp, nbf = 0 } = claims
  if (exp <= seconds - clockToleranceSeconds || nbf > seconds + clockToleranceSeconds) return false
  return (await keys.current()).some((key) => key.thumbprint === thumbprint)
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new BearerRefusal('unreadable', { reason: `the token is no JWT: ${(cause as Error).message}`, cause })
  }
}

function issuerAmong(servers: readonly AuthServer[], iss = '', tenantId: string): AuthServer {
  const server = servers.find(({ enabled, issuerIdentifier }) => enabled && issuerIdentifier === iss)
  if (server) return server
  const tenant = /^https:\/\/sts\.windows\.net\/([^/]+)\/$/.exec(iss)?.[1]
  if (tenant !== undefined && tenant !== tenantId)
    throw new BearerRefusal('tenant', {
      values: { value: tenant },
      reason: `tid of iss is ${tenant}, expected ${tenantId}`,
    })
  const expected = servers.map(({ issuerIdentifier }) => issuerIdentifier).join(' or ')
  throw new BearerRefusal('issuer', { values: { value: iss }, reason: `iss is ${iss}, expected ${expected}` })
}

type Keys = PublishedKeys<readonly SigningCertificate[]>

interface Verification {
  readonly keys: Keys
  readonly type: AuthServer['type']
  readonly now: Date
}

/** AD FS names people by other claims than Entra ID. */
const requiredClaims = {
  AzureAD: ['exp', 'nbf', 'iat', 'aud', 'oid', 'tid'],
  ADFS: ['exp', 'iat', 'aud'],
} as const

async function verified(
  token: string,
  { keys, type, now }: Verification,
  signatures: KnownSignatures,
): Promise<AccessTokenClaims> {
  const { decodeProtectedHeader, errors, jwtVerify } = await import('jose')
  const { x5t, kid } = readable(() => decodeProtectedHeader(token))
  const fits = ({ thumbprint }: SigningCertificate) => thumbprint === (x5t ?? kid)
  const signer = (await keys.current()).find(fits) ?? (await keys.again()).find(fits)
  if (!signer) throw new BearerRefusal('invalid', { reason: `the issuer's metadata has no key ${x5t ?? kid}` })
  try {
    const options = { algorithms: ['RS256'], currentDate: now, clockTolerance: clockToleranceSeconds }
    const { payload } = await jwtVerify<AccessTokenClaims>(token, signer.key, {
      ...options,
      requiredClaims: [...requiredClaims[type]],
    })
    signatures.keep(token, { claims: payload, thumbprint: signer.thumbprint })
    return payload
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
