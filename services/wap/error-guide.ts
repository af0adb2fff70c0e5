import { type Advice, type ErrorEntry, guideTo } from '#shared/error-guide.ts'
import { catalogue } from './errors.ts'

const advice: Advice<keyof typeof catalogue> = {
  notPublished: ['No published application covers this address.', 'Publish it in the scenario (wap.applications).'],
  notRelayed: ['The path of AD FS is not among those that the proxy lets through.', 'Use it from the inside.'],
  malformedAuthToken: [
    'authToken of the pre-authentication is broken, foreign, expired or used.',
    'Start at the application; the reason in the journal says which check failed.',
  ],
  malformedRequest: ['The request has no Host, or a form that HTTP does not allow.', 'Correct the client.'],
  clientGone: ['The client hung up before the answer came.', 'Look at its time-out.'],
  backendUnreachable: ['The published server refuses connections.', 'Start it on the page Machines.'],
  backendBroken: ['The published server broke off, or its certificate is not good.', 'See its hop and the faults.'],
  backendTimeout: ['The published server did not answer in time.', 'See the faults; raise the time-out of the proxy.'],
  federationServiceUnreachable: ['AD FS does not answer the proxy.', 'Start `adfs` on the page Machines.'],
  proxyTrustMissing: ['AD FS does not take the certificate of the proxy any more.', 'Establish the trust again.'],
  unknownRelyingParty: ['The published application names a trust that AD FS has not.', 'Correct the scenario.'],
}

/** Every error of the proxy itself. */
export function wapErrors(): readonly ErrorEntry[] {
  return guideTo('Web Application Proxy', { catalogue, advice }, (key, { status, message }) => ({
    ...{ code: `WAP ${key}`, journal: key, status, message },
  }))
}
