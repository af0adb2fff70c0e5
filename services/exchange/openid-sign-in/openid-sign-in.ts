import type { FastifyReply, FastifyRequest } from 'fastify'
import { encodeQueryValue } from '#shared/ws-federation/url-encode.ts'
import { askEvaluation, type WatchedClaims } from '../access-tokens/ask-evaluation.ts'
import type { OpenIdSignInConfig } from '../config.ts'
import { ExchangeError } from '../errors.ts'
import type { ExchangeParts } from '../parts.ts'
import type { Evidence } from '../web-session/session.ts'
import type { AcceptedSignIn, VirtualDirectory, WebSignIn } from '../web-session/web-sign-in.ts'
import { type IdTokenClaims, type IdTokenGate, idTokenGate, isHashOfCode } from './accept-id-token.ts'
import { authorizationRequestUrl } from './authorization-request.ts'
import { createNonce, isFreshNonce, nonceCookieName, nonceLifetimeMs } from './nonce.ts'
import { forgetRounds, tooManyRounds } from './redirect-history.ts'
import { returnPathFor, returnTargetOf } from './return-path.ts'
import { readState, type SignInState, writeState } from './state.ts'
import { setCompanions, tokenCookie } from './token-cookie.ts'

const nonceCookie = { path: '/', secure: true, httpOnly: true, sameSite: 'none' } as const
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Outlook on the web's sign-in with Entra ID: OpenID Connect, hybrid flow, answer by form post. Owns the redirect, the
 * check of the answer and the cookies. The code is not redeemed: the id_token says all that the pages need.
 */
export function openIdSignIn(parts: ExchangeParts, config: OpenIdSignInConfig): WebSignIn {
  const { context, sealingKey } = parts
  let gate = idTokenGate(context, config)
  return {
    cookies: tokenCookie(sealingKey, context.random),
    challenge: (request, reply, directory) => challenge(request, reply, directory, { parts, config }),
    isAnswer: (form) => form.id_token !== undefined || form.error !== undefined,
    accept: (request, reply, directory) => accept(request, reply, directory, { parts, config, gate }),
    settle: forgetRounds,
    async takenBack(request, { watched }) {
      if (!watched) return undefined
      const judgement = await askEvaluation(context, parts.config.accessTokens, request, watched)
      return judgement.outcome === 'challenge' ? judgement.reason : undefined
    },
    signOutUrl: (request) => {
      const landing = encodeQueryValue(`https://${request.host}/owa/auth/signout.aspx`)
      return `${config.authority}/common/oauth2/logout?post_logout_redirect_uri=${landing}`
    },
    forget: () => {
      gate = idTokenGate(context, config)
    },
  }
}

interface Challenge {
  readonly parts: ExchangeParts
  readonly config: OpenIdSignInConfig
}

function challenge(
  request: FastifyRequest,
  reply: FastifyReply,
  directory: VirtualDirectory,
  { parts: { context }, config }: Challenge,
): string {
  const origin = `https://${request.host}`
  const query = request.query as Record<string, unknown>
  const nonce = createNonce(context.clock.now(), context.random)
  reply.setCookie('ClientId', request.cookies.ClientId ?? newClientId(context.random.bytes(16)), {
    path: '/',
    secure: true,
    sameSite: 'none',
    maxAge: 365 * 24 * 60 * 60,
  })
  reply.setCookie('OIDC', '1', nonceCookie)
  reply.setCookie(nonceCookieName(nonce), nonce, { ...nonceCookie, maxAge: nonceLifetimeMs / 1000 })
  return authorizationRequestUrl(config, {
    redirectUri: `${origin}/${directory}/`,
    correlationId: guid.test(request.correlationId) ? request.correlationId : context.random.uuid(),
    domainHint: matching(query.realm, /^[a-z0-9.-]{1,253}$/i),
    loginHint: matching(query.login_hint, /^[^\s@]{1,64}@[^\s@]{1,253}$/),
    nonce,
    state: writeState({ nonce, returnPath: returnPathFor({ origin, pathAndQuery: request.url }) }),
  })
}

function newClientId(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase()
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined
}

interface Acceptance extends Challenge {
  readonly gate: IdTokenGate
}

