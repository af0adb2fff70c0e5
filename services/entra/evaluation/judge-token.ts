export interface WatchedToken {
  /** Critical events of the account when it was issued. */
  readonly events: number
}

export interface TokenCircumstances {
  readonly account: 'enabled' | 'disabled' | 'deleted'
  /** Critical events of the account up to now. */
  readonly events: number
  readonly sessionRevoked: boolean
  /** Epoch seconds of the latest event. */
  readonly eventAt: number
  /** The policy about locations that keeps the caller out there, and not where the token was issued to. */
  readonly locationPolicy: string | undefined
  /** Epoch seconds. */
  readonly now: number
}

export type TokenObjection =
  | 'accountDisabled'
  | 'accountDeleted'
  | 'sessionRevoked'
  | 'issuedBeforeEvent'
  | 'networkMoved'

export type TokenJudgement =
  | { readonly outcome: 'accept'; readonly reason: 'nothingHappened' | 'clientCannotBeTold' }
  | {
      readonly outcome: 'challenge'
      /** Epoch seconds, for the `nbf` of the challenge. */
      readonly notBefore: number
      readonly reason: TokenObjection
      /** The policy that took the token, where one did. */
      readonly policy?: string | undefined
    }

/** Of a token whose client can answer a challenge; the others keep theirs until it expires. */
export function judgeToken(token: WatchedToken, circumstances: TokenCircumstances): TokenJudgement {
  const reason = objection(token, circumstances)
  if (!reason) return { outcome: 'accept', reason: 'nothingHappened' }
  const { eventAt, now, locationPolicy } = circumstances
  if (reason === 'networkMoved') return { outcome: 'challenge', notBefore: now, reason, policy: locationPolicy }
  return { outcome: 'challenge', notBefore: eventAt > 0 ? eventAt : now, reason }
}

function objection({ events }: WatchedToken, circumstances: TokenCircumstances): TokenObjection | undefined {
  if (circumstances.account === 'deleted') return 'accountDeleted'
  if (circumstances.account === 'disabled') return 'accountDisabled'
  if (circumstances.sessionRevoked) return 'sessionRevoked'
  if (circumstances.events > events) return 'issuedBeforeEvent'
  return circumstances.locationPolicy === undefined ? undefined : 'networkMoved'
}
