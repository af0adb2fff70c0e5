import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { TicketRefusal } from '../kerberos/ticket-acceptor.ts'
import type { Random } from '../random.ts'
import type { KerberosTickets } from './kerberos-tickets.ts'
import {
  type Authenticate,
  isNtlm,
  messageType,
  micMatches,
  NtlmRefusal,
  readAuthenticate,
  readNegotiate,
  writeChallenge,
} from './ntlm-messages.ts'
import { isKerberos, isKerberosToken, mechanisms, readSpnego, type SpnegoToken, writeSpnego } from './spnego.ts'
import type { CallOrigin, WindowsAccount, WindowsAccounts } from './windows-accounts.ts'

// Integrated Windows authentication as HTTP.sys does it: Negotiate and NTLM challenges, bound to one connection. Kerberos
// tickets are taken where a realm and a keytab are configured. NTLM answers are judged
// by the domain controller, like Netlogon's pass-through; the password hash never leaves it.

export type WindowsAnswer<Account> =
  /** 401 with these `WWW-Authenticate` headers. */
  | {
      readonly kind: 'challenge'
      readonly challenges: readonly string[]
      readonly decision: string
      readonly reason: string
      readonly user?: string | undefined
    }
  | {
      readonly kind: 'authenticated'
      readonly user: Account
      readonly package: string
      readonly authenticate?: string
    }

/** What of a request says who sends it, and on which connection. */
export type WindowsRequest = Pick<FastifyRequest, 'raw' | 'headers' | 'id' | 'correlationId'>

export interface WindowsAuthentication<Account> {
  /** Reads the Authorization header of a request on its connection. */
  answer(request: WindowsRequest): Promise<WindowsAnswer<Account>>
}

export interface WindowsAuthenticationParts<Account> {
  readonly directory: WindowsAccounts<Account>
  readonly clock: Clock
  readonly random: Random
  /** Absent while no realm is configured: then NTLM is all there is. */
  readonly tickets?: KerberosTickets<Account> | undefined
  readonly names: { readonly netbiosDomain: string; readonly dnsDomain: string; readonly dnsComputer: string }
}

/** What a connection has come to. */
type Progress =
  | {
      readonly kind: 'challenged'
      readonly negotiate: Buffer
      readonly challenge: Buffer
      readonly serverChallenge: Buffer
    }
  | { readonly kind: 'authenticated'; readonly sid: string }

type Scheme = 'NTLM' | 'Negotiate'

interface Presented {
  readonly scheme: Scheme
  /** The NTLM message inside; undefined when there is another mechanism's token, or none. */
  readonly message: Buffer | undefined
  /** The whole token, when what it offers first is a Kerberos ticket. */
  readonly ticket?: Buffer | undefined
  /** The SPNEGO frame around it, when there is one. */
  readonly spnego: SpnegoToken | undefined
}

/** The challenges of a server that knows Windows authentication, in its order. */
export const offered = ['Negotiate', 'NTLM'] as const

export function windowsAuthentication<Account extends WindowsAccount>(
  parts: WindowsAuthenticationParts<Account>,
): WindowsAuthentication<Account> {
  const connections = new WeakMap<object, Progress>()
  return {
    async answer(request) {
      const { socket } = request.raw
      const progress = connections.get(socket)
      const { authorization } = request.headers
      if (authorization === undefined) return answerWithoutToken(request, progress, parts)
      // Whatever is presented ends what was before: a challenge is good for one answer.
      connections.delete(socket)
      try {
        const presented = await readAuthorization(authorization)
        const next = await answerToken(request, presented, progress, parts)
        if (next.progress) connections.set(socket, next.progress)
        return next.answer
      } catch (error) {
        if (error instanceof NtlmRefusal) return refuse(error.message)
        throw error
      }
    },
  }
}

/** NTLM authenticates the connection: later requests on it need no header (AuthPersistence of HTTP.sys). */
async function answerWithoutToken<Account extends WindowsAccount>(
  request: WindowsRequest,
  progress: Progress | undefined,
  { directory }: WindowsAuthenticationParts<Account>,
): Promise<WindowsAnswer<Account>> {
  const sid = progress?.kind === 'authenticated' ? progress.sid : undefined
  const user = sid === undefined ? undefined : await directory.find('sid', sid, originOf(request))
  if (user?.enabled) return { kind: 'authenticated', user, package: 'NTLM' }
  return { kind: 'challenge', challenges: offered, decision: 'windowsChallenge', reason: 'no Authorization header' }
}

async function readAuthorization(header: string): Promise<Presented> {
  const [, name = '', encoded = ''] = /^([A-Za-z]+) +([A-Za-z0-9+/]+={0,2})$/.exec(header) ?? []
  const scheme = offered.find((each) => each.toLowerCase() === name.toLowerCase())
  if (!scheme) throw new NtlmRefusal('the Authorization header is neither Negotiate nor NTLM')
  const token = Buffer.from(encoded, 'base64')
  if (isNtlm(token)) return { scheme, message: token, spnego: undefined }
  if (scheme === 'Negotiate' && isKerberosToken(token)) {
    return { scheme, message: undefined, spnego: undefined, ticket: token }
  }
  const spnego = scheme === 'Negotiate' ? await readSpnego(token) : undefined
  if (!spnego) throw new NtlmRefusal(`the ${scheme} token is neither an NTLM message nor SPNEGO`)
  const inside = spnego.token && isNtlm(spnego.token) ? spnego.token : undefined
  const ticket = spnego.token && isKerberos(spnego.mechanisms?.[0]) ? token : undefined
  return { scheme, message: inside, spnego, ticket }
}

