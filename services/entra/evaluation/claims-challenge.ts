import type { TokenJudgement } from './judge-token.ts'

type Challenge = Extract<TokenJudgement, { outcome: 'challenge' }>

/** What a client is to ask for with its next token; where it moved, the address that the resource sees goes along. */
export function challengedClaims({ notBefore, reason }: Challenge, callerAddress: string | undefined): object {
  return {
    access_token: {
      nbf: { essential: true, value: String(notBefore) },
      ...(reason === 'networkMoved' && callerAddress !== undefined && { xms_rp_ipaddr: { value: callerAddress } }),
    },
  }
}

/** What went wrong in the words of the product, as its resources put it into `errorDescription`. */
export function challengeText({ reason }: Challenge): string {
  const code =
    reason === 'networkMoved' ? 'LocationConditionEvaluationSatisfied' : 'TokenIssuedBeforeRevocationTimestamp'
  return `Continuous access evaluation resulted in challenge with result: InteractionRequired and code: ${code}`
}

/** For the journal. */
export function reasonOf({ reason, policy }: Challenge): string {
  return policy === undefined ? reason : `${reason}: "${policy}" applies at the address of this call`
}
