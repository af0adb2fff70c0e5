import type { TrustDialect } from './names.ts'
import { trustDialects } from './names.ts'

/** `certificate` signs the message, `clientCertificate` is shown in TLS. */
export type TrustCredentials = 'userName' | 'windows' | 'certificate' | 'clientCertificate'

/** One active end point of the security token service. */
export interface TrustEndPoint {
  /** Below `/adfs/services/trust/`. */
  readonly path: string
  readonly dialect: TrustDialect
  readonly credentials: TrustCredentials
  /** Whether the proxy publishes it; a proven proxy's request to any other is refused. */
  readonly throughProxy: boolean
  /** The name of binding and port in the metadata. */
  readonly binding: string
}

const portTypes = { '2005': 'IWSTrustFeb2005Async', '13': 'IWSTrust13Async' } as const

/** Get-AdfsEndpoint: what is offered; `windowstransport` is off until an administrator enables it. */
export function trustEndPoints({ windowsTransport }: { readonly windowsTransport: boolean }): readonly TrustEndPoint[] {
  return [trustDialects['2005'], trustDialects['13']].flatMap((dialect) => [
    ...(windowsTransport ? [endPoint(dialect, 'windowstransport', 'windows', 'CustomBinding', false)] : []),
    endPoint(dialect, 'certificatemixed', 'certificate', 'CertificateWSTrustBinding', true),
    ...(dialect.name === '2005' ? [certificateTransport(dialect)] : []),
    endPoint(dialect, 'usernamemixed', 'userName', 'UserNameWSTrustBinding', true),
  ])
}

/** The only one that is elsewhere: on the host where TLS asks for a certificate. */
export function isOnCertificateHost({ credentials }: Pick<TrustEndPoint, 'credentials'>): boolean {
  return credentials === 'clientCertificate'
}

function certificateTransport(dialect: TrustDialect): TrustEndPoint {
  const described = endPoint(dialect, 'certificatetransport', 'clientCertificate', 'CertificateWSTrustBinding', true)
  return { ...described, binding: `${described.binding}1` }
}

export function portTypeOf({ name }: TrustDialect): string {
  return portTypes[name]
}

function endPoint(
  dialect: TrustEndPoint['dialect'],
  name: string,
  credentials: TrustCredentials,
  binding: string,
  throughProxy: boolean,
): TrustEndPoint {
  return {
    path: `${dialect.name}/${name}`,
    dialect,
    credentials,
    throughProxy,
    binding: `${binding}_${portTypes[dialect.name]}`,
  }
}
