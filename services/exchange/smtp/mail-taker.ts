import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type {
  SMTPServer,
  SMTPServerAuthentication,
  SMTPServerAuthenticationResponse,
  SMTPServerOptions,
  SMTPServerSession,
} from 'smtp-server'
import type { MailTaker } from '#shared/stack/deployment.ts'
import type { ExchangeParts } from '../parts.ts'
import { authenticateSession } from './authenticate-session.ts'
import { exchangeReply } from './exchange-replies.ts'
import { receiveMessage } from './receive-message.ts'
import { recordHop, sessionUser } from './record-hop.ts'
import { acceptParameters, acceptRecipient, acceptSender } from './session-rules.ts'
import { SmtpRefusal } from './smtp-refusal.ts'

/*
 * SMTP with STARTTLS: mail from anybody for mailboxes of the organization, and from its people for everybody.
 * Owns the conversation; where mail goes, transport/ knows. One port takes what the product has on 25 and 587.
 */

/** The protocol is loaded when the first client comes: most stacks never see one. */
export function mailTaker(parts: ExchangeParts): MailTaker {
  let server: Promise<SMTPServer> | undefined
  return {
    take: (socket) => {
      server ??= openServer(parts)
      server.then(
        (opened) => opened.server.emit('connection', socket),
        (err) => {
          parts.context.log.error({ err }, 'smtp')
          socket.destroy()
        },
      )
    },
    close: async () => {
      const opened = await server
      if (opened) await new Promise<void>((resolve) => opened.close(() => resolve()))
    },
  }
}

async function openServer(parts: ExchangeParts): Promise<SMTPServer> {
  const { SMTPServer } = await import('smtp-server')
  const { context } = parts
  const server: SMTPServer = new SMTPServer({
    ...(await identityOf(parts)),
    ...conversation(parts, (session) => speakAsExchange(server, session)),
  })
  server.on('error', (err: Error) => context.log.warn({ err }, 'smtp'))
  return server
}

/** The certificate of this place; that of the other one is asked for, and everybody else has none to show. */
async function identityOf({ config, context }: ExchangeParts): Promise<SMTPServerOptions> {
  const hosts = [...new Set([...context.plan.hosts.internet, ...context.plan.hosts.corp])]
  const { keyPem, certificatePem } = await context.authority.leafFor({ name: context.name, hosts })
  return {
    name: `${config.servers[0]}.${config.serverDomain}`.toLowerCase(),
    banner: 'Microsoft ESMTP MAIL Service ready',
    heloResponse: '%s Hello %s',
    key: keyPem,
    cert: certificatePem,
    ca: context.authority.caPem,
    requestCert: true,
    rejectUnauthorized: false,
    size: config.mail.largestMessage,
    maxRecipients: config.mail.mostRecipients,
    authOptional: true,
    allowInsecureAuth: false,
    authMethods: ['LOGIN', 'PLAIN', 'XOAUTH2'],
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
  }
}

/** The greeting has not been sent: the connection that the session belongs to says everything in the product's words. */
function speakAsExchange({ connections }: SMTPServer, session: SMTPServerSession): void {
  const connection = [...connections].find((each) => each.session === session)
  if (!connection) return
  const send = connection.send.bind(connection)
  connection.send = (libraryCode, data, context) => {
    const { code, text } = exchangeReply({ code: libraryCode, text: data ?? '', context })
    send(code, typeof text === 'string' ? text : [...text], false)
  }
}

