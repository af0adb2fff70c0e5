import { createHash } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { Claims } from '#shared/jwt/own-token.ts'
import { tokenLifetime } from '../../tokens/token-lifetime.ts'
import type { AdfsUrls } from '../../urls.ts'
import type { OAuthClient, WebApi } from '../applications/application-groups.ts'
import type { OAuthGrant } from '../oauth-grant.ts'
import { openIdIssuer } from '../oauth-urls.ts'
import { jwtMembers } from './claim-names.ts'
import { pairwiseSubject } from './subject.ts'
import type { TokenSigner } from './token-signer.ts'

export interface TokenBuilder {
  readonly signer: TokenSigner
  readonly clock: Clock
  /** The identifier of the federation service. */
  readonly identifier: string
  readonly urls: AdfsUrls
}

export interface IssuedAccessToken {
  readonly token: string
  /** Seconds. */
  readonly expiresIn: number
}

/** An access token of a person, or with no `grant.user`-like part of a client alone ([MS-OIDCE] §3.2.5.2). */
export async function issueAccessToken(
  builder: TokenBuilder,
  { client, api, grant }: { client: OAuthClient; api: WebApi; grant: OAuthGrant },
): Promise<IssuedAccessToken> {
  const { authentication, user, scopes } = grant
  const own = {
    ...(scopes.includes('openid') && { sub: pairwiseSubject(client.clientId, user.sid, builder.identifier) }),
    ...jwtMembers(grant.claims),
    apptype: client.type,
    appid: client.clientId,
    authmethod: methodsOf(authentication.methods),
    auth_time: authentication.primary.instant,
    ver: '1.0',
    ...(scopes.length > 0 && { scp: scopes.join(' ') }),
  }
  return signedAccessToken(builder, { api, audience: grant.audience, claims: own })
}

export async function issueClientToken(
  builder: TokenBuilder,
  { client, api, audience, claims }: { client: OAuthClient; api: WebApi; audience: string; claims: Claims },
): Promise<IssuedAccessToken> {
  const own = { ...claims, apptype: client.type, appid: client.clientId, authmethod: clientMethod, ver: '1.0' }
  return signedAccessToken(builder, { api, audience, claims: own })
}

const clientMethod = 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password'

async function signedAccessToken(
  builder: TokenBuilder,
  { api, audience, claims }: { api: WebApi; audience: string; claims: Claims },
): Promise<IssuedAccessToken> {
  const now = builder.clock.now()
  const { notBefore, notOnOrAfter } = tokenLifetime(api.trust.settings, now)
  const times = { iat: seconds(now), nbf: seconds(notBefore), exp: seconds(notOnOrAfter) }
  const token = await builder.signer.sign({ aud: audience, iss: builder.identifier, ...times, ...claims })
  return { token, expiresIn: times.exp - times.iat }
}

export interface IdTokenRequest {
  readonly client: OAuthClient
  readonly grant: OAuthGrant
  readonly nonce?: string | undefined
  /** Issued in the same answer of the authorization end point (OpenID Connect Core §3.3.2.11). */
  readonly accessToken?: string | undefined
  readonly code?: string | undefined
}

const idTokenSeconds = 3600

export async function issueIdToken(
  builder: TokenBuilder,
  { client, grant, nonce, accessToken, code }: IdTokenRequest,
): Promise<string> {
  const { authentication, user, scopes } = grant
  const iat = builder.clock.seconds()
  const { multifactorInstant } = authentication
  return builder.signer.sign({
    ...(scopes.includes('allatclaims') && jwtMembers(grant.claims)),
    aud: client.clientId,
    iss: openIdIssuer(builder.urls),
    iat,
    nbf: iat,
    exp: iat + idTokenSeconds,
    auth_time: seconds(new Date(authentication.primary.instant)),
    ...(multifactorInstant !== undefined && { mfa_auth_time: seconds(new Date(multifactorInstant)) }),
    ...(nonce !== undefined && { nonce }),
    ...(accessToken !== undefined && { at_hash: halfHash(accessToken) }),
    ...(code !== undefined && { c_hash: halfHash(code) }),
    sub: pairwiseSubject(client.clientId, user.sid, builder.identifier),
    upn: user.userPrincipalName,
    unique_name: user.account,
    sid: user.sid,
    apptype: client.type,
    appid: client.clientId,
    authmethod: methodsOf(authentication.methods),
    ver: '1.0',
    scp: scopes.join(' '),
  })
}

/** One method as text, several as a list. */
function methodsOf(methods: readonly string[]): string | readonly string[] {
  return methods.length === 1 ? (methods[0] ?? '') : methods
}

/** OpenID Connect Core §3.1.3.6: the left half of the hash. */
function halfHash(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
}

function seconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000)
}
