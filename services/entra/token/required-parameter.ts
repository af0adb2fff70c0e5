import { type RequestedAccess, requestedAccess } from '../authorize/requested-access.ts'
import { EntraError } from '../errors.ts'
import type { SignInServices } from '../sign-in/services.ts'
import type { TokenParameters } from './token-parameters.ts'
import type { TokenRequest } from './token-request.ts'

export function requiredParameter(parameters: TokenParameters, name: keyof TokenParameters): string {
  const value = parameters[name]
  if (value !== undefined) return value
  throw new EntraError('parameterMissing', { values: { name }, reason: `${name} is missing` })
}

/** What a grant that begins at the token endpoint asks for. */
export function accessOfRequest({ config }: Pick<SignInServices, 'config'>, request: TokenRequest): RequestedAccess {
  const { version, client } = request
  const { scope, resource } = request.parameters
  const tenantName = config.tenant.displayName
  return requestedAccess(config.applications, { version, scope, resource, client, tenantName })
}
