import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { ExchangeConfig } from '../config.ts'
import { type Relay, RelayRefusal } from './transport.ts'

/** Hands messages to the other place by SMTP, under TLS with the stack's CA ("Hybrid mail flow"). */
export function smtpRelay({
  context,
  config,
}: {
  readonly context: DeploymentContext
  readonly config: ExchangeConfig
}): Relay {
  return async ({ from, to, mime }) => {
    const address = context.mailAddress(config.mail.otherHost)
    if (!address) throw new Error(`nobody takes mail at ${config.mail.otherHost}`)
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      ...address,
      name: `${config.servers[0]}.${config.serverDomain}`.toLowerCase(),
      secure: false,
      requireTLS: true,
      tls: { servername: config.mail.otherHost, ca: context.authority.caPem },
    })
    try {
      await transport.sendMail({ envelope: { from: from || '<>', to: [...to] }, raw: mime })
    } catch (error) {
      const { responseCode, message } = error as { responseCode?: number; message: string }
      if (responseCode !== undefined && responseCode >= 500) throw new RelayRefusal(message)
      throw error
    } finally {
      transport.close()
    }
  }
}
