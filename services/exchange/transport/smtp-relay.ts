import type { Address } from '#shared/http/client.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { ExchangeConfig } from '../config.ts'
import { type Relay, RelayRefusal } from './transport.ts'
import type { KeptMessage } from './transport-store.ts'

interface SmtpError {
  readonly responseCode?: number
  readonly command?: string
  readonly message: string
}

/** Hands messages to the other place by SMTP, under TLS with the stack's CA ("Hybrid mail flow"). */
export function smtpRelay({
  context,
  config,
}: {
  readonly context: DeploymentContext
  readonly config: ExchangeConfig
}): Relay {
  return (message) => {
    const address = context.mailAddress(config.mail.otherHost)
    if (!address) throw new Error(`nobody takes mail at ${config.mail.otherHost}`)
    return handOver(message, address)
  }

  async function handOver(message: KeptMessage, { host, port, otherwise }: Address): Promise<void> {
    const { from, to, mime } = message
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      host,
      port,
      name: `${config.servers[0]}.${config.serverDomain}`.toLowerCase(),
      secure: false,
      requireTLS: true,
      tls: { servername: config.mail.otherHost, ca: context.authority.caPem },
    })
    try {
      await transport.sendMail({ envelope: { from: from || '<>', to: [...to] }, raw: mime })
    } catch (error) {
      const { responseCode, command, message: text } = error as SmtpError
      if (responseCode !== undefined && responseCode >= 500) throw new RelayRefusal(text)
      // Whoever never answered has not taken anything.
      if (command === 'CONN' && otherwise) return handOver(message, otherwise)
      throw error
    } finally {
      transport.close()
    }
  }
}
