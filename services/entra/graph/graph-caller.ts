import type { FastifyRequest } from 'fastify'
import type { Claims } from '#shared/jwt/own-token.ts'
import { graphId } from '../applications/first-party.ts'
import { challengedClaims, challengeText, reasonOf } from '../evaluation/claims-challenge.ts'
import type { Person } from '../people/people.ts'
import { issuerOf } from '../urls.ts'
import { GraphError } from './graph-error.ts'
import type { GraphServices } from './graph-services.ts'

/** Whoever a token speaks for. */
export type GraphCaller = UserCaller | AppCaller

interface AnyCaller {
  /** The client. */
  readonly appId: string
  readonly claims: Claims
}

export interface UserCaller extends AnyCaller {
  readonly kind: 'user'
  readonly person: Person
  readonly scopes: ReadonlySet<string>
}

export interface AppCaller extends AnyCaller {
  readonly kind: 'app'
  readonly servicePrincipalId: string
  readonly roles: ReadonlySet<string>
}

type Services = Pick<GraphServices, 'signer' | 'clock' | 'config' | 'people' | 'evaluation'>

/** How a token came. */
export interface PresentedCall {
  readonly authorization: string | undefined
  /** Where the call comes from. */
  readonly address: string
}

export function presentedBy({ headers, caller }: FastifyRequest): PresentedCall {
  return { authorization: headers.authorization, address: caller.address }
}

const audiences = new Set([graphId, 'https://graph.microsoft.com', 'https://graph.microsoft.com/'])

/** @throws GraphError unless the token is ours, for Graph, of this time, and whoever it is about still exists. */
export async function graphCaller(services: Services, presented: PresentedCall): Promise<GraphCaller> {
  const claims = await readToken(services, presented.authorization)
  const appId = String(claims.appid ?? claims.azp ?? '')
  return claims.idtyp === 'app'
    ? appCaller(services, appId, claims)
    : userCaller(services, { appId, claims, address: presented.address })
}

async function readToken({ signer, clock, config }: Services, authorization: string | undefined): Promise<Claims> {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) throw new GraphError('tokenEmpty', { reason: 'no bearer token was sent' })
  if (!token.includes('.')) throw new GraphError('tokenMalformed')
  const claims = await signer.read(token)
  if (!claims) throw new GraphError('tokenSignature', { reason: 'the token is not signed by a published key' })
  const now = clock.seconds()
  if (!(Number(claims.exp) > now && Number(claims.nbf) <= now)) {
    const reason = `nbf is ${claims.nbf}, exp is ${claims.exp}, and the clock says ${now}`
    throw new GraphError('tokenExpired', { reason })
  }
  if (!audiences.has(String(claims.aud))) {
    throw new GraphError('tokenAudience', { reason: `aud is ${claims.aud}, expected ${[...audiences].join(' or ')}` })
  }
  if (claims.iss !== issuerOf(1, config.tenant.id)) {
    throw new GraphError('tokenIssuer', { reason: `iss is ${claims.iss}, expected ${issuerOf(1, config.tenant.id)}` })
  }
  return claims
}

function appCaller({ config }: Services, appId: string, claims: Claims): AppCaller {
  const servicePrincipal = config.applications.byId(appId)?.servicePrincipal
  if (servicePrincipal?.accountEnabled !== true || servicePrincipal.id !== claims.oid) {
    throw new GraphError('identityGone', { reason: `the service principal of ${appId} is gone or disabled` })
  }
  return { kind: 'app', appId, claims, servicePrincipalId: servicePrincipal.id, roles: wordsOf(claims.roles) }
}

async function userCaller(
  services: Services,
  { appId, claims, address }: { readonly appId: string; readonly claims: Claims; readonly address: string },
): Promise<UserCaller> {
  await checkStillGood(services, claims, address)
  const person = await services.people.byObjectId(String(claims.oid))
  if (!person) throw new GraphError('identityGone', { reason: `there is no account ${claims.oid} any more` })
  return { kind: 'user', appId, claims, person, scopes: wordsOf(claims.scp) }
}

/** "Continuous access evaluation": clients that can answer a challenge get one; others keep their token to its end. */
async function checkStillGood({ evaluation }: Services, claims: Claims, address: string): Promise<void> {
  const judgement = await evaluation.judge(claims, { resourceId: graphId, callerAddress: address })
  if (judgement.outcome === 'accept') return
  throw new GraphError('tokenChallenged', {
    values: { text: challengeText(judgement) },
    reason: reasonOf(judgement),
    claims: challengedClaims(judgement, address),
  })
}

function wordsOf(claim: unknown): ReadonlySet<string> {
  const words = Array.isArray(claim) ? claim.map(String) : String(claim ?? '').split(' ')
  return new Set(words.filter(Boolean))
}