interface Step<Account> {
  readonly answer: WindowsAnswer<Account>
  readonly progress?: Progress
}

async function answerToken<Account extends WindowsAccount>(
  request: WindowsRequest,
  presented: Presented,
  progress: Progress | undefined,
  parts: WindowsAuthenticationParts<Account>,
): Promise<Step<Account>> {
  const { message } = presented
  const { tickets } = parts
  if (presented.ticket && tickets) return { answer: await redeemTicket(request, presented.ticket, tickets) }
  if (!message) return { answer: await chooseNtlm(presented) }
  switch (messageType(message)) {
    case 1:
      return challenge(message, presented, parts)
    case 3:
      if (progress?.kind !== 'challenged') {
        throw new NtlmRefusal('no challenge is open on this connection: it was answered before, or sent on another')
      }
      return judge(request, { message, presented, progress }, parts)
    default:
      throw new NtlmRefusal(`NTLM message type ${messageType(message)} is not a client's`)
  }
}

/** A ticket proves its client for this one request; the next brings another (RFC 4559 §5). */
async function redeemTicket<Account extends WindowsAccount>(
  request: WindowsRequest,
  ticket: Buffer,
  tickets: KerberosTickets<Account>,
): Promise<WindowsAnswer<Account>> {
  try {
    const { user, answer } = await tickets.redeem(ticket, originOf(request))
    const authenticate = answer && header('Negotiate', answer)
    return { kind: 'authenticated', user, package: 'Kerberos', ...(authenticate && { authenticate }) }
  } catch (error) {
    if (error instanceof TicketRefusal) return refuse(error.message)
    throw error
  }
}

/** A ticket first, and NTLM in the list: without a key of the service the server picks NTLM (RFC 4178 §4.2.2). */
async function chooseNtlm({ spnego }: Presented): Promise<WindowsAnswer<never>> {
  const listed = spnego?.mechanisms ?? []
  if (!listed.includes(mechanisms.ntlm)) {
    throw new NtlmRefusal(`no mechanism in common: the client has ${listed.join(', ') || 'none'}, this server NTLM`)
  }
  const answer = await writeSpnego({ state: 'acceptIncomplete', mechanism: mechanisms.ntlm })
  const reason = 'the server has no Kerberos key and chooses NTLM'
  return { kind: 'challenge', challenges: [header('Negotiate', answer)], decision: 'windowsChallenge', reason }
}

async function challenge<Account extends WindowsAccount>(
  negotiate: Buffer,
  { scheme, spnego }: Presented,
  { clock, random, names }: WindowsAuthenticationParts<Account>,
): Promise<Step<Account>> {
  const serverChallenge = random.bytes(8)
  const message = writeChallenge({ asked: readNegotiate(negotiate), serverChallenge, ...names, now: clock.now() })
  // The mechanism is named in the first answer only.
  const mechanism = spnego?.mechanisms ? { mechanism: mechanisms.ntlm } : {}
  const token = spnego ? await writeSpnego({ state: 'acceptIncomplete', ...mechanism, token: message }) : message
  return {
    answer: {
      kind: 'challenge',
      challenges: [header(scheme, token)],
      decision: 'windowsChallenge',
      reason: `${scheme}: the client has to answer a challenge`,
    },
    progress: { kind: 'challenged', negotiate, challenge: message, serverChallenge },
  }
}

interface Answered {
  readonly message: Buffer
  readonly presented: Presented
  readonly progress: Extract<Progress, { kind: 'challenged' }>
}

async function judge<Account extends WindowsAccount>(
  request: WindowsRequest,
  { message, presented, progress }: Answered,
  { directory }: WindowsAuthenticationParts<Account>,
): Promise<Step<Account>> {
  const claimed = readAuthenticate(message)
  if (claimed.userName === '') throw new NtlmRefusal('an anonymous NTLM sign-in')
  const { serverChallenge } = progress
  const result = await directory.networkLogon({ ...claimed, serverChallenge }, originOf(request))
  if (result.outcome === 'refused') {
    const reason = `the directory refused ${nameIn(claimed)}: ${result.status}`
    return { answer: refuse(reason, result.userPrincipalName) }
  }
  const exchange = { negotiate: progress.negotiate, challenge: progress.challenge, authenticate: message }
  if (claimed.hasMic && !micMatches(exchange, result.sessionBaseKey)) {
    return {
      answer: refuse('the message integrity code does not match: a message was changed', result.user.userPrincipalName),
    }
  }
  const completed = presented.spnego && header(presented.scheme, await writeSpnego({ state: 'acceptCompleted' }))
  return {
    answer: {
      kind: 'authenticated',
      user: result.user,
      package: 'NTLM',
      ...(completed && { authenticate: completed }),
    },
    progress: { kind: 'authenticated', sid: result.user.sid },
  }
}

function refuse(reason: string, user?: string): WindowsAnswer<never> {
  return { kind: 'challenge', challenges: offered, decision: 'credentialsRefused', reason, user }
}

function nameIn({ domain, userName }: Authenticate): string {
  return domain === '' ? `"${userName}"` : `"${domain}\\${userName}"`
}

function header(scheme: Scheme, token: Buffer): string {
  return `${scheme} ${token.toString('base64')}`
}

function originOf(request: WindowsRequest): CallOrigin {
  return { parent: request.id, correlationId: request.correlationId }
}
