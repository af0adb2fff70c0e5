import type { ExchangeParts } from '../parts.ts'
import { type Location, locateMailbox } from './locate-mailbox.ts'

type Parts = Pick<ExchangeParts, 'config' | 'recipients'>

/** @param redirectCount how often the client was sent on before. */
export async function findMailbox(
  { config, recipients }: Parts,
  address: string,
  redirectCount: number,
): Promise<Location> {
  const domain = address.split('@').at(-1)?.toLowerCase() ?? ''
  const recipient =
    (await recipients.findRecipient('emailAddress', address)) ??
    (await recipients.findRecipient('userPrincipalName', address))
  const { hybridDomains, acceptedDomains } = config.autoDiscover
  const kind = hybridDomains.includes(domain) ? 'hybrid' : acceptedDomains.includes(domain) ? 'hosted' : 'foreign'
  return locateMailbox({
    place: config.location,
    recipient: recipient?.mailboxId ? 'mailbox' : recipient?.type === 'MailUser' ? 'elsewhere' : 'unknown',
    domain: kind,
    redirectCount,
  })
}

/** The AutoDiscover host of the other place for an address, or of this one. */
export function hostFor({ config }: Pick<Parts, 'config'>, to: 'onPremises' | 'online', address: string): string {
  const { onlineHost, hosts } = config.autoDiscover
  if (to === 'online') return onlineHost
  const domain = address.split('@').at(-1)?.toLowerCase() ?? ''
  return hosts[domain] ?? `autodiscover.${domain}`
}
