import type { FastifyInstance } from 'fastify'
import { ticketAcceptor } from '#shared/kerberos/ticket-acceptor.ts'
import { kerberosTickets } from '#shared/windows-authentication/kerberos-tickets.ts'
import { type WindowsRequest, windowsAuthentication } from '#shared/windows-authentication/windows-authentication.ts'
import type { AuthenticatingRequest } from '../authentication/authenticating-request.ts'
import { Unauthenticated } from '../authentication/unauthenticated.ts'
import type { BasicParts } from '../basic-authentication/basic-gate.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { blockingPolicy, type PolicyProtocol } from '../organization/blocked-protocol.ts'
import { type DirectoryAccount, windowsAccounts } from './windows-accounts.ts'

/*
 * NTLM and Negotiate on-premises, for every virtual directory with Windows authentication.
 * Owns whose mailbox a proved account has, and the authentication policies that block it; the messages, and what binds
 * them to a connection, are shared with AD FS, and the domain controller judges them.
 */
export interface WindowsGate {
  /**
   * Whose connection it is, or becomes with this request; undefined when it brings nothing for Windows authentication.
   * `challenges` are the WWW-Authenticate lines of a refusal.
   * @throws Unauthenticated while the client has to answer a challenge; WindowsRefusal
   */
  accept(
    request: AuthenticatingRequest,
    protocol: PolicyProtocol,
    challenges: readonly string[],
  ): Promise<Recipient | undefined>
  /** Proves the server to the client, where the mechanism does (RFC 4559 §4.1). */
  answerOn(app: FastifyInstance): void
}

/** The account, or its answer to the challenge, is not accepted. */
export class WindowsRefusal extends Unauthenticated {
  override readonly code = 'windowsRefused'
}

export function windowsGate(parts: BasicParts, directoryHost: string): WindowsGate {
  const windows = windowsAuthentication(authenticationParts(parts, directoryHost))
  const answers = new WeakMap<object, string>()
  return {
    answerOn: (app) =>
      void app.addHook('onSend', async ({ raw }, reply) => {
        const answer = answers.get(raw)
        if (answer !== undefined) reply.header('www-authenticate', answer)
      }),
    async accept(request, protocol, challenges) {
      if (!isWindows(request)) return undefined
      const answer = await windows.answer(request)
      if (answer.kind === 'authenticated') {
        const recipient = await admit(parts, answer, { protocol, request, challenges })
        if (answer.authenticate) answers.set(request.raw, answer.authenticate)
        return recipient
      }
      if (request.headers.authorization === undefined) return undefined
      const { decision, reason, user } = answer
      request.recording.note({ decision, ...(user !== undefined && { user }) })
      if (decision === 'credentialsRefused') throw new WindowsRefusal(challenges, reason)
      throw new Unauthenticated(answer.challenges, reason)
    },
  }
}

function authenticationParts({ context }: BasicParts, directoryHost: string) {
  const { clock, random, scenario } = context
  const { activeDirectory, hosts } = scenario.organization
  const { netbiosName: netbiosDomain, dnsName: dnsDomain } = activeDirectory
  const directory = windowsAccounts(context, directoryHost)
  const { kerberos } = scenario.exchange.onPremises
  return {
    ...{ directory, clock, random },
    names: { netbiosDomain, dnsDomain, dnsComputer: hosts.mail },
    tickets:
      kerberos &&
      kerberosTickets({
        acceptor: ticketAcceptor(kerberos.keytab),
        directory,
        realm: kerberos.realm,
        // The alternate service account credential of an array has the names of its clients' URLs.
        hosts: [hosts.mail, hosts.autodiscover],
      }),
  }
}

/** On a connection: a session of SMTP has none. Another scheme is for others to read. */
function isWindows(request: AuthenticatingRequest): request is AuthenticatingRequest & WindowsRequest {
  const { authorization } = request.headers
  return request.raw !== undefined && (authorization === undefined || /^(?:NTLM|Negotiate)\b/i.test(authorization))
}

interface Attempt {
  readonly protocol: PolicyProtocol
  readonly request: AuthenticatingRequest
  readonly challenges: readonly string[]
}

/** "BlockLegacyAuth…" means Basic, Digest and Windows authentication alike. */
async function admit(
  { recipients, organization }: BasicParts,
  { user, package: mechanism }: { readonly user: DirectoryAccount; readonly package: string },
  { protocol, request, challenges }: Attempt,
): Promise<Recipient> {
  const { userPrincipalName, objectGuid } = user
  const policy = await blockingPolicy(organization, 'basic', protocol, objectGuid)
  if (policy !== undefined) {
    request.recording.note({ user: userPrincipalName })
    throw new WindowsRefusal(challenges, `authentication policy "${policy}" blocks ${mechanism} for ${protocol}`)
  }
  const recipient = await recipients.findRecipient('objectGuid', objectGuid)
  if (!recipient) throw new WindowsRefusal(challenges, `${userPrincipalName} is no recipient here`)
  request.recording.note({ decision: 'windowsAccepted', user: recipient.userPrincipalName, detail: { mechanism } })
  return recipient
}
