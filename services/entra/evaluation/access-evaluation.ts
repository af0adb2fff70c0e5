import type { Clock } from '#shared/clock.ts'
import type { ConditionalAccessStore } from '../conditional-access/policy-store.ts'
import type { PeopleStore } from '../people/people.ts'
import type { CriticalEvents } from './critical-events.ts'
import { judgeToken, type TokenJudgement } from './judge-token.ts'

/** Claims of an access token that its resource has verified. */
export interface PresentedToken {
  readonly oid?: unknown
  readonly iat?: unknown
  readonly ipaddr?: unknown
  readonly xms_cc?: unknown
}

export interface AccessEvaluation {
  /** Asked by a resource for each call, with the address that the call comes from. */
  judge(token: PresentedToken, callerAddress: string | undefined): Promise<TokenJudgement>
}

export interface EvaluationParts {
  readonly events: CriticalEvents
  readonly people: Pick<PeopleStore, 'byObjectId'>
  readonly conditionalAccess: Pick<ConditionalAccessStore, 'policies' | 'locate'>
  readonly clock: Clock
}

/** Tokens say that they are five minutes older than they are (token-claims.ts). */
const backdating = 300

export function createAccessEvaluation(parts: EvaluationParts): AccessEvaluation {
  const { events, people, clock } = parts
  return {
    async judge(token, callerAddress) {
      const objectId = String(token.oid)
      const person = await people.byObjectId(objectId)
      return judgeToken(
        { issuedAt: Number(token.iat) + backdating, capable: capabilitiesOf(token.xms_cc).includes('cp1') },
        {
          account: person ? (person.accountEnabled ? 'enabled' : 'disabled') : 'deleted',
          notBefore: events.notBefore(objectId),
          networkMoved: hasMoved(parts, token.ipaddr, callerAddress),
          now: clock.seconds(),
        },
      )
    },
  }
}

function capabilitiesOf(claim: unknown): readonly string[] {
  return [claim].flat().map((each) => String(each).toLowerCase())
}

/** Only where a policy looks at locations: an address of its own is no reason to sign in again. */
function hasMoved({ conditionalAccess }: EvaluationParts, issuedTo: unknown, now: string | undefined): boolean {
  if (typeof issuedTo !== 'string' || now === undefined || issuedTo === now) return false
  const matters = conditionalAccess.policies
    .all()
    .some(({ state, conditions }) => state === 'enabled' && conditions.locations != null)
  if (!matters) return false
  const placesOf = (address: string) => {
    const { namedLocationIds, isTrusted } = conditionalAccess.locate(address)
    return JSON.stringify([[...namedLocationIds].sort(), isTrusted])
  }
  return placesOf(issuedTo) !== placesOf(now)
}

/** The JSON of a claims challenge, base64 as `WWW-Authenticate` carries it ("Claims challenge"). */
export function claimsChallenge({ notBefore }: { readonly notBefore: number }): string {
  const claims = { access_token: { nbf: { essential: true, value: String(notBefore) } } }
  return Buffer.from(JSON.stringify(claims)).toString('base64')
}

/** The whole header of the 401; `resourceId` is the appId of the API. */
export function challengeHeader(resourceId: string, challenge: { readonly notBefore: number }): string {
  return [
    'Bearer realm=""',
    'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    `client_id="${resourceId}"`,
    'error="insufficient_claims"',
    `claims="${claimsChallenge(challenge)}"`,
  ].join(', ')
}
