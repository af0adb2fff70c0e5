// The package is optional: where it cannot be built, these types are all there is of it.
declare module 'kerberos' {
  export interface KerberosServer {
    /** The client's principal: `bob@CONTOSO.COM`. */
    readonly username: string
    /** The service's principal: `HTTP/adfs.contoso.com@CONTOSO.COM`. */
    readonly targetName: string | null
    /** Base64, for the client. */
    readonly response: string | null
    readonly contextComplete: boolean
    step(token: string): Promise<unknown>
  }
  /** With an empty name every key of the keytab may be used. */
  export function initializeServer(service: string): Promise<KerberosServer>
}
