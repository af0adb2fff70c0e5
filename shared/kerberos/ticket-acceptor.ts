// Kerberos tickets as a service accepts them, by MIT's or Heimdal's GSS-API through the optional package "kerberos".
// The library owns decryption, the time check (by the machine's own clock) and the replay cache; nothing is done here.

export interface AcceptedTicket {
  /** `bob@CONTOSO.COM` */
  readonly client: string
  /** `HTTP/adfs.contoso.com@CONTOSO.COM` */
  readonly service: string
  /** The token that proves the service to the client. */
  readonly answer: Buffer | undefined
}

/** Takes the token of HTTP's Negotiate: SPNEGO or Kerberos itself. */
export interface TicketAcceptor {
  /** @throws TicketRefusal */
  accept(token: Buffer): Promise<AcceptedTicket>
}

/** Why a ticket is not accepted: the library's words, or that there is no library. */
export class TicketRefusal extends Error {}

/** With the keys of a keytab file. GSS-API finds it by the environment, so a process can use one such file at a time. */
export function ticketAcceptor(keytab: string): TicketAcceptor {
  return {
    async accept(token) {
      const { initializeServer } = await library()
      process.env.KRB5_KTNAME = `FILE:${keytab}`
      try {
        const server = await initializeServer('')
        await server.step(token.toString('base64'))
        const { username, targetName, response, contextComplete } = server
        if (!contextComplete || !username || !targetName) throw new Error('the exchange is not complete')
        return { client: username, service: targetName, answer: response ? Buffer.from(response, 'base64') : undefined }
      } catch (error) {
        throw new TicketRefusal(`the ticket is refused: ${(error as Error).message}`, { cause: error })
      }
    },
  }
}

async function library() {
  try {
    return await import('kerberos')
  } catch (error) {
    const reason = 'the optional package "kerberos" is not installed, or was not built (it needs the Kerberos headers)'
    throw new TicketRefusal(reason, { cause: error })
  }
}
