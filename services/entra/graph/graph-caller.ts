import { graphId } from '../applications/first-party.ts'
import type { Person } from '../people/people.ts'
import type { Claims } from '../token/sign-token.ts'
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

type Services = Pick<GraphServices, 'signer' | 'clock' | 'config' | 'people' | 'sessionValidity'>

const audiences = new Set([graphId, 'https://graph.microsoft.com', 'https://graph.microsoft.com/'])

/** @throws GraphError unless the token is ours, for Graph, of this time, and whoever it is about still exists. */
export async function graphCaller(services: Services, authorization: string | undefined): Promise<GraphCaller> {
  const claims = await readToken(services, authorization)
  const appId = String(claims.appid ?? claims.azp ?? '')
  return claims.idtyp === 'app' ? appCaller(services, appId, claims) : userCaller(services, appId, claims)
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

async function userCaller(services: Services, appId: string, claims: Claims): Promise<UserCaller> {
  const person = await services.people.byObjectId(String(claims.oid))
  if (!person) throw new GraphError('identityGone', { reason: `there is no account ${claims.oid} any more` })
  await checkRevocation(services, person, claims)
  return { kind: 'user', appId, claims, person, scopes: wordsOf(claims.scp) }
}

/** "Continuous access evaluation": clients that can answer a challenge get one; others keep their token to its end. */
async function checkRevocation({ sessionValidity }: Services, person: Person, claims: Claims): Promise<void> {
  if (!wordsOf(claims.xms_cc, true).has('cp1')) return
  const validFrom = await sessionValidity.validFrom(person.objectId)
  if (person.accountEnabled && Number(claims.iat) * 1000 >= validFrom - 999) return
  const value = String(Math.ceil(validFrom / 1000))
  const reason = person.accountEnabled ? 'sessions were revoked after the token was issued' : 'the account is disabled'
  throw new GraphError('tokenRevoked', { reason, claims: { access_token: { nbf: { essential: true, value } } } })
}

function wordsOf(claim: unknown, lower = false): ReadonlySet<string> {
  const words = Array.isArray(claim) ? claim.map(String) : String(claim ?? '').split(' ')
  return new Set(words.filter(Boolean).map((word) => (lower ? word.toLowerCase() : word)))
}
