import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { announcesDeviceAuthentication } from '#shared/device-authentication/device-answer.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { AuthorizeRequest } from '../authorize/authorize-request.ts'
import { EntraError } from '../errors.ts'
import type { ForcedEffect } from '../outcomes/forced-outcomes.ts'
import type { AuthenticationDetail } from '../sign-in-log/sign-in-log.ts'
import type { Authentication } from './browser-session.ts'

/**
 * One person on the way from an authorization request to its answer, kept in the store and bound to one browser.
 * Each step adds what it learned and goes back to the dispatcher (next-step.ts); no step knows the next one.
 *
 *   identify → password | federation → user checks → Conditional Access → second factor → stay signed in → consent → answer
 */
export interface Conversation {
  readonly id: string
  /** Digest of the browser's esctx cookie. */
  readonly browser: string
  readonly flowToken: string
  readonly canary: string
  readonly correlationId: string
  /** The client answers challenges of device authentication. */
  readonly answersDeviceChallenges?: boolean | undefined
  readonly request: AuthorizeRequest
  readonly progress: Progress
}

export interface Progress {
  /** Typed, hinted or chosen. */
  readonly username?: string | undefined
  /** "Use another account" was chosen, or the session's sign-in is too old: sessions no longer count. */
  readonly ignoreSessions?: boolean | undefined
  /** The name was picked from the accounts of this browser. */
  readonly accountChosen?: boolean | undefined
  readonly firstFactor?: FirstFactor | undefined
  readonly secondFactor?: SecondFactor | undefined
  /** The second factor, once it succeeded here. */
  readonly multifactor?: Multifactor | undefined
  /** Its answer: a device, or that it has no certificate. */
  readonly device?: { readonly deviceId?: string | undefined } | undefined
  /** The device's memory of a second factor was too old for a policy. */
  readonly deviceForgotten?: boolean | undefined
  /** The person would rather type the password than the Temporary Access Pass. */
  readonly preferPassword?: boolean | undefined
  readonly registration?: RegistrationProgress | undefined
  /** The request of the registration policy was put off. */
  readonly registrationSkipped?: boolean | undefined
  /** The password was right, and must be changed before anything else. */
  readonly passwordExpired?: boolean | undefined
  /** The identity provider was asked to do multifactor authentication. */
  readonly mfaAskedOfProvider?: boolean | undefined
  /** The AuthnRequest with which the browser left for a SAML identity provider. */
  readonly samlRequestId?: string | undefined
  readonly keepSignedIn?: boolean | undefined
  /** What is to happen to this sign-in whatever the tenant says. */
  readonly forced?: ForcedEffect | { readonly effect: 'none' } | undefined
  readonly consentGiven?: boolean | undefined
  /** "Are you trying to sign in to …?" was answered with Continue. */
  readonly applicationConfirmed?: boolean | undefined
}

export interface FirstFactor {
  readonly objectId: string
  readonly userPrincipalName: string
  readonly authentication: Authentication
  /** An account of the browser's session rather than a sign-in of now; carries its `sid`. */
  readonly sid?: string | undefined
  /** The identity provider wants, or does not want, the session to outlive the browser. */
  readonly persistent?: boolean | undefined
  readonly details: readonly AuthenticationDetail[]
}

export interface SecondFactor {
  /** The method picker is shown. */
  readonly choosing?: boolean | undefined
  readonly authMethodId?: string | undefined
  readonly sessionId?: string | undefined
  readonly entropy?: number | undefined
  /** Denied, unanswered or tried too often: the person must ask for another one. */
  readonly over?: boolean | undefined
  /** There were so many wrong tries that no request is made for a while. */
  readonly limited?: boolean | undefined
}

export interface Multifactor {
  readonly at: number
  readonly combination: string
  /** What it adds to `amr`; `mfa` when left out. */
  readonly amr?: readonly string[] | undefined
  readonly details: readonly AuthenticationDetail[]
  /** Of an earlier sign-in with this browser ("Don't ask again"). */
  readonly remembered?: boolean | undefined
}

