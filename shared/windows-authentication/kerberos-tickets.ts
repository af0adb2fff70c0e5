import { type TicketAcceptor, TicketRefusal } from '../kerberos/ticket-acceptor.ts'
import type { CallOrigin, WindowsAccount, WindowsAccounts } from './windows-accounts.ts'

/** Whom a ticket is about, as the directory knows them. */
export interface TicketResult<Account> {
  readonly user: Account
  /** For mutual authentication. */
  readonly answer: Buffer | undefined
}

export interface KerberosTickets<Account> {
  /** @throws TicketRefusal */
  redeem(token: Buffer, origin: CallOrigin): Promise<TicketResult<Account>>
}

interface TicketParts<Account> {
  readonly acceptor: TicketAcceptor
  readonly directory: Pick<WindowsAccounts<Account>, 'find'>
  readonly realm: string
  /** The service principals that the server is known by are `HTTP/<host>`. */
  readonly hosts: readonly string[]
}

/** The acceptor believes the ticket; that it is for this service, and that its account is in order, is checked here. */
export function kerberosTickets<Account extends Pick<WindowsAccount, 'enabled'>>({
  acceptor,
  directory,
  realm,
  hosts,
}: TicketParts<Account>): KerberosTickets<Account> {
  const services = hosts.map((host) => `HTTP/${host}@${realm}`.toLowerCase())
  return {
    async redeem(token, origin) {
      const ticket = await acceptor.accept(token)
      if (!services.includes(ticket.service.toLowerCase())) {
        throw new TicketRefusal(`the ticket is for ${ticket.service}, this is ${services.join(', ')}`)
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
