import type { ExchangeConfig } from '../config.ts'
import { CmdletError } from './cmdlet-error.ts'

/** The distinguished name of an object of the organization's configuration. */
export function configurationName({ organizationName, serverDomain }: ExchangeConfig, relative: string): string {
  const domain = serverDomain.split('.').map((label) => `DC=${label}`)
  return `${relative},CN=Configuration,CN=${organizationName},CN=ConfigurationUnits,${domain.join(',')}`
}

export function notFound(identity: string, { servers, serverDomain }: ExchangeConfig): CmdletError {
  return new CmdletError(
    'objectNotFound',
    `The operation couldn't be performed because object '${identity}' couldn't be found on '${servers[0]}.${serverDomain}'.`,
  )
}
