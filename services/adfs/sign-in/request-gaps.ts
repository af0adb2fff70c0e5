import { Gap } from '#shared/errors.ts'
import { azureMfaProvider } from '../additional-authentication/additional-authentication.ts'
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

/** Methods that the real product has and this one does not: better no page than a page for another method. */
export function refuseMissingMethods(form: Parameters): void {
  const posted = form.get('AuthMethod') ?? ''
  if (posted === '' || primaryProviders.includes(posted) || posted === azureMfaProvider) return
  throw new Gap(
    `the authentication method ${posted.slice(0, 60)}`,
    'services/adfs/README.md, "Other authentication providers"',
  )
}
