import type { TokenFacts } from '#shared/journal.ts'
import type { StitchedEvent } from '../journal/stitch.ts'
import { verdictOf } from '../journal/verdict.ts'

/** What can be said of a token's signature from all that was seen, for people. */
export function signatureState(token: TokenFacts, event: StitchedEvent, all: readonly StitchedEvent[]): string {
  const signature = signedHow(token)
  if (token.way === 'issued') return `${signature} by ${event.deployment}`
  const received = receivedHow(token, event)
  return `${signature}; ${originOf(token, all, received)}; ${received} by ${event.deployment}`
}

/** An NTLM message that is answered 401 is one of several; any other proof was not good enough. */
function receivedHow({ kind }: TokenFacts, event: StitchedEvent): string {
  if (event.status === 401) return kind === 'NTLM message' ? 'challenged' : 'refused'
  const verdict = verdictOf(event)
  return verdict === 'refused' || verdict === 'error' ? 'refused' : 'accepted'
}

function signedHow({ signature }: TokenFacts): string {
  const { algorithm, key, certificate, state, over } = signature
  if (state === 'opaque') return 'opaque, handed out'
  if (state === 'encrypted') return 'encrypted'
  if (state === 'none') return 'unsigned'
  const named = key ?? certificate
  const parts = [algorithm, named && `key ${String(named)}`, over && `over the ${String(over)}`].filter(Boolean)
  return parts.length > 0 ? `signed (${parts.join(', ')})` : 'unreadable'
}

const doneBy: Readonly<Record<string, string>> = { opaque: 'handed out', none: 'sent' }

function originOf(token: TokenFacts, all: readonly StitchedEvent[], received: string): string {
  const { state } = token.signature
  const issuer = issuerOf(all, ({ fingerprint }) => fingerprint === token.fingerprint)
  if (issuer) return `the very bytes that ${issuer} ${doneBy[String(state)] ?? 'signed'}`
  if (state !== undefined) return 'from no deployment here'
  const words = JSON.stringify(token.claims)
  const sameWords = issuerOf(all, ({ kind, claims }) => kind === token.kind && JSON.stringify(claims) === words)
  if (sameWords === undefined || words === '{}')
    return 'not as any deployment here signed it: from outside, of a machine, or changed on the way'
  if (received === 'accepted') return `what ${sameWords} signed, written anew`
  return `invalid: the words that ${sameWords} signed, under another signature`
}

function issuerOf(all: readonly StitchedEvent[], isIt: (token: TokenFacts) => boolean): string | undefined {
  return all.find(({ tokens }) => tokens?.some((token) => token.way === 'issued' && isIt(token)))?.deployment
}
