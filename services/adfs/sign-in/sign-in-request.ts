import type { FastifyReply } from 'fastify'
import type { PageView } from '#shared/html/document.ts'
import type { AttributeStores } from '../claim-rules/evaluate.ts'
import type { RuleSet } from '../claim-rules/syntax.ts'
import type { RequestedMethod } from '../claims/authentication-methods.ts'
import type { ProvedDevice } from '../device-authentication/registered-device.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { SamlParticipant, Session } from '../sessions/session.ts'
import type { Trust } from '../trusts.ts'

/** What a relying party asks for, whatever protocol it speaks; the policy step and the pages read nothing else. */
export interface SignInRequest {
  readonly protocol: 'WS-Federation' | 'Web Application Proxy' | 'SAML 2.0' | 'OAuth 2.0' | 'IdP-initiated'
  /** The application that the user wants to reach. */
  readonly trust: Trust
  /** Every trust whose access control policy has to permit: the proxy's own too when it pre-authenticates. */
  readonly policyTrusts: readonly Trust[]
  readonly freshness: Freshness
  readonly method: RequestedMethod
  /** The method of the Azure MFA adapter that the request wants, and no other. */
  readonly azureMethod?: string | undefined
  /** Fills in the user name. */
  readonly loginHint: string
  /** Identifiers of the claims providers that the request names itself (SAML's IDPList). */
  readonly homeRealms?: readonly string[]
  /** Names this request; fresh credentials count for it alone. */
  readonly key: string
  /** Answers at once, whoever is signed in: the request cannot be satisfied. */
  readonly refusal?: () => Promise<TokenAnswer>
  /** Seconds that the second factor may be old (`mfa_max_age`); a request that says so wants one. */
  readonly secondFactorMaximumAge?: number
  /** Why the session is not the one that the request means; undefined when it is. */
  readonly sessionMismatch?: (session: Session) => string | undefined
  /** Answers instead of showing a page, for requests that forbid one. */
  readonly withoutPrompt?: (missing: 'credentials' | 'secondFactor') => Promise<TokenAnswer>
  /** Answers instead of the error page when a policy denies access. */
  readonly denied?: (reason: string) => Promise<TokenAnswer>
  /** What a sign-out tells; the relying party's object identifier when left out. */
  readonly visits?: string
  /** Forgets what waited for this sign-in, once it is answered. */
  readonly completed?: (reply: FastifyReply) => void
  /** Builds the token and says where it goes. */
  /** `wrongAudience` is a fault of the lab: whom the token is for, in the place of the relying party. */
  readonly respond: (grant: Grant, wrongAudience?: string) => Promise<TokenAnswer>
}

export type Freshness =
  | { readonly kind: 'any' }
  | { readonly kind: 'maximumAge'; readonly minutes: number; readonly asked: string }
  | { readonly kind: 'now'; readonly reason: string }

/** What the policy step hands to the token builders. */
export interface Grant {
  readonly user: DirectoryUser
  readonly session: Session
  readonly facts: RequestFacts
  /** The registered device that the request comes from. */
  readonly device?: ProvedDevice | undefined
  /** For the claim rules, asked on behalf of this request. */
  readonly stores: AttributeStores
  /** Of Active Directory; undefined while all of its claims count. */
  readonly acceptanceRules?: RuleSet | undefined
  readonly now: Date
  /** Where a password is changed. */
  readonly passwordChangeUrl: string
}

export type TokenAnswer =
  | TokenMessage
  /** Nothing goes to a relying party: the browser is told how it ended. */
  | { readonly kind: 'page'; readonly page: PageView; readonly refused?: never; readonly participant?: never }

export type TokenMessage = TokenDelivery & {
  /** Set when the message carries a refusal and no token. */
  readonly refused?: string
  /** Whom single logout has to tell later. */
  readonly participant?: SamlParticipant
}

type TokenDelivery =
  | { readonly kind: 'post'; readonly action: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'redirect'; readonly location: string }
