import { createHash, type KeyObject } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import { encodedHeader, signJwt } from '#shared/jwt/own-token.ts'
import { AdfsError } from '../errors.ts'
import type { PublishedEndpoints } from '../proxy/published-settings.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import { untrustedUrl, withParameter } from '../proxy/trusted-url.ts'
import type { Parameters } from '../sign-in/parameters.ts'
import type { Grant, SignInRequest } from '../sign-in/sign-in-request.ts'
import type { Trust, Trusts } from '../trusts.ts'

export interface PreauthenticationParts {
  readonly trusts: Trusts
  readonly identifier: string
  readonly clock: Clock
  /** What proxies have published for a trust, besides what the trust itself names. */
  readonly publishedEndpoints: (objectIdentifier: string) => Promise<PublishedEndpoints>
  readonly signingKey: { readonly privateKey: KeyObject; readonly certificateDer: Buffer }
}

const lifetimeSeconds = 3600

/** Reads what Web Application Proxy asks before it lets a browser through ([MS-ADFSPIP] §3.12.5.1.1). */
export async function preauthenticationSignIn(
  query: Parameters,
  key: string,
  facts: RequestFacts,
  parts: PreauthenticationParts,
): Promise<SignInRequest> {
  if (facts.insideCorporateNetwork) refuse('pre-authentication requests have to come through the proxy')
  const realm = query.get('realm') ?? ''
  const { proxy, trust, trustedEndpoints } = await preauthenticationTarget(realm, query.get('appRealm') ?? '', parts)
  const returnUrl = query.get('returnUrl') ?? ''
  const distrust = untrustedUrl(returnUrl, trustedEndpoints)
  if (distrust) refuse(`returnUrl ${distrust} (proxyTrustedEndpoints of "${trust.settings.name}")`, trust)
  return {
    protocol: 'Web Application Proxy',
    trust,
    policyTrusts: [proxy, trust],
    freshness: trust.settings.alwaysRequireAuthentication
      ? { kind: 'now', reason: 'the trust always requires authentication' }
      : { kind: 'any' },
    method: 'any',
    loginHint: '',
    key,
    respond: async (grant) => {
      const token = await proxyToken({ realm: proxy.settings.identifiers[0] ?? realm, trust, grant, parts })
      const location = withParameter(returnUrl, 'authToken', token)
      return { kind: 'redirect', location: withParameter(location, 'client-request-id', grant.facts.correlationId) }
    },
  }
}

interface PreauthenticationTarget {
  readonly proxy: Trust
  readonly trust: Trust
  readonly trustedEndpoints: readonly string[]
}

/** The trust of the proxy itself, and the one of the application that it pre-authenticates for. */
export async function preauthenticationTarget(
  realm: string,
  appRealm: string,
  parts: PreauthenticationParts,
): Promise<PreauthenticationTarget> {
  const proxy = parts.trusts.byIdentifier(realm)
  if (proxy?.settings.type !== 'WebApplicationProxy' || !proxy.settings.enabled) {
    refuse(`realm "${realm}" is no enabled trust of type WebApplicationProxy`)
  }
  const trust = parts.trusts.byObjectIdentifier(appRealm)
  if (!trust) return refuse(`appRealm "${appRealm}" is the object identifier of no trust`)
  const { name, enabled, publishedThroughProxy, objectIdentifier, proxyTrustedEndpoints } = trust.settings
  if (!enabled) return refuse(`relying party trust "${name}" is not enabled`, trust)
  const published = (await parts.publishedEndpoints(objectIdentifier)).trustedEndpoints
  if (!publishedThroughProxy && published.length === 0) {
    return refuse(`relying party trust "${name}" is not published through the proxy`, trust)
  }
  return { proxy, trust, trustedEndpoints: [...proxyTrustedEndpoints, ...published] }
}

function refuse(reason: string, trust?: Trust): never {
  throw new AdfsError('preauthenticationRefused', { reason, relyingParty: trust?.settings.name })
}

interface ProxyTokenParts {
  readonly realm: string
  readonly trust: Trust
  readonly grant: {
    readonly session: Pick<Grant['session'], 'primary'>
    readonly user: Pick<Grant['user'], 'userPrincipalName'>
    readonly facts: Pick<Grant['facts'], 'correlationId'>
    readonly device?: Grant['device']
  }
  readonly parts: PreauthenticationParts
}

/** The authToken: a JWT for the proxy and this application alone ([MS-ADFSPIP] §2.2.3). */
export async function proxyToken({ realm, trust, grant, parts }: ProxyTokenParts): Promise<string> {
  const { privateKey, certificateDer } = parts.signingKey
  const now = parts.clock.seconds()
  const x5t = createHash('sha1').update(certificateDer).digest('base64url')
  const payload = {
    ver: '1.0',
    aud: realm,
    iss: parts.identifier,
    iat: now,
    exp: now + lifetimeSeconds,
    relyingpartytrustid: trust.settings.objectIdentifier,
    deviceregid: grant.device?.device.thumbprint ?? '',
    authinstant: Math.floor(Date.parse(grant.session.primary.instant) / 1000),
    authmethod: grant.session.primary.method,
    upn: grant.user.userPrincipalName,
    clientreqid: grant.facts.correlationId,
  }
  return signJwt(encodedHeader({ typ: 'JWT', alg: 'RS256', x5t }), payload, privateKey)
}
