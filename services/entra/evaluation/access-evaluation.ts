import type { Clock } from '#shared/clock.ts'
import { securityAttributesOf } from '../applications/application.ts'
import type { Circumstances } from '../circumstances/circumstances.ts'
import type { ConditionalAccessStore } from '../conditional-access/policy-store.ts'
import type { EntraConfig } from '../config.ts'
import type { PeopleStore, Person } from '../people/people.ts'
import { clientAppTypeOf } from '../sign-in/access-signals.ts'
import { readSessionNote, type SessionNote } from '../token/session-note.ts'
import { judgeToken, type TokenJudgement } from './judge-token.ts'
import { newlyApplyingPolicy } from './location-policy.ts'
import type { Revocations } from './revocations.ts'

/** Claims of an access token that its resource has verified. */
export interface PresentedToken {
  readonly oid?: unknown
  readonly sid?: unknown
  readonly ipaddr?: unknown
  readonly xms_cc?: unknown
  readonly appidacr?: unknown
  readonly aio?: unknown
}

export interface PresentedAt {
  /** appId of the API. */
  readonly resourceId: string
  /** Where the call comes from. */
  readonly callerAddress: string | undefined
}

export interface AccessEvaluation {
  /** Asked by a resource for each call. A client that cannot answer a challenge keeps its token to its end. */
  judge(token: PresentedToken, at: PresentedAt): Promise<TokenJudgement>
}

export interface EvaluationParts {
  readonly revocations: Pick<Revocations, 'standing'>
  readonly people: Pick<PeopleStore, 'byObjectId'>
  readonly conditionalAccess: Pick<ConditionalAccessStore, 'current' | 'locations' | 'locate'>
  readonly circumstances: Pick<Circumstances, 'countries' | 'whereabouts'>
  readonly config: Pick<EntraConfig, 'applications'>
  readonly clock: Clock
}

export function createAccessEvaluation(parts: EvaluationParts): AccessEvaluation {
  const { revocations, people, clock } = parts
  return {
    async judge(token, at) {
      if (!isCapable(token)) return { outcome: 'accept', reason: 'clientCannotBeTold' }
      const note = readSessionNote(token)
      const objectId = String(token.oid)
      const [person, standing] = await Promise.all([
        people.byObjectId(objectId),
        revocations.standing(objectId, String(token.sid)),
      ])
      return judgeToken(
        { events: note?.watch?.events ?? 0 },
        {
          account: person ? (person.accountEnabled ? 'enabled' : 'disabled') : 'deleted',
          events: standing.events,
          sessionRevoked: standing.sessionRevoked,
          eventAt: Math.floor(standing.eventAt / 1000),
          locationPolicy: person && note && policyAtAddress(parts, token, at, { person, note }),
          now: clock.seconds(),
        },
      )
    },
  }
}

function isCapable({ xms_cc }: PresentedToken): boolean {
  return [xms_cc].flat().some((each) => String(each).toLowerCase() === 'cp1')
}

/** The server of a confidential client calls from elsewhere than the person signed in, and always will. */
function policyAtAddress(
  { conditionalAccess, circumstances, config }: EvaluationParts,
  { ipaddr, appidacr }: PresentedToken,
  { resourceId, callerAddress: connection }: PresentedAt,
  { person, note }: { readonly person: Person; readonly note: SessionNote },
): string | undefined {
  const issuedTo = note.watch?.resourceAddress ?? ipaddr
  const isOfPerson = appidacr === undefined || appidacr === '0'
  if (!isOfPerson || note.watch?.locationsSuspended || typeof issuedTo !== 'string') return undefined
  if (connection === undefined) return undefined
  const callerAddress = circumstances.whereabouts.of(person.objectId, connection)
  if (callerAddress === issuedTo) return undefined
  const locate = (address: string) => conditionalAccess.locate(address, circumstances.countries.of(address))
  const resourceAttributes = securityAttributesOf(config.applications.byId(resourceId))
  const call = { person, resourceId, resourceAttributes, clientAppType: clientAppTypeOf(note.redirectKind) }
  return newlyApplyingPolicy(conditionalAccess, call, { from: locate(issuedTo), to: locate(callerAddress) })
}
