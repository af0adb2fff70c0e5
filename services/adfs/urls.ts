/** Every address that AD FS writes or calls. */
export interface AdfsUrls {
  readonly host: string
  readonly certificateHost: string
  /** The passive end point, as in metadata. */
  readonly passive: string
  readonly metadataExchange: string
  trust(path: string): string
  /** The same on the certificate host. */
  certificateTrust(path: string): string
  readonly directory: string
  readonly mfaConnector: string
}

export function adfsUrls(hosts: { readonly adfs: string; readonly certauth: string; readonly dc: string }): AdfsUrls {
  return {
    host: hosts.adfs,
    certificateHost: hosts.certauth,
    passive: `https://${hosts.adfs}/adfs/ls/`,
    metadataExchange: `https://${hosts.adfs}/adfs/services/trust/mex`,
    trust: (path) => `https://${hosts.adfs}/adfs/services/trust/${path}`,
    certificateTrust: (path) => `https://${hosts.certauth}/adfs/services/trust/${path}`,
    directory: `https://${hosts.dc}`,
    mfaConnector: 'https://adnotifications.windowsazure.com/StrongAuthenticationService.svc/Connector',
  }
}
