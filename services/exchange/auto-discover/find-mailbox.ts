import type { Recipient } from '../mailbox/mailbox-store.ts'
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
  const recipient = await addressee({ recipients }, address)
  const { hybridDomains, acceptedDomains } = config.autoDiscover
  const kind = hybridDomains.includes(domain) ? 'hybrid' : acceptedDomains.includes(domain) ? 'hosted' : 'foreign'
  return locateMailbox({
    place: config.location,
    recipient: recipient?.mailboxId ? 'mailbox' : recipient?.type === 'MailUser' ? 'elsewhere' : 'unknown',
    domain: kind,
    redirectCount,
  })
}

/** By any address, or the user principal name. */
export async function addressee(
  { recipients }: Pick<Parts, 'recipients'>,
  address: string,
): Promise<Recipient | undefined> {
  return (
    (await recipients.findRecipient('emailAddress', address)) ??
    (await recipients.findRecipient('userPrincipalName', address))
  )
}

/** The address under which the other place knows a mailbox that is there, where it is not the one that was asked for. */
export function otherAddress({ externalAddress }: Recipient, asked: string): string | undefined {
  return externalAddress?.toLowerCase() === asked.toLowerCase() ? undefined : externalAddress
}

/** The AutoDiscover host of the other place for an address, or of this one. */
export function hostFor({ config }: Pick<Parts, 'config'>, to: 'onPremises' | 'online', address: string): string {
  const { onlineHost, hosts } = config.autoDiscover
  if (to === 'online') return onlineHost
  const domain = address.split('@').at(-1)?.toLowerCase() ?? ''
  return hosts[domain] ?? `autodiscover.${domain}`
}
