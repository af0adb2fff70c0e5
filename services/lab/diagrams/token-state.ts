import type { TokenFacts } from '#shared/journal.ts'
import type { StitchedEvent } from '../journal/stitch.ts'
import { verdictOf } from '../journal/verdict.ts'

/** What can be said of a token's signature from all that was seen, for people. */
export function signatureState(token: TokenFacts, event: StitchedEvent, all: readonly StitchedEvent[]): string {
  const named = [token.signature.algorithm, token.signature.key ?? token.signature.certificate].filter(Boolean)
  const signature = named.length > 0 ? `signed (${named.join(', key ')})` : 'unsigned or encrypted'
  if (token.way === 'issued') return `${signature} by ${event.deployment}`
  const issuer = all.find((each) =>
    each.tokens?.some(({ way, fingerprint }) => way === 'issued' && fingerprint === token.fingerprint),
  )
  const origin = issuer
    ? `the very bytes that ${issuer.deployment} signed`
    : 'not as any deployment here signed it: from outside, of a machine, or changed on the way'
  const verdict = verdictOf(event)
  const received = verdict === 'refused' || verdict === 'error' ? 'refused' : 'accepted'
  return `${signature}; ${origin}; ${received} by ${event.deployment}`
}
