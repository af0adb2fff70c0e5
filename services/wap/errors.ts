import { ProtocolError } from '#shared/errors.ts'

export const catalogue = {
  notPublished: { status: 404, message: 'Not Found' },
  notRelayed: { status: 404, message: 'Not Found' },
  malformedAuthToken: { status: 400, message: 'Bad Request' },
  malformedRequest: { status: 400, message: 'Bad Request' },
  clientGone: { status: 499, message: 'Client Closed Request' },
  backendUnreachable: { status: 503, message: 'Service Unavailable' },
  backendBroken: { status: 502, message: 'Bad Gateway' },
  backendTimeout: { status: 504, message: 'Gateway Timeout' },
  federationServiceUnreachable: { status: 503, message: 'Service Unavailable' },
  proxyTrustMissing: { status: 503, message: 'Service Unavailable' },
  unknownRelyingParty: { status: 500, message: 'Internal Server Error' },
} as const satisfies Record<string, { status: number; message: string }>

export class WapError extends ProtocolError {
  readonly status: number
  readonly code: keyof typeof catalogue

  constructor(key: keyof typeof catalogue, reason: string, options?: ErrorOptions) {
    super(catalogue[key].message, reason, options)
    this.status = catalogue[key].status
    this.code = key
  }
}
