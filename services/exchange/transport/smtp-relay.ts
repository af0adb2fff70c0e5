import type { Address } from '#shared/http/client.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { ExchangeConfig } from '../config.ts'
import { type RefusedCopy, type Relay, RelayRefusal, type RemoteReply } from './relay-queue.ts'
import type { KeptMessage } from './transport-store.ts'

interface SmtpError {
  readonly responseCode?: number
  /** The whole line. */
  readonly response?: string
  readonly recipient?: string
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

  async function handOver(message: KeptMessage, { host, port, otherwise }: Address): Promise<readonly RefusedCopy[]> {
    const { from, to, mime } = message
    const { createTransport } = await import('nodemailer')
    const hosts = [...new Set([...context.plan.hosts.internet, ...context.plan.hosts.corp])]
    const { keyPem: key, certificatePem: cert } = await context.authority.leafFor({ name: context.name, hosts })
    const transport = createTransport({
      host,
      port,
      name: `${config.servers[0]}.${config.serverDomain}`.toLowerCase(),
      secure: false,
      requireTLS: true,
      tls: { servername: config.mail.otherHost, ca: context.authority.caPem, key, cert },
    })
    try {
      const { rejectedErrors = [] } = (await transport.sendMail({
        envelope: { from: from || '<>', to: [...to] },
        raw: mime,
      })) as { readonly rejectedErrors?: readonly SmtpError[] }
      return rejectedErrors.map((error) => ({
        address: error.recipient ?? '',
        reply: replyOf(error, config.mail.otherHost),
      }))
    } catch (error) {
      const { responseCode, command } = error as SmtpError
      if (responseCode !== undefined && responseCode >= 500)
        throw new RelayRefusal(replyOf(error as SmtpError, config.mail.otherHost))
      // Whoever never answered has not taken anything.
      if (command === 'CONN' && otherwise) return handOver(message, otherwise)
      throw error
    } finally {
      transport.close()
    }
  }
}

/** A reply without an enhanced status code stands for the most general one of its class. */
function replyOf({ response = '', responseCode = 550, message }: SmtpError, host: string): RemoteReply {
  const [, status, text] = /^\d{3}[ -](?:([245]\.\d{1,3}\.\d{1,3}) )?(.*)$/s.exec(response) ?? []
  const general = responseCode < 500 ? '4.0.0' : '5.0.0'
  return { host, code: responseCode, status: status ?? general, text: text ?? message }
}
