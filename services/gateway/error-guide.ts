import { type Advice, type ErrorEntry, guideTo } from '#shared/error-guide.ts'
import { catalogue } from './errors.ts'

const advice: Advice<keyof typeof catalogue> = {
  malformedTarget: ['The target of CONNECT or the address is no host and port.', 'Correct the client.'],
  nameNotInStack: [
    'The name is not of this world in this zone; nothing is forwarded to the internet.',
    'Exclude foreign names from the proxy, or ask the gateway of the other zone.',
  ],
  portNotOffered: ['Only 443 and 80 are there.', 'Leave the port out.'],
  schemeNotForwarded: ['The proxy was asked for another scheme.', 'Use https with CONNECT.'],
  methodNotAllowed: ['The method is not for this address.', 'Use GET.'],
  clientAddressUnreadable: [
    'The proxy user name is neither an ip-ADDRESS nor a person.',
    'Write http://ip-198.51.100.7@127.0.0.1:8080, or http://alice%40contoso.com@127.0.0.1:8080.',
  ],
  foreignHost: ['The Host of a plain request is not the gateway.', 'Set it up as a proxy, or use 127.0.0.1.'],
  deploymentUnreachable: ['The deployment behind the name does not listen.', 'Start it on the page Machines.'],
  labUnreachable: ['The lab does not run here.', 'Start it.'],
}

/** Every error of the gateways. */
export function gatewayErrors(): readonly ErrorEntry[] {
  return guideTo('Gateway', { catalogue, advice }, (key, { status }) => ({
    ...{ code: `Gateway ${key}`, journal: key, status, message: key },
  }))
}
