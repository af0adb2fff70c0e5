import { Gap } from '#shared/errors.ts'
import { azureMfaProvider } from '../additional-authentication/additional-authentication.ts'
import { certificateAuthenticationGap, windowsAuthenticationGap } from '../gaps.ts'
import type { Parameters } from './parameters.ts'
import type { SignInRequest } from './sign-in-request.ts'

/** Methods that the real product has and this one does not: better no page than a page for another method. */
export function refuseMissingMethods({ method }: Pick<SignInRequest, 'method'>, form: Parameters): void {
  const posted = form.get('AuthMethod') ?? ''
  if (method === 'windows' || posted === 'WindowsAuthentication') throw windowsAuthenticationGap()
  if (method === 'certificate' || posted === 'CertificateAuthentication') throw certificateAuthenticationGap()
  if (posted === '' || posted === 'FormsAuthentication' || posted === azureMfaProvider) return
  throw new Gap(
    `the authentication method ${posted.slice(0, 60)}`,
    'services/adfs/README.md, "Other authentication providers"',
  )
}
