import type { TrustDialect } from './names.ts'
import { trustDialects } from './names.ts'

export type TrustCredentials = 'userName' | 'windows' | 'certificate'

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
    endPoint(dialect, 'usernamemixed', 'userName', 'UserNameWSTrustBinding', true),
  ])
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
