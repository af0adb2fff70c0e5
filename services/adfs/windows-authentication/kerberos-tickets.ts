import { type TicketAcceptor, TicketRefusal } from '#shared/kerberos/ticket-acceptor.ts'
import type { CallOrigin, DirectoryClient } from '../directory/directory-client.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'

/** Whom a ticket is about, as the directory knows them. */
export interface TicketResult {
  readonly user: DirectoryUser
  /** For mutual authentication. */
  readonly answer: Buffer | undefined
}

export interface KerberosTickets {
  /** @throws TicketRefusal */
  redeem(token: Buffer, origin: CallOrigin): Promise<TicketResult>
}

interface TicketParts {
  readonly acceptor: TicketAcceptor
  readonly directory: DirectoryClient
  readonly realm: string
  /** `HTTP/<federation service name>`: the service principal that AD FS is known by. */
  readonly host: string
}

/** The acceptor believes the ticket; that it is for this service, and that its account is in order, is checked here. */
export function kerberosTickets({ acceptor, directory, realm, host }: TicketParts): KerberosTickets {
  const service = `HTTP/${host}@${realm}`.toLowerCase()
  return {
    async redeem(token, origin) {
      const ticket = await acceptor.accept(token)
      if (ticket.service.toLowerCase() !== service) {
        throw new TicketRefusal(`the ticket is for ${ticket.service}, this is ${service}`)
      }
      const name = accountName(ticket.client, realm)
      const user = await directory.find('account', name, origin)
      if (user?.enabled) return { user, answer: ticket.answer }
      throw new TicketRefusal(`the account of ${ticket.client} is ${user ? 'disabled' : 'not in the directory'}`)
    },
  }
}

/** `bob@CONTOSO.COM` → `bob`; only people of the own realm, and no services (RFC 4120 §6.2). */
export function accountName(principal: string, realm: string): string {
  const [, name, of] = /^([^@/\\]+)@([^@/\\]+)$/.exec(principal) ?? []
  if (name !== undefined && of?.toUpperCase() === realm.toUpperCase()) return name
  throw new TicketRefusal(`${principal} is no account of the realm ${realm}`)
}
