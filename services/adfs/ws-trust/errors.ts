import { ProtocolError } from '#shared/errors.ts'
import { addressing, securityExtension, type TrustDialect } from './names.ts'

interface FaultFacts {
  readonly subcode: string
  /** Which vocabulary the subcode is of. */
  readonly vocabulary: 'trust' | 'security' | 'addressing'
  readonly text: string
}

// Texts: ID3242 and MSIS7068 from captures in troubleshooting articles of Microsoft, MSIS3127 from the sources of the
// client libraries; the subcodes' own texts from WS-Trust 1.3 §11 and WSS 1.0 §12.
export const catalogue = {
  credentialsRefused: {
    subcode: 'FailedAuthentication',
    vocabulary: 'trust',
    text: 'ID3242: The security token could not be authenticated or authorized.',
  },
  accessDenied: { subcode: 'FailedAuthentication', vocabulary: 'trust', text: 'MSIS7068: Access denied.' },
  secondFactorNeeded: {
    subcode: 'RequestFailed',
    vocabulary: 'trust',
    text: 'MSIS3127: The specified request failed.',
  },
  requestFailed: { subcode: 'RequestFailed', vocabulary: 'trust', text: 'MSIS3127: The specified request failed.' },
  unknownScope: {
    subcode: 'InvalidScope',
    vocabulary: 'trust',
    text: 'ID3082: The request scope is not valid or is unsupported.',
  },
  invalidRequest: {
    subcode: 'InvalidRequest',
    vocabulary: 'trust',
    text: 'The request was invalid or malformed.',
  },
  invalidSecurity: {
    subcode: 'InvalidSecurity',
    vocabulary: 'security',
    text: 'An error occurred when verifying security for the message.',
  },
  actionNotSupported: {
    subcode: 'ActionNotSupported',
    vocabulary: 'addressing',
    text: 'The message cannot be processed at the receiver, due to a ContractFilter mismatch at the EndpointDispatcher.',
  },
} as const satisfies Record<string, FaultFacts>

export type WsTrustErrorKey = keyof typeof catalogue

/** A refusal of an active end point, before it is known which message it answers. */
export class WsTrustError extends ProtocolError {
  // Windows Communication Foundation sends every fault with 500, whoever is to blame.
  readonly status = 500
  readonly code: string
  readonly key: WsTrustErrorKey

  constructor(key: WsTrustErrorKey, reason: string, options?: ErrorOptions) {
    super(catalogue[key].text, reason, options)
    this.code = key
    this.key = key
  }
}

/** What did not even arrive as a SOAP message: HTTP's business, without a fault. */
export class NotSoap extends ProtocolError {
  readonly status: 400 | 405 | 503
  readonly code = 'notSoap'

  constructor(status: 400 | 405 | 503, reason: string, options?: ErrorOptions) {
    super({ 400: 'Bad Request', 405: 'Method Not Allowed', 503: 'Service Unavailable' }[status], reason, options)
    this.status = status
  }
}

export interface FaultView {
  readonly subcode: string
  readonly namespace: string
  readonly text: string
}

export function faultOf({ key, message }: WsTrustError, dialect: TrustDialect): FaultView {
  const { subcode, vocabulary } = catalogue[key]
  const namespaces = { trust: dialect.namespace, security: securityExtension, addressing }
  return { subcode, namespace: namespaces[vocabulary], text: message }
}

/** What the fault of any other refusal or gap says. */
export function faultOfAny(error: ProtocolError, dialect: TrustDialect): FaultView {
  if (error instanceof WsTrustError) return faultOf(error, dialect)
  const text = error.kind === 'gap' ? error.message : catalogue.requestFailed.text
  return { subcode: catalogue.requestFailed.subcode, namespace: dialect.namespace, text }
}
