import { primaryMethods } from '../claims/authentication-methods.ts'

/** The additional authentication providers, by the names of AdditionalAuthenticationProvider. */
export const additionalProviders = ['AzureMfaAuthentication', 'CertificateAuthentication'] as const
export type AdditionalProvider = (typeof additionalProviders)[number]

export interface ProviderFacts {
  /** AdditionalAuthenticationProvider of the farm. */
  readonly enabled: readonly string[]
  /** What the additional authentication rules name (`authnmethodsproviders`); every one while they name none. */
  readonly named: readonly string[]
  /** How the session has been proved: no factor counts twice. */
  readonly methods: readonly string[]
  /** A method that only the Azure MFA adapter has was asked for. */
  readonly azureMethodRequested: boolean
  /** `AuthMethod`, as the user posted it. */
  readonly posted: string | undefined
}

export type ProviderChoice =
  | { readonly kind: AdditionalProvider }
  | { readonly kind: 'choose'; readonly providers: readonly AdditionalProvider[] }
  | { readonly kind: 'none' }

/** One provider goes straight to its page, several to the page for choosing, none to the page that says so. */
export function additionalProvider(facts: ProviderFacts): ProviderChoice {
  const { posted, azureMethodRequested } = facts
  const offered = additionalProviders.filter((each) => isOffered(each, facts))
  const chosen = offered.find((each) => each === posted)
  if (chosen) return { kind: chosen }
  if (azureMethodRequested && offered.includes('AzureMfaAuthentication')) return { kind: 'AzureMfaAuthentication' }
  const [only, another] = offered
  if (only && another) return { kind: 'choose', providers: offered }
  return { kind: only ?? 'none' }
}

function isOffered(provider: AdditionalProvider, { enabled, named, methods }: ProviderFacts): boolean {
  if (!enabled.includes(provider) || (named.length > 0 && !named.includes(provider))) return false
  return (
    provider !== 'CertificateAuthentication' || !methods.includes(primaryMethods.CertificateAuthentication.reference)
  )
}
