import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { primaryMethods } from '../claims/authentication-methods.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import { AdfsError } from '../errors.ts'
import { type PreauthenticationParts, preauthenticationTarget, proxyToken } from '../preauthentication/sign-in.ts'
import { sessionAfterPrimary } from '../sessions/session.ts'
import type { ConversationParts } from '../sign-in/conversation.ts'
import { grantFor } from '../sign-in/grant.ts'
import { decidePolicy } from '../sign-in/policy.ts'
import type { RequestFacts } from './request-facts.ts'

export interface RelyingPartyTokenParts {
  readonly conversation: ConversationParts
  readonly preauthentication: PreauthenticationParts
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}

const tokenRequestSchema = z.object({
  appRealm: z.string().min(1),
  realm: z.string().min(1),
  username: z.string().min(1),
  password: z.base64url(),
})

/** [MS-ADFSPIP] §3.8.5.1: which failure it is stands in the body; the status tells only that there was one. */
class TokenRefused extends Error {
  readonly id: 401 | 403 | 404 | 412
  readonly status: 403 | 500

  constructor(id: TokenRefused['id'], message: string, status: TokenRefused['status'] = 403) {
    super(message)
    this.id = id
    this.status = status
  }
}

/** POST /adfs/proxy/relyingpartytoken: pre-authentication for clients that send user name and password (HTTP Basic). */
export function relyingPartyToken(parts: RelyingPartyTokenParts) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      return { authToken: Buffer.from(await issueToken(request, parts)).toString('base64') }
    } catch (error) {
      const refused = refusalOf(error)
      request.recording.note({ decision: 'relyingPartyTokenRefused', reason: refused.message })
      const { id, status } = refused
      return reply.code(status).send({ id, message: refused.message, type: 'error' })
    }
  }
}

function refusalOf(error: unknown): TokenRefused {
  if (error instanceof TokenRefused) return error
  if (error instanceof AdfsError && error.key === 'preauthenticationRefused') {
    return new TokenRefused(404, error.reason, 500)
  }
  throw error
}

async function issueToken(request: FastifyRequest, parts: RelyingPartyTokenParts): Promise<string> {
  const { data } = tokenRequestSchema.safeParse(request.body)
  if (!data) throw new TokenRefused(404, 'the body is no token request', 500)
  const { proxy, trust } = await preauthenticationTarget(data.realm, data.appRealm, parts.preauthentication)
  const user = await authenticate(request, data, parts)
  const facts = await parts.readFacts(request)
  const { clock, random, config } = parts.conversation
  const session = sessionAfterPrimary({
    by: primaryMethods.FormsAuthentication,
    ...{ id: random.uuid(), user, now: clock.now(), lifetimeMinutes: config.singleSignOnMinutes },
    ...{ insideCorporateNetwork: false, keepSignedIn: false, freshFor: request.id },
  })
  const grant = grantFor({ user, session, facts }, parts.conversation, originOf(request))
  const policy = { trust, policyTrusts: [proxy, trust], method: 'any' as const }
  const { outcome, reason } = await decidePolicy(policy, grant, { ...config, clock })
  if (outcome === 'deny') throw new TokenRefused(403, reason)
  if (outcome === 'additional') throw new TokenRefused(412, reason)
  request.recording.note({ decision: 'tokenIssued', reason, detail: { relyingParty: trust.settings.name, event: 299 } })
  const realm = proxy.settings.identifiers[0] ?? data.realm
  return proxyToken({ realm, trust, grant, parts: parts.preauthentication })
}

async function authenticate(
  request: FastifyRequest,
  { username, password }: { readonly username: string; readonly password: string },
  { conversation }: RelyingPartyTokenParts,
): Promise<DirectoryUser> {
  const typed = Buffer.from(password, 'base64url').toString('utf8')
  const result = await conversation.directory.logon(username, typed, originOf(request))
  if (result.outcome === 'refused') throw new TokenRefused(401, `the directory refused "${username}": ${result.status}`)
  request.recording.note({ user: result.user.userPrincipalName })
  return result.user
}

function originOf(request: FastifyRequest) {
  return { parent: request.id, correlationId: request.correlationId }
}
