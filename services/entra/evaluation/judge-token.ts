export interface WatchedToken {
  /** Epoch seconds. */
  readonly issuedAt: number
  /** `xms_cc` names cp1: the client understands a claims challenge. */
  readonly capable: boolean
}

export interface TokenCircumstances {
  readonly account: 'enabled' | 'disabled' | 'deleted'
  /** Of the critical events of the account; 0 for none. */
  readonly notBefore: number
  /** Named locations decide over this tenant's sign-ins, and the caller is in others than the token was issued to. */
  readonly networkMoved: boolean
  /** Epoch seconds. */
  readonly now: number
}

export type TokenJudgement =
  | { readonly outcome: 'accept'; readonly reason: 'nothingHappened' | 'clientCannotBeTold' }
  | {
      readonly outcome: 'challenge'
      /** Tokens that are issued from then on are taken. */
      readonly notBefore: number
      readonly reason: 'accountDisabled' | 'accountDeleted' | 'issuedBeforeEvent' | 'networkMoved'
    }

/** "Continuous access evaluation": a client that cannot answer a challenge keeps its token until it expires. */
export function judgeToken(token: WatchedToken, circumstances: TokenCircumstances): TokenJudgement {
  const reason = objection(token, circumstances)
  if (!reason) return { outcome: 'accept', reason: 'nothingHappened' }
  if (!token.capable) return { outcome: 'accept', reason: 'clientCannotBeTold' }
  const { notBefore, now } = circumstances
  return { outcome: 'challenge', notBefore: reason === 'issuedBeforeEvent' ? notBefore : now, reason }
}

function objection({ issuedAt }: WatchedToken, { account, notBefore, networkMoved }: TokenCircumstances) {
  if (account === 'deleted') return 'accountDeleted'
  if (account === 'disabled') return 'accountDisabled'
  if (issuedAt < notBefore) return 'issuedBeforeEvent'
  return networkMoved ? 'networkMoved' : undefined
}
