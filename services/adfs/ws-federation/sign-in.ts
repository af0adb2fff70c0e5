import { issueSaml11Assertion } from '#shared/saml/issue-saml11.ts'
import { issueSaml20Assertion } from '#shared/saml/issue-saml20.ts'
import { saml11 } from '#shared/saml/names.ts'
import type { SigningKey } from '#shared/saml/signing-key.ts'
import type { TokenClaim } from '#shared/saml/token-claims.ts'
import { writeRequestSecurityTokenResponse } from '#shared/ws-federation/security-token-response.ts'
import { authenticationMethods, requestedAzureMethod, requestedMethod } from '../claims/authentication-methods.ts'
import { AdfsError } from '../errors.ts'
import { untrustedUrl, withExplicitPort } from '../proxy/trusted-url.ts'
import type { Parameters } from '../sign-in/parameters.ts'
import type { Freshness, Grant, SignInRequest, TokenAnswer } from '../sign-in/sign-in-request.ts'
import { encryptedFor } from '../tokens/encrypt-token.ts'
import { issueClaims } from '../tokens/issue-claims.ts'
import { tokenLifetime } from '../tokens/token-lifetime.ts'
import { buildToken, type TokenParts } from '../tokens/token-parts.ts'
import type { Trust, Trusts } from '../trusts.ts'

export interface WsFederationParts extends TokenParts {
  readonly trusts: Trusts
  readonly identifier: string
  readonly signingKey: SigningKey
}

const confirmationMinutes = 5

/** Reads a wsignin1.0 request ([MS-MWBF] §2.2.3). */
export function wsFederationSignIn(query: Parameters, key: string, parts: WsFederationParts): SignInRequest {
  const wtrealm = query.get('wtrealm') ?? ''
  const trust = trustFor(wtrealm, parts.trusts)
  const wauth = query.get('wauth')
  const method = requestedMethod(wauth)
  const relyingParty = trust.settings.name
  if (!method) throw new AdfsError('unsupportedMethod', { reason: `wauth=${wauth} is not known`, relyingParty })
  const wctx = query.get('wctx')
  const action = withExplicitPort(replyAddress(trust, query.get('wreply')))
  return {
    protocol: 'WS-Federation',
    trust,
    policyTrusts: [trust],
    freshness: freshnessOf(query, trust),
    method,
    azureMethod: requestedAzureMethod(wauth),
    loginHint: query.get('username') ?? query.get('login_hint') ?? '',
    key,
    respond: async (grant, wrongAudience): Promise<TokenAnswer> => {
      const audience = wrongAudience ?? identifierAs(wtrealm, trust)
      const wresult = await responseFor({ trust, audience, multiple: method === 'multiple' }, grant, parts)
      return { kind: 'post', action, fields: { wa: 'wsignin1.0', wresult, ...(wctx !== undefined && { wctx }) } }
    },
  }
}

function trustFor(wtrealm: string, trusts: Trusts): Trust {
  const trust = trusts.byIdentifier(wtrealm)
  if (!trust) {
    const known = trusts.all.flatMap(({ settings }) => settings.identifiers).join(', ')
    throw new AdfsError('unknownRelyingParty', {
      reason: `wtrealm "${wtrealm}" is none of [${known}]`,
      values: [wtrealm],
    })
  }
  const { name, enabled, wsFedEndpoint, protocolProfile } = trust.settings
  if (!enabled) {
    const reason = `relying party trust "${name}" is not enabled`
    throw new AdfsError('disabledRelyingParty', { reason, values: [wtrealm], relyingParty: name })
  }
  if (protocolProfile === 'SAML' || wsFedEndpoint === undefined) {
    const reason = `relying party trust "${name}" has no WS-Federation end point`
    throw new AdfsError('unknownRelyingParty', { reason, values: [wtrealm], relyingParty: name })
  }
  return trust
}

/** Configuration wins over `wreply`, which may only choose among the trust's own addresses. */
export function replyAddress({ settings }: Trust, wreply: string | undefined): string {
  const endpoint = settings.wsFedEndpoint ?? ''
  if (wreply === undefined || untrustedUrl(wreply, [endpoint, ...settings.additionalWsFedEndpoints])) return endpoint
  return wreply
}

function freshnessOf(query: Parameters, { settings }: Trust): Freshness {
  if (settings.alwaysRequireAuthentication) return { kind: 'now', reason: 'the trust always requires authentication' }
  if (query.get('prompt')?.toLowerCase() === 'login') return { kind: 'now', reason: 'prompt=login' }
  const wfresh = query.get('wfresh')
  if (wfresh === undefined || !/^\d{1,9}$/.test(wfresh)) return { kind: 'any' }
  return Number(wfresh) === 0
    ? { kind: 'now', reason: 'wfresh=0' }
    : { kind: 'maximumAge', minutes: Number(wfresh), asked: `wfresh=${wfresh}` }
}

/** As configured: relying parties compare the audience with case. */
function identifierAs(wtrealm: string, { settings }: Trust): string {
  return settings.identifiers.find((identifier) => identifier.toLowerCase() === wtrealm.toLowerCase()) ?? wtrealm
}

interface Addressee {
  readonly trust: Trust
  readonly audience: string
  /** The request asked for multiple authentication, and the token says so. */
  readonly multiple: boolean
}

async function responseFor(addressee: Addressee, grant: Grant, parts: WsFederationParts): Promise<string> {
  const { trust, audience } = addressee
  const lifetime = tokenLifetime(trust.settings, parts.clock.now())
  const assertion = await buildToken(trust, async () =>
    assertionFor(addressee, await issueClaims(trust, grant), grant, parts),
  )
  return writeRequestSecurityTokenResponse({
    assertion: await encryptedFor(trust, assertion),
    tokenType: trust.settings.wsFedTokenType,
    audience,
    created: lifetime.notBefore,
    expires: lifetime.notOnOrAfter,
  })
}

function assertionFor(
  { trust, audience, multiple }: Addressee,
  claims: readonly TokenClaim[],
  { session }: Grant,
  parts: WsFederationParts,
): Promise<string> {
  const now = parts.clock.now()
  const method = multiple ? authenticationMethods.multipleAuthentication : session.primary.method
  const view = {
    ...tokenLifetime(trust.settings, now),
    assertionId: `_${parts.random.uuid()}`,
    issuer: parts.identifier,
    issueInstant: now,
    audience,
    claims,
    authenticationInstant: new Date(session.primary.instant),
    signatureAlgorithm: trust.settings.signatureAlgorithm.endsWith('rsa-sha1') ? 'rsa-sha1' : 'rsa-sha256',
  } as const
  if (trust.settings.wsFedTokenType === saml11) {
    return issueSaml11Assertion({ ...view, authenticationMethod: method }, parts.signingKey)
  }
  const confirmationNotOnOrAfter = new Date(now.getTime() + confirmationMinutes * 60_000)
  return issueSaml20Assertion({ ...view, confirmationNotOnOrAfter, authenticationContext: method }, parts.signingKey)
}
