/** What AutoDiscover knows of an address. */
export interface AddressFacts {
  readonly place: 'online' | 'onPremises'
  readonly recipient: 'mailbox' | 'elsewhere' | 'unknown'
  /** `hybrid`: the organization has servers of its own for it; `hosted`: all its mailboxes are online. */
  readonly domain: 'hybrid' | 'hosted' | 'foreign'
  readonly redirectCount: number
}

export type Location =
  | { readonly outcome: 'here' }
  | { readonly outcome: 'redirect'; readonly to: 'onPremises' | 'online' }
  | { readonly outcome: 'notFound'; readonly reason: string }

/** Clients stop at ten themselves ("Autodiscover for Exchange"). */
const redirectLimit = 10

/** Where the mailbox of an address answers: here, at the other place, or nowhere. */
export function locateMailbox({ place, recipient, domain, redirectCount }: AddressFacts): Location {
  if (recipient === 'mailbox') return { outcome: 'here' }
  if (redirectCount >= redirectLimit) return notFound(`RedirectCount is ${redirectCount}: redirects end at 10`)
  if (recipient === 'elsewhere') return { outcome: 'redirect', to: place === 'online' ? 'onPremises' : 'online' }
  if (place === 'onPremises') return notFound('there is no such recipient')
  if (domain === 'foreign') return notFound('no accepted domain of the tenant has this name')
  // The difference between 200 and 302 is the product's too; it tells strangers which addresses exist.
  return { outcome: 'redirect', to: domain === 'hybrid' ? 'onPremises' : 'online' }
}

function notFound(reason: string): Location {
  return { outcome: 'notFound', reason }
}
