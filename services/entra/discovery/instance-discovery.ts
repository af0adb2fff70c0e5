import { EntraError } from '../errors.ts'
import { loginHost, loginHosts } from '../urls.ts'

interface CloudInstance {
  readonly preferred_network: string
  readonly preferred_cache: string
  readonly aliases: readonly string[]
}

/** "National clouds": every authority that Microsoft operates, as clients keep them too. */
const instances: readonly CloudInstance[] = [
  { preferred_network: loginHost, preferred_cache: 'login.windows.net', aliases: loginHosts },
  alone('login.partner.microsoftonline.cn', ['login.chinacloudapi.cn']),
  alone('login.microsoftonline.de'),
  alone('login.microsoftonline.us', ['login.usgovcloudapi.net']),
  alone('login-us.microsoftonline.com'),
]

function alone(name: string, more: readonly string[] = []): CloudInstance {
  return { preferred_network: name, preferred_cache: name, aliases: [name, ...more] }
}

/** @throws EntraError for an authority that is none of Microsoft's: clients then refuse it. */
export function instanceDiscovery(
  authorizationEndpoint: string,
  apiVersion: string,
): Readonly<Record<string, unknown>> {
  const url = URL.canParse(authorizationEndpoint) ? new URL(authorizationEndpoint) : undefined
  if (!url || !instances.some((instance) => instance.aliases.includes(url.hostname))) {
    const known = instances.flatMap((instance) => instance.aliases).join(', ')
    throw new EntraError('unknownInstance', { reason: `"${authorizationEndpoint}" is at none of ${known}` })
  }
  const tenant = url.pathname.split('/')[1] || 'common'
  const version = url.pathname.includes('/v2.0/') ? '/v2.0' : ''
  return {
    tenant_discovery_endpoint: `https://${url.hostname}/${tenant}${version}/.well-known/openid-configuration`,
    'api-version': apiVersion,
    metadata: instances,
  }
}