async function accept(
  request: FastifyRequest,
  reply: FastifyReply,
  directory: VirtualDirectory,
  { parts, config, gate }: Acceptance,
): Promise<AcceptedSignIn> {
  const { context, recipients } = parts
  const form = request.body as Record<string, unknown>
  if (tooManyRounds(request, reply, context.clock.now()))
    throw new ExchangeError(
      'tooManyRounds',
      'Entra ID answered three times within five minutes, and no page was shown since',
    )
  const state = readState(form.state)
  takeNonceCookie(request, reply, state)
  if (typeof form.error === 'string') throw refusedByAuthority(form)
  const claims = await provenClaims(form, request, state, { parts, gate })
  const userPrincipalName = claims.upn ?? claims.unique_name ?? claims.oid
  request.recording.note({ user: userPrincipalName })
  const recipient = await recipients.findRecipient('entraObjectId', claims.oid)
  if (recipient?.mailboxId) {
    setCompanions(reply, context.random, {
      anchor: `${claims.puid ?? claims.oid}@${claims.tid}`,
      domain: userPrincipalName.split('@')[1] ?? '',
      mailboxId: recipient.mailboxId,
    })
  }
  return {
    userPrincipalName,
    recipient,
    returnTo: returnTargetOf(state?.returnPath ?? '', directory, parts.config.webHosts),
    evidence: evidenceOf(claims, config),
    ...(claims.xms_cc !== undefined && { watched: watchedOf(claims) }),
  }
}

/** A nonce counts once, whatever comes of it. */
function takeNonceCookie(request: FastifyRequest, reply: FastifyReply, state: SignInState | undefined): void {
  const name = state && nonceCookieName(state.nonce)
  if (name && request.cookies[name] !== undefined) reply.clearCookie(name, nonceCookie)
}

function refusedByAuthority(form: Readonly<Record<string, unknown>>): ExchangeError {
  const description = typeof form.error_description === 'string' ? form.error_description.slice(0, 2000) : ''
  const explanation = description ? `${form.error}: ${description}` : String(form.error)
  return new ExchangeError('signInRefused', `Entra ID answered ${explanation}`, { explanation })
}

async function provenClaims(
  form: Readonly<Record<string, unknown>>,
  request: FastifyRequest,
  state: SignInState | undefined,
  { parts: { context, singleUse }, gate }: Pick<Acceptance, 'parts' | 'gate'>,
): Promise<IdTokenClaims> {
  const now = context.clock.now()
  if (!state) throw new ExchangeError('unreadableState', 'state is missing or not of the shape that OWA writes')
  if (request.cookies[nonceCookieName(state.nonce)] !== state.nonce)
    throw new ExchangeError(
      'staleSignIn',
      'the browser has no nonce cookie for this state: another browser, or answered before',
    )
  const claims = await gate.accept(typeof form.id_token === 'string' ? form.id_token : '')
  if (claims.nonce !== state.nonce)
    throw new ExchangeError('nonceMismatch', 'the nonce of the id_token is not the one in state')
  if (!isFreshNonce(claims.nonce, now))
    throw new ExchangeError('staleSignIn', 'the nonce is older than an hour, or no nonce of OWA')
  if (typeof form.code !== 'string' || !isHashOfCode(claims.c_hash, form.code))
    throw new ExchangeError('badCodeHash', 'c_hash is not the hash of the code, or there is no code')
  await singleUse.sweep(now)
  if (!(await singleUse.claim('nonce', claims.nonce, new Date(claims.exp * 1000 + nonceLifetimeMs))))
    throw new ExchangeError('tokenReplayed', 'the nonce of this id_token was answered before')
  return claims
}

/** No more than the question needs: it is kept in a cookie. */
function watchedOf({ oid, iat, sid, ipaddr, aio, xms_cc }: IdTokenClaims): WatchedClaims {
  return { oid, iat, sid, ipaddr, aio, xms_cc }
}

function evidenceOf(claims: IdTokenClaims, config: OpenIdSignInConfig): readonly Evidence[] {
  return [
    { label: 'Signed in by', value: 'Microsoft Entra ID, OpenID Connect' },
    { label: 'Issuer', value: claims.iss },
    { label: 'Audience', value: config.clientId },
    { label: 'Claim upn', value: claims.upn ?? claims.unique_name ?? '' },
    { label: 'Claim oid', value: claims.oid },
    { label: 'Claim amr', value: claims.amr?.join(', ') ?? '' },
    { label: 'Issued at', value: new Date((claims.iat ?? 0) * 1000).toISOString() },
  ]
}
