import { ProtocolError } from '#shared/errors.ts'

interface GatewayFacts {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

export const catalogue = {
  malformedTarget: { status: 400 },
  nameNotInStack: { status: 403 },
  portNotOffered: { status: 403 },
  schemeNotForwarded: { status: 403 },
  methodNotAllowed: { status: 405, headers: { allow: 'GET, HEAD' } },
  clientAddressUnreadable: { status: 407, headers: { 'proxy-authenticate': 'Basic realm="ip-ADDRESS"' } },
  foreignHost: { status: 421 },
  deploymentUnreachable: { status: 502 },
  labUnreachable: { status: 502 },
} as const satisfies Record<string, GatewayFacts>

type GatewayErrorKey = keyof typeof catalogue

/** What the gateway answers in plain text instead of connecting. */
export class GatewayError extends ProtocolError {
  readonly code: GatewayErrorKey
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(code: GatewayErrorKey, message: string, options: ErrorOptions & { readonly reason?: string } = {}) {
    super(message, options.reason ?? message, options)
    const facts: GatewayFacts = catalogue[code]
    this.code = code
    this.status = facts.status
    this.headers = facts.headers ?? {}
  }
}
