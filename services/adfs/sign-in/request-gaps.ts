import { Gap } from '#shared/errors.ts'
import { azureMfaProvider } from '../additional-authentication/additional-authentication.ts'
import { AdfsError } from '../errors.ts'
import type { Parameters } from './parameters.ts'
import type { PrimaryProvider } from './primary-method.ts'

const primaryProviders: readonly string[] = [
  'FormsAuthentication',
  'WindowsAuthentication',
  'CertificateAuthentication',
] satisfies readonly PrimaryProvider[]

/** The way to sign in that the user chose on a page. */
export function chosenProvider(form: Parameters): PrimaryProvider | undefined {
  const posted = form.get('AuthMethod') ?? ''
  return primaryProviders.includes(posted) ? (posted as PrimaryProvider) : undefined
}

/** Providers that the product comes with and this one does not: better no page than a page for another method. */
const missingProviders: readonly string[] = [
  'DeviceAuthentication',
  'MicrosoftPassportAuthentication',
  'AzurePrimaryAuthentication',
  'AzureMfaServerAuthentication',
  'WindowsAzureMultiFactorAuthentication',
]

/** Refuses what neither the product's own providers nor this farm's are called. */
export function refuseMissingMethods(form: Parameters): void {
  const posted = form.get('AuthMethod') ?? ''
  if (posted === '' || primaryProviders.includes(posted) || posted === azureMfaProvider) return
  const name = posted.slice(0, 60)
  if (!missingProviders.includes(posted)) {
    throw new AdfsError('unsupportedMethod', { reason: `AuthMethod=${name} is no provider of this farm` })
  }
  throw new Gap(`the authentication method ${name}`, 'services/adfs/README.md, "Other authentication providers"')
}