function conversation(parts: ExchangeParts, begin: (session: SMTPServerSession) => void): SMTPServerOptions {
  const peers = new WeakSet<SMTPServerSession>()
  const failures = new WeakMap<SMTPServerSession, number>()
  return {
    onConnect: (session, callback) => {
      begin(session)
      offerPasswords(session, session.secure)
      callback()
    },
    onSecure: (socket, session, callback) => {
      if (isOtherPlace(socket, parts.config.mail.otherHost)) peers.add(session)
      offerPasswords(session, true)
      callback()
    },
    onAuth: (auth, session, callback) =>
      answer(parts, session, 'AUTH', () => login(parts, failures, auth, session), callback),
    onMailFrom: ({ address, args }, session, callback) => {
      const accept = async () => {
        acceptParameters('MAIL', args)
        await acceptSender(parts, session, address)
      }
      answer(parts, session, 'MAIL', accept, callback)
    },
    onRcptTo: ({ address, args }, session, callback) => {
      const accept = async () => {
        acceptParameters('RCPT', args)
        await acceptRecipient(parts, session, address)
      }
      answer(parts, session, 'RCPT', accept, callback)
    },
    onData: (stream, session, callback) => {
      // What nobody reads is let go: the answer comes after the last line.
      const discard = () => stream.resume()
      const receive = () => receiveMessage(parts, stream, session, peers.has(session))
      answer(parts, session, 'DATA', receive, callback, discard)
    },
  }
}

/** By its certificate, as the connectors of a hybrid organization know each other ("TlsSenderCertificateName"). */
function isOtherPlace(socket: Socket | TLSSocket, otherHost: string): boolean {
  if (!('getPeerCertificate' in socket) || !socket.authorized) return false
  const names = socket.getPeerCertificate().subjectaltname?.split(/,\s*/) ?? []
  return names.includes(`DNS:${otherHost}`)
}

/** What the library has for programs of other servers, and for fun. */
const foreignCommands = ['XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL']

/** As the product's connectors: nobody is asked for a password in the clear. */
function offerPasswords(session: SMTPServerSession, offered: boolean): void {
  session.disabledCommands = offered ? foreignCommands : [...foreignCommands, 'AUTH']
}

/** MaxLogonFailures of a receive connector ("Set-ReceiveConnector"). */
const mostLogonFailures = 3

async function login(
  parts: ExchangeParts,
  failures: WeakMap<SMTPServerSession, number>,
  authentication: SMTPServerAuthentication,
  session: SMTPServerSession,
): Promise<SMTPServerAuthenticationResponse> {
  try {
    return { user: await authenticateSession(parts, authentication, session) }
  } catch (error) {
    if (!(error instanceof SmtpRefusal) || error.responseCode !== 535) throw error
    const count = (failures.get(session) ?? 0) + 1
    failures.set(session, count)
    if (count < mostLogonFailures) throw error
    throw new SmtpRefusal('tooManyLogonFailures', `${count} sign-ins failed, the last because: ${error.reason}`)
  }
}

type Callback<T> = (error: (Error & { responseCode?: number }) | null, result?: T) => void

/** What is not a refusal is our fault: the client is told to come again, and loses nothing. */
function answer<T>(
  parts: ExchangeParts,
  session: SMTPServerSession,
  verb: 'AUTH' | 'MAIL' | 'RCPT' | 'DATA',
  work: () => Promise<T>,
  callback: Callback<never> | Callback<T> | ((error?: Error | null, message?: string) => void),
  discard = () => {},
): void {
  const done = callback as Callback<T>
  const broken = faultOf(parts, session, verb)
  if (broken) {
    discard()
    done(broken)
    return
  }
  work().then(
    (result) => done(null, result),
    (error: unknown) => {
      const refusal =
        error instanceof SmtpRefusal ? error : new SmtpRefusal('temporary', String((error as Error).stack ?? error))
      if (refusal !== error) parts.context.log.error({ err: error }, 'smtp')
      recordHop(parts, session, { verb, status: refusal.responseCode, decision: refusal.key, reason: refusal.reason })
      done(refusal)
    },
  )
}

/** What a fault of the lab says in the place of the server. */
function faultOf(
  parts: ExchangeParts,
  session: SMTPServerSession,
  verb: 'AUTH' | 'MAIL' | 'RCPT' | 'DATA',
): (Error & { responseCode: number }) | undefined {
  if (verb === 'AUTH') return undefined
  const fault = parts.context.strikeFault({ method: verb, user: sessionUser(session) })
  if (fault?.status === undefined) return undefined
  const { status, body = 'Service not available' } = fault
  const reason = `the fault ${fault.id ?? ''} that was set in the lab`
  recordHop(parts, session, { verb, status, decision: 'fault', reason })
  return Object.assign(new Error(body), { responseCode: status })
}