/** Where the registration of a method stands. */
export interface RegistrationProgress {
  readonly stage: 'choose' | 'number' | 'scan' | 'try' | 'passkey'
  readonly type?: 'push' | 'totp' | 'sms' | 'voice' | 'fido2' | undefined
  /** Of the registration that is tried. */
  readonly id?: string | undefined
  readonly sessionId?: string | undefined
  readonly entropy?: number | undefined
  /** The name of a passkey to be. */
  readonly name?: string | undefined
}

export interface Conversations {
  /** Is kept by `save`, where somebody is to come back to it. */
  begin(request: FastifyRequest, reply: FastifyReply, authorize: AuthorizeRequest, progress?: Progress): Conversation
  /** @throws EntraError when it is unknown, over, another browser's, or the form is not of our page. */
  resume(request: FastifyRequest, proof: ConversationProof): Promise<Conversation>
  save(conversation: Conversation): Promise<void>
  end(conversation: Conversation): Promise<void>
}

/** What a page gives back; the identity provider's answer proves itself otherwise and brings no tokens. */
export interface ConversationProof {
  readonly context: string | undefined
  readonly flowToken?: string | undefined
  readonly canary?: string | undefined
  /** `flowTokenOnly`: on another host of ours, where the browser's cookie does not come along. */
  readonly needs: 'everything' | 'flowToken' | 'browserOnly' | 'flowTokenOnly'
}

const kind = 'conversation'
const lifetime = 24 * 60 * 60 * 1000
const cookie = 'esctx'
/** What every context of the product begins with. */
const contextPrefix = 'rQQIARAA'

export function contextOf(conversation: Conversation): string {
  return contextPrefix + conversation.id
}

export function conversations(parts: { expiring: ExpiringStore; clock: Clock; random: Random }): Conversations {
  const { expiring, clock, random } = parts
  const put = (conversation: Conversation) =>
    expiring.put(kind, conversation.id, { value: conversation, expiresAt: new Date(clock.now().getTime() + lifetime) })
  return {
    begin(request, reply, authorize, progress = {}) {
      const secret = browserSecret(request) ?? random.token(32)
      reply.setCookie(cookie, secret, { path: '/', secure: true, httpOnly: true, sameSite: 'none' })
      const conversation: Conversation = {
        id: random.token(24),
        browser: digest(secret),
        flowToken: `AQABAAEAAAD${random.token(32)}`,
        canary: `${random.token(24)}=1:1`,
        correlationId: request.correlationId,
        answersDeviceChallenges: announcesDeviceAuthentication(request.headers),
        request: authorize,
        progress,
      }
      return conversation
    },
    async resume(request, proof) {
      const id = proof.context?.startsWith(contextPrefix) ? proof.context.slice(contextPrefix.length) : undefined
      const found = id === undefined ? undefined : await expiring.get<Conversation>(kind, id, clock.now())
      if (!found)
        throw gone(
          proof.context === undefined
            ? 'no ctx was sent'
            : 'the sign-in of this ctx is unknown, finished or older than a day',
        )
      if (proof.needs !== 'flowTokenOnly') checkBrowser(request, found)
      checkTokens(found, proof)
      return found
    },
    save: put,
    async end(conversation) {
      await expiring.delete(kind, conversation.id)
    },
  }
}

function checkBrowser(request: FastifyRequest, found: Conversation): void {
  const secret = browserSecret(request)
  if (secret === undefined || !same(digest(secret), found.browser)) throw gone('the ctx belongs to another browser')
}

function checkTokens(found: Conversation, { flowToken, canary, needs }: ConversationProof): void {
  if (needs === 'browserOnly') return
  if (!same(flowToken ?? '', found.flowToken)) throw gone('the flowToken is not of this sign-in')
  if (needs === 'everything' && !same(canary ?? '', found.canary))
    throw gone('the canary is not of this sign-in: the form is not of our page')
}

function gone(reason: string): EntraError {
  return new EntraError('flowTokenExpired', { reason })
}

function browserSecret(request: FastifyRequest): string | undefined {
  const value = request.cookies[cookie]
  return value !== undefined && /^[\w-]{40,100}$/.test(value) ? value : undefined
}

function digest(secret: string): string {
  return hash('sha256', secret, 'base64url')
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
